"""No browser and no proxy keeps what the site answers, unless the answer says something else."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from facesite import settings as site
from tests.addresses import addresses
from tests.api import client_of

pytestmark = pytest.mark.django_db
OPENS_A_CONNECTION = "live.mjpeg"
"""An asynchronous view, which closes the connection of a test; tests/streams/live/test_mjpeg.py looks at it."""


ADDRESSES = [address for address in addresses() if not address.endswith(OPENS_A_CONNECTION)]


def test_the_walk_finds_the_pages_and_the_api() -> None:
    assert {"/", "/admin/people/person/", "/api/v1/people/", "/login/", "/livez"} <= set(ADDRESSES)
    assert len(ADDRESSES) > 150


@pytest.mark.parametrize("login", ["nobody", "operator"])
def test_every_answer_says_that_it_is_not_kept(login: str, operator: User) -> None:
    client = Client(raise_request_exception=False)
    if login == "operator":
        client.force_login(operator)
    kept = {}
    for address in ADDRESSES:
        told = client.get(address).headers.get("Cache-Control", "")
        if "no-store" not in told:
            kept[address] = told
    assert kept == {"/privacy/": "public, max-age=300"}  # the same for everybody, who looks at it or not


def test_answers_of_the_api_differ_by_key_token_and_session(viewer: User) -> None:
    for client in (client_of(viewer), client_of(None)):
        for address in ("/api/v1/people/", "/api/v1/recognition/faces", "/api/v1/nothing/"):
            varies = {name.strip().lower() for name in client.get(address).headers["Vary"].split(",")}
            assert {"authorization", "x-api-key", "cookie"} <= varies, address


def test_a_fault_is_not_kept_either(operator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.records.sighting.Sighting.objects", None)
    client = Client(raise_request_exception=False)
    client.force_login(operator)
    answer = client.get("/sightings/")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (500, "private, no-store")


def test_static_files_are_kept(settings: Any) -> None:
    settings.MIDDLEWARE = site.MIDDLEWARE
    told = Client().get("/static/facesite/site.css").headers["Cache-Control"]
    assert "public" in told and "no-store" not in told
