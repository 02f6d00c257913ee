"""Who calls the API, and what is asked of it while the site is filled."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client

from tests.upgrade.filling.rows import AT, identity

PASSWORD = "only in dumps for tests"
KEYS = {"door": identity(1), "kiosk": identity(2), "lost": identity(3)}
"""The texts of API keys, by name."""
LONG_AFTER = datetime(2126, 11, 1, tzinfo=UTC)


def callers() -> dict[str, dict[str, str]]:
    """By name the headers that they send, as WSGI calls them: keys, Olga's token, and Vera's browser."""
    keys = {name: {"HTTP_X_API_KEY": key} for name, key in KEYS.items()}
    return {**keys, "olga": log_in("olga"), "vera": stay_logged_in("vera")}


def log_in(name: str) -> dict[str, str]:
    body = {"username": name, "password": PASSWORD}
    answer = Client(SERVER_NAME="localhost").post("/api/v1/token/", body, "application/json")
    return {"HTTP_AUTHORIZATION": f"Token {answer.json()['token']}"}


def stay_logged_in(name: str) -> dict[str, str]:
    """For a hundred years."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username=name))
    apps.get_model("sessions.Session")._base_manager.update(expire_date=LONG_AFTER)
    User.objects.filter(username=name).update(last_login=AT)
    return {"HTTP_COOKIE": f"sessionid={client.cookies['sessionid'].value}"}


def ask_once() -> dict[str, Any]:
    """A creation that its caller will ask for again, because the answer was not heard."""
    body = {"name": "Tom Twice"}
    return {"key": "once", "body": body, "answer": ask("people/", body, HTTP_IDEMPOTENCY_KEY="once")}


def ask(path: str, body: dict[str, Any], **headers: str) -> Any:
    """POST with the key of the door. What it makes stands in the history."""
    client = Client(SERVER_NAME="localhost", HTTP_X_API_KEY=KEYS["door"])
    answer = client.generic("POST", f"/api/v1/{path}", json.dumps(body), "application/json", **headers)
    assert answer.status_code == 201, answer.content
    return answer.json()
