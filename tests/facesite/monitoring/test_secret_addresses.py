"""No log line holds a secret that stands in an address, whoever writes it and in whatever format."""

from __future__ import annotations

import asyncio
import io
import logging
import time
from collections.abc import AsyncIterator, Iterator
from logging.config import dictConfig
from typing import Any

import httpx
import pytest
import uvicorn
from django.conf import settings as site_settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing

from facesite.asgi import application
from facesite.monitoring.logging import redacted
from people.accounts import picture_links
from tests.addresses import addresses

pytestmark = pytest.mark.django_db(transaction=True)

SIGNED = signing.dumps(["image", "0f7f0a0e", "session gAAAAABh"], salt=picture_links._SALT)
ONE_TIME = PasswordResetTokenGenerator()._make_token_with_timestamp(User(pk=7, password="x"), 800_000_000, "secret")
TOKEN = f"12-{'0123456789' * 4}"
PLAIN = "Zm9vYmFyQmF6cXV4"
IN_PATHS = {"token": SIGNED, "key": ONE_TIME, "secret": SIGNED, "uidb64": "Nw", "uidb36": "7"}
"""Values of the parameters of routes that are secrets, by their names."""
IN_QUERIES = [
    "token", "api_key", "apikey", "key", "access_token", "id_token", "password", "X-Goog-Signature", "X-Amz-Credential",
    "code", "state", "signature", "sig", "sessionid", "csrfmiddlewaretoken", "x-api-key", "client_secret",
]  # fmt: skip


def secret_paths() -> list[str]:
    """Returns the addresses of all routes that take a secret, whichever they are."""
    return sorted(set(addresses(lambda _: IN_PATHS)) - set(addresses()))


def secret_addresses() -> list[str]:
    linked = "/media/photos/by-link/"
    return [
        *secret_paths(),
        f"{linked}{PLAIN}",
        f"{linked}{SIGNED[:-3]}/",
        f"/sightings/?next={linked}{SIGNED}",
        f"/login/?next=%2Fmedia%2Fphotos%2Fby-link%2F{SIGNED.replace(':', '%3A')}",
        f"/account/password/reset/7-{ONE_TIME}/",
        f"/nowhere/{ONE_TIME}/",
        f"/nowhere/{TOKEN}/",
        f"/nowhere/{SIGNED}/",
        *(f"/{path}?a=1&{name}={PLAIN}" for path in ("login/", "api/v1/people/", "nowhere/") for name in IN_QUERIES),
    ]


@pytest.fixture(params=["line", "json"])
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the site's own handler writes, set up as in the settings."""
    written = io.StringIO()
    configured = {**site_settings.LOGGING, "handlers": {"console": {**HANDLER, "stream": written}}}
    configured["handlers"]["console"]["formatter"] = request.param
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    dictConfig(configured)
    yield written
    root.handlers = before


HANDLER = {"class": "logging.StreamHandler"}


@pytest.fixture
async def site(log: io.StringIO) -> AsyncIterator[httpx.AsyncClient]:
    """Asks the real application under uvicorn, with its lines about requests."""
    server = uvicorn.Server(uvicorn.Config(application, port=0, lifespan="off", log_config=None, proxy_headers=False))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
        yield client
    server.should_exit = True
    await running


def leaks(text: str) -> list[str]:
    parts = (SIGNED.rsplit(":")[-1], ONE_TIME.rpartition("-")[2], TOKEN.rpartition("-")[2], PLAIN)
    return [part for part in parts if part in text or part[:-3] in text]


def test_the_walk_finds_the_links() -> None:
    assert {f"/media/photos/by-link/{SIGNED}", f"/media/detections/by-link/{SIGNED}"} <= set(secret_paths())


async def test_no_address_with_a_secret_stands_in_the_log(site: httpx.AsyncClient, log: io.StringIO) -> None:
    for address in secret_addresses():
        await site.get(address)
        text = log.getvalue()
        assert "***" in text and not leaks(text), (address, text)
        log.seek(0)
        log.truncate()


async def test_neither_does_it_after_a_fault(
    site: httpx.AsyncClient, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(token: str, **options: Any) -> Any:
        raise RuntimeError(f"cannot read {token}")

    monkeypatch.setattr(picture_links.signing, "loads", broken)
    assert (await site.get(f"/media/photos/by-link/{SIGNED}")).status_code == 500
    text = log.getvalue()
    assert "RuntimeError" in text and "Internal Server Error" in text and not leaks(text)


@pytest.mark.parametrize("debug", [False, True])
def test_no_handler_but_ours_writes_lines_of_django(debug: bool, log: io.StringIO, settings: Any) -> None:
    settings.DEBUG = debug
    for name in ("django", "django.request", "django.server", "django.security", "uvicorn.error", "uvicorn.access"):
        logger: logging.Logger | None = logging.getLogger(name)
        while logger is not None and logger.parent is not None:
            assert logger.handlers == [] and logger.propagate, name
            logger = logger.parent


@pytest.mark.parametrize(
    "text",
    [
        "photo 0f7f0a0e-1111-4222-8333-0123456789ab enrolled",
        "request_id=0123456789abcdef0123456789abcdef",
        "API key 5 made with read_people, by 3",
        "GET /cameras/front-door-2/?page=3&search=code",
        "engine dlib-resnet-v0+5pt+00000000 at 12:30:00",
        "child ended with code=1",
    ],
)
def test_nothing_else_is_taken_out(text: str) -> None:
    assert redacted(text) == text


def test_secrets_in_headers_are_taken_out_too() -> None:
    key = "0f7f0a0e-1111-4222-8333-0123456789ab"
    for text in (f"X-API-Key: {key}", f"Authorization: Key {key}", f"Authorization: Token {TOKEN}"):
        assert key not in redacted(text) and not leaks(redacted(text))


@pytest.mark.parametrize("piece", ["a", "a-", "a_", "a.", "a:", "0-", "?a=", "/by-link/", "token ", "a://", "%3A"])
def test_a_long_address_is_read_once(piece: str) -> None:
    began = time.perf_counter()
    redacted(piece * (65_000 // len(piece)))
    assert time.perf_counter() - began < 0.5
