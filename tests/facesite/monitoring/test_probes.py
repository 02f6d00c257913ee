"""Probes answer whoever asks; every other page insists on an allowed host."""

import pytest
from django.test import AsyncClient, Client

POD = "10.4.1.17:8000"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_kubelet_asks_by_the_pods_address(path: str) -> None:
    assert Client().get(path, headers={"host": POD}).status_code == 200


async def test_a_kubelet_asks_the_asgi_server() -> None:
    assert (await AsyncClient().get("/livez", headers={"host": POD})).status_code == 200


@pytest.mark.django_db
def test_other_pages_refuse_a_strange_host() -> None:
    assert Client().get("/admin/login/", headers={"host": POD}).status_code == 400


async def test_the_asgi_server_refuses_a_strange_host_for_other_pages() -> None:
    assert (await AsyncClient().get("/admin/login/", headers={"host": POD})).status_code == 400
