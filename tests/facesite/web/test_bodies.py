"""Bodies of requests are bounded before anything reads them: by size, by all of them together, and for strangers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import User
from django.test import Client

from facesite.asgi import application
from facesite.web import bodies
from facesite.web.bodies import SMALL_BYTES, BoundedBodies, limit_of
from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.accounts.tokens import token_of

pytestmark = pytest.mark.django_db(transaction=True)
PART = b"x" * 50_000


class Swallowing:
    """An application that reads a whole body and says how much came."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.go_on = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            size, more = size + len(message["body"]), message["more_body"]
        self.sizes.append(size)
        await self.go_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def request(app: Any, path: str, headers: dict[str, str]) -> ApplicationCommunicator:
    told = [(name.lower().encode(), value.encode()) for name, value in {"Host": "localhost", **headers}.items()]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": told}
    return ApplicationCommunicator(app, scope)


async def send_parts(client: ApplicationCommunicator, parts: int, *, end: bool = True) -> None:
    for number in range(parts):
        more = not end or number < parts - 1
        await client.send_input({"type": "http.request", "body": PART, "more_body": more})


async def answer_of(client: ApplicationCommunicator) -> tuple[int, bytes]:
    start = await client.receive_output(10)
    body = (await client.receive_output(10))["body"]
    await client.wait()
    return start["status"], body


@pytest.mark.parametrize("headers", [{}, {"Cookie": "sessionid=made-up"}, {"Authorization": "Token made-up"}])
async def test_of_a_stranger_nothing_large_is_read(headers: dict[str, str]) -> None:
    app = Swallowing()
    app.go_on.set()
    client = request(BoundedBodies(app), "/login/", headers)
    await send_parts(client, 3, end=False)  # it would go on for ever
    assert (await answer_of(client))[0] == 200
    assert app.sizes == [0]


async def test_a_stranger_who_announces_a_large_body_is_answered_before_it_comes() -> None:
    client = request(application, "/api/v1/people/", {"Content-Length": "1000000"})
    status, body = await answer_of(client)
    assert (status, json.loads(body)["error"]["code"]) == (401, "not_authenticated")


async def test_the_small_body_of_a_stranger_arrives_whole() -> None:
    app = Swallowing()
    app.go_on.set()
    client = request(BoundedBodies(app), "/login/", {"Content-Length": str(len(PART))})
    await send_parts(client, 1)
    await answer_of(client)
    assert app.sizes == [len(PART)]


@pytest.mark.parametrize("way", ["session", "token", "key"])
def test_a_large_body_is_read_from_whoever_has_logged_in(operator: User, way: str) -> None:
    browser = Client()
    browser.force_login(operator)
    headers = {
        "session": {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"},
        "token": {"Authorization": f"Token {token_of(operator)}"},
        "key": {"X-API-Key": make_key(name="door", scopes=[Scope.RECOGNISE], by=operator)[1]},
    }[way]
    app = Swallowing()
    app.go_on.set()

    async def upload() -> None:
        client = request(BoundedBodies(app), "/api/v1/recognise/", headers)
        await send_parts(client, 4)
        await answer_of(client)

    asyncio.run(upload())
    assert app.sizes == [4 * len(PART)]
    assert 4 * len(PART) > SMALL_BYTES


@pytest.fixture
def everybody_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logins are tested above."""
    monkeypatch.setattr(bodies, "is_known", lambda scope: True)


async def test_more_than_an_address_takes_is_refused_whether_it_is_announced_or_not(
    settings: Any, everybody_is_known: None
) -> None:
    settings.PHOTO_MAX_BYTES = 10_000
    for headers in ({"Content-Length": "1000000"}, {"Transfer-Encoding": "chunked"}):
        client = request(BoundedBodies(Swallowing()), "/api/v1/recognise/", headers)
        await send_parts(client, 5, end=False)
        status, body = await answer_of(client)
        assert (status, json.loads(body)["error"]["code"]) == (413, "too_large")


def test_only_addresses_that_take_files_take_much(settings: Any) -> None:
    assert limit_of("/api/v1/imports/") > settings.ZIP_MAX_BYTES > limit_of("/api/v1/photos/") > limit_of("/login/")


async def test_all_bodies_together_are_bounded_until_their_requests_end(
    settings: Any, everybody_is_known: None
) -> None:
    settings.ZIP_MAX_BYTES = 100_000
    app = Swallowing()
    bounded = BoundedBodies(app)
    first, second, third = (request(bounded, "/api/v1/recognise/", {}) for _ in range(3))
    await send_parts(first, 3)
    while not app.sizes:
        await asyncio.sleep(0.01)
    await send_parts(second, 3)
    status, body = await answer_of(second)
    assert (status, json.loads(body)["error"]["code"]) == (503, "busy")
    app.go_on.set()
    assert (await answer_of(first))[0] == 200
    await send_parts(third, 3)
    assert (await answer_of(third))[0] == 200


async def test_whoever_sends_nothing_does_not_keep_us_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "WAIT_S", 0.05)
    client = request(BoundedBodies(Swallowing()), "/login/", {"Content-Length": "1000"})
    assert (await answer_of(client))[0] == 408
