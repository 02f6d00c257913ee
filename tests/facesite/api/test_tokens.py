"""Tokens of the API: obtained, used, revoked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from people.accounts.tokens import token_of

URL = "/api/v1/token/"
RIGHT = {"username": "viewer", "password": "viewer"}


@pytest.fixture(autouse=True)
def no_tries_yet(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("people.base.call_counts.time", lambda: 1_800_000_000.0)  # no window begins during a test
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


def test_an_address_that_tries_many_names_has_to_wait(viewer: User) -> None:
    client = APIClient()
    for number in range(20):
        assert client.post(URL, {"username": f"guess{number}", "password": "x"}).status_code == 400
    answer = client.post(URL, RIGHT)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "throttled")
    assert int(answer.headers["Retry-After"]) <= 600


def test_one_users_password_cannot_be_tried_from_many_addresses(viewer: User) -> None:
    for number in range(20):
        body = {"username": "viewer", "password": "x"}
        assert APIClient(REMOTE_ADDR=f"10.0.0.{number}").post(URL, body).status_code == 400
    assert APIClient(REMOTE_ADDR="10.0.1.1").post(URL, RIGHT).status_code == 429


def test_a_forged_forwarding_header_does_not_make_a_new_address(viewer: User) -> None:
    for number in range(21):
        headers = {"X-Forwarded-For": f"10.0.0.{number}"}
        answer = APIClient().post(URL, {"username": f"guess{number}", "password": "x"}, headers=headers)
    assert answer.status_code == 429


def test_a_session_needs_the_forgery_token_to_write(operator: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(operator)
    assert client.get("/api/v1/people/").status_code == 200
    assert client.post("/api/v1/people/", {"name": "Ada"}, format="json").status_code == 403


def opens(token: str) -> bool:
    return APIClient().get("/api/v1/people/", headers={"Authorization": f"Token {token}"}).status_code == 200


def test_a_token_ends_with_its_password(viewer: User) -> None:
    token = APIClient().post(URL, RIGHT).json()["token"]
    assert opens(token)
    viewer.set_password("another one")
    viewer.save()
    assert not opens(token)
    assert opens(APIClient().post(URL, {**RIGHT, "password": "another one"}).json()["token"])


def test_what_the_database_holds_opens_nothing(viewer: User) -> None:
    """The admin tells it: letter by letter to auditors, who may filter users by what belongs to them."""
    token = APIClient().post(URL, RIGHT).json()["token"]
    row = Token.objects.get()
    assert row.key not in token
    assert not opens(row.key)
    assert not opens(f"{viewer.pk}-{row.key}")


def test_a_token_is_its_own_users_alone(viewer: User, operator: User) -> None:
    token = APIClient().post(URL, RIGHT).json()["token"]
    assert not opens(token.replace(f"{viewer.pk}-", f"{operator.pk}-"))


def test_a_token_outlasts_a_new_key_of_the_site_while_the_old_one_is_a_fallback(viewer: User, settings: Any) -> None:
    token = APIClient().post(URL, RIGHT).json()["token"]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new " * 20, [settings.SECRET_KEY]
    assert opens(token)
    settings.SECRET_KEY_FALLBACKS = []
    assert not opens(token)


def test_a_token_is_revoked_in_the_admin_and_not_made_there(operator: User) -> None:
    token = token_of(operator)
    admin = Client()
    admin.force_login(operator)
    row = Token.objects.get()
    assert admin.get("/admin/authtoken/tokenproxy/add/").status_code == 403
    assert token.partition("-")[2] not in admin.get("/admin/authtoken/tokenproxy/").content.decode()
    assert admin.post(f"/admin/authtoken/tokenproxy/{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not opens(token)


def test_spaces_around_a_name_give_no_further_tries(viewer: User) -> None:
    for number in range(20):
        body = {"username": "viewer" + number * " ", "password": "x"}
        assert APIClient(REMOTE_ADDR=f"10.0.0.{number}").post(URL, body, format="json").status_code == 400
    body = {"username": " viewer", "password": "viewer"}
    assert APIClient(REMOTE_ADDR="10.0.1.1").post(URL, body, format="json").status_code == 429
