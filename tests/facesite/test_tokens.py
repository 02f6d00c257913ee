"""Tokens of the API: obtained, used, revoked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

URL = "/api/v1/token/"
RIGHT = {"username": "viewer", "password": "viewer"}


@pytest.fixture(autouse=True)
def no_tries_yet(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_a_token_is_obtained_with_a_password_and_opens_the_api(viewer: User) -> None:
    answer = APIClient().post(URL, RIGHT, format="json")
    assert answer.headers["Cache-Control"] == "no-store"
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}")
    assert client.get("/api/v1/people/").status_code == 200


def test_a_revoked_token_opens_nothing_and_the_next_is_another(viewer: User) -> None:
    first = APIClient().post(URL, RIGHT).json()["token"]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {first}")
    assert client.delete(URL).status_code == 204
    assert client.get("/api/v1/people/").status_code == 401
    assert APIClient().post(URL, RIGHT).json()["token"] != first


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "viewer"},
        {"username": "viewer", "password": "wrong"},
        {"username": "viewer\0", "password": "viewer"},
        {"username": ["viewer"], "password": {"a": 1}},
        [],
        "viewer",
    ],
)
def test_a_wrong_password_is_refused(viewer: User, body: object) -> None:
    answer = APIClient().post(URL, body, format="json")
    assert answer.status_code == 400
    assert not Token.objects.exists()


def test_whoever_is_deactivated_gets_no_token_and_loses_the_old_one(viewer: User) -> None:
    token = APIClient().post(URL, RIGHT).json()["token"]
    viewer.is_active = False
    viewer.save()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/people/").status_code == 401
    assert APIClient().post(URL, RIGHT).status_code == 400


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token \xff", "Token x", "Bearer x", "Token " + "x" * 9000])
def test_a_malformed_token_is_refused(db: None, header: str) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    assert client.get("/api/v1/people/").status_code == 401


def test_the_eleventh_try_in_a_minute_from_one_address_has_to_wait(viewer: User) -> None:
    client = APIClient()
    for number in range(10):
        assert client.post(URL, {"username": f"guess{number}", "password": "x"}).status_code == 400
    answer = client.post(URL, RIGHT)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "throttled")
    assert int(answer.headers["Retry-After"]) <= 60


def test_one_users_password_cannot_be_tried_from_many_addresses(viewer: User) -> None:
    for number in range(10):
        body = {"username": "viewer", "password": "x"}
        assert APIClient(REMOTE_ADDR=f"10.0.0.{number}").post(URL, body).status_code == 400
    assert APIClient(REMOTE_ADDR="10.0.1.1").post(URL, RIGHT).status_code == 429


def test_a_forged_forwarding_header_does_not_make_a_new_address(viewer: User) -> None:
    for number in range(11):
        headers = {"X-Forwarded-For": f"10.0.0.{number}"}
        answer = APIClient().post(URL, {"username": f"guess{number}", "password": "x"}, headers=headers)
    assert answer.status_code == 429


def test_a_session_needs_the_forgery_token_to_write(operator: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(operator)
    assert client.get("/api/v1/people/").status_code == 200
    assert client.post("/api/v1/people/", {"name": "Ada"}, format="json").status_code == 403
