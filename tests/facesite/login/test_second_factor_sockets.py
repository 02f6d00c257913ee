"""Sockets open only for people who have the second factor that their role requires."""

from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.test import Client

from facesite.asgi import application
from tests.facesite.login.factors import App
from tests.streams.browser import BrowserSocket

pytestmark = pytest.mark.django_db(transaction=True)


def cookie_of(user: User) -> bytes:
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}".encode()


async def answer_to(user: User) -> int | None:
    cookie = await database_sync_to_async(cookie_of)(user)
    headers = [(b"origin", b"http://localhost"), (b"host", b"localhost"), (b"cookie", cookie)]
    socket = BrowserSocket(application, "/ws/dashboard/", headers)
    code = await socket.connect()
    if code is None:
        await socket.leave()
    return code


async def test_who_must_have_one_and_lacks_it_gets_no_socket(operator: User, settings: Any) -> None:
    assert await answer_to(operator) is None
    settings.SECOND_FACTOR_ROLES = ["administrator"]
    assert await answer_to(operator) == 1000
    await database_sync_to_async(App.of)(operator)
    assert await answer_to(operator) is None
