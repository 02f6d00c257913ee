"""Guesses are counted before anything is hashed, over all ways in together."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

LOGIN, TOKEN = "/login/", "/api/v1/token/"
WRONG = {"username": "viewer", "password": "wrong"}
RIGHT = {"username": "viewer", "password": "viewer"}


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that is hashed, one entry each."""
    made: list[str] = []
    encode = MD5PasswordHasher.encode

    def noted(self: Any, password: str, *args: Any) -> str:
        made.append(password)
        return encode(self, password, *args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noted)
    return made


def test_the_eleventh_wrong_password_is_told_to_wait_and_not_hashed(viewer: User, hashed: list[str]) -> None:
    client = Client()
    for _ in range(10):
        assert client.post(LOGIN, WRONG).status_code == 200
    del hashed[:]
    answer = client.post(LOGIN, RIGHT)
    assert answer.status_code == 429 and 0 < int(answer["Retry-After"]) <= 600
    assert "Wait 10 minutes, then try again." in answer.content.decode()
    assert hashed == []


def test_the_login_page_and_the_token_count_together(viewer: User, hashed: list[str]) -> None:
    for _ in range(5):
        Client().post(LOGIN, WRONG)
        APIClient().post(TOKEN, WRONG)
    del hashed[:]
    assert Client().post(LOGIN, RIGHT).status_code == 429
    assert APIClient().post(TOKEN, RIGHT).status_code == 429
    assert hashed == []


def test_the_present_password_is_no_way_round(viewer: User) -> None:
    client = Client()
    client.post(LOGIN, RIGHT)
    wrong = {"oldpassword": "wrong", "password1": "a new long one", "password2": "a new long one"}
    for _ in range(10):
        assert client.post(reverse("account_change_password"), wrong).status_code == 200
    assert client.post(reverse("account_change_password"), {**wrong, "oldpassword": "viewer"}).status_code == 429
    assert client.post(reverse("account_reauthenticate"), {"password": "viewer"}).status_code == 429
    assert Client().post(LOGIN, RIGHT).status_code == 429


def test_guesses_from_elsewhere_shut_nobody_out_where_they_log_in(viewer: User) -> None:
    home = Client(REMOTE_ADDR="192.0.2.7")
    assert home.post(LOGIN, RIGHT).status_code == 302
    for number in range(30):
        Client(REMOTE_ADDR=f"198.51.100.{number}").post(LOGIN, WRONG)
    assert Client(REMOTE_ADDR="203.0.113.1").post(LOGIN, RIGHT).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.7").post(LOGIN, RIGHT).status_code == 302
    assert APIClient(REMOTE_ADDR="192.0.2.7").post(TOKEN, RIGHT).status_code == 200


def test_an_office_logs_in_behind_one_address(db: None) -> None:
    for number in range(40):
        User.objects.create_user(f"user{number}", password="right")
        answer = Client().post(LOGIN, {"username": f"user{number}", "password": "right"})
        assert answer.status_code == 302


@pytest.mark.parametrize("way", [LOGIN, TOKEN])
@pytest.mark.parametrize("who", ["unknown", "viewer", "inactive", "without"])
def test_every_wrong_pair_costs_one_hash(viewer: User, hashed: list[str], way: str, who: str) -> None:
    """One hash more or less is half a second: it would tell which names exist, and who is switched off."""
    User.objects.create_user("inactive", password="viewer", is_active=False)
    User.objects.create_user("without")
    del hashed[:]
    answer = Client().post(way, {"username": who, "password": "wrong"})
    assert answer.status_code == (200 if way == LOGIN else 400)
    assert len(hashed) == 1


@pytest.mark.parametrize("way", [LOGIN, TOKEN])
def test_who_is_switched_off_is_told_the_same_with_the_right_password(db: None, way: str) -> None:
    User.objects.create_user("inactive", password="right", is_active=False)
    client = Client()
    answers = [client.post(way, {"username": "inactive", "password": word}) for word in ("right", "wrong")]
    assert [answer.status_code for answer in answers] == ([200] * 2 if way == LOGIN else [400] * 2)
    assert all("Name and password do not match" in answer.content.decode() for answer in answers)
    assert "_auth_user_id" not in client.session
