"""Liveness asks nothing of others; readiness says what is missing."""

import pytest
from django.db import connection
from django.test import Client

from facesite.monitoring import health
from streams.erasing import brought_back
from streams.erasing.again import erase_again


def test_alive_without_a_database(client: Client) -> None:
    assert client.get("/livez").json() == {"status": "alive"}


@pytest.mark.django_db
def test_ready_when_everything_answers(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "problems": {}})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_while_migrations_are_missing(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'streams'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "migrations are not applied" in answer.json()["problems"]["database"]


@pytest.mark.django_db
def test_not_ready_while_a_restored_backup_may_have_brought_somebody_back(client: Client) -> None:
    with connection.cursor() as cursor:
        brought_back.note(cursor)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "erase_again" in answer.json()["problems"]["restored"]
    erase_again([])
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_not_ready_while_a_required_part_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECKS", dict(health.CHECKS))
    health.require("recognition", lambda: "starting")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, {"recognition": "starting"})
