"""What the live page weighs on the wire before the first picture: the page, its styles and its scripts."""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from facesite import settings as site
from tests.streams.pages.rows import a_camera

MOST_BYTES = 30_000
LINKED = re.compile(r'<(?:link rel="stylesheet" href|script (?:type="module" )?src)="([^"]+)"')
IMPORTED = re.compile(rb'from ?"(\./[^"]+)"')


@pytest.fixture
def browser(operator: User, settings: Any) -> Client:
    """Of somebody with every right, whose page has the most in it."""
    settings.MIDDLEWARE = site.MIDDLEWARE
    client = Client(headers={"accept-encoding": "gzip"})
    client.force_login(operator)
    return client


def sent(client: Client, path: str) -> bytes:
    answer = client.get(path)
    assert answer.status_code == 200 and answer.headers["Content-Encoding"] == "gzip", path
    return b"".join(answer)


def shell(client: Client, page: str) -> dict[str, int]:
    """Bytes of each file by its address, without headers."""
    plain = Client()
    plain.cookies = client.cookies
    weights = {page: len(sent(client, page))}
    waiting = LINKED.findall(plain.get(page).content.decode())
    while waiting:
        path = waiting.pop()
        weights[path] = len(sent(client, path))
        script = b"".join(plain.get(path)) if path.endswith(".js") else b""
        found = [normpath(join(dirname(path), name.decode())) for name in IMPORTED.findall(script)]
        waiting += [each for each in found if each not in weights and each not in waiting]
    return weights


def test_the_live_page_weighs_less_than_30_kb(browser: Client) -> None:
    for number in range(4):
        a_camera(f"Camera {number}")
    weights = shell(browser, "/")
    assert {"/static/facesite/site.css", "/static/streams/live.css", "/static/streams/socket.js"} <= weights.keys()
    assert sum(weights.values()) < MOST_BYTES, weights
