"""What the site believes of proxies, asked of the real application under uvicorn as the image starts it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from django.core.cache import cache

from facesite.web.bodies import BoundedBodies
from facesite.web.handler import ThreadHandler
from facesite.web.proxies import BehindProxies
from people.accounts.guesses import PER_ADDRESS

ROOT = Path(__file__).resolve().parent.parent.parent.parent
FORGED = {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https"}
TOKEN = "/api/v1/token/"


@pytest.fixture
async def site(transactional_db: None, settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Asks a real server on loopback, which redirects whoever does not come by HTTPS."""
    settings.SECURE_SSL_REDIRECT = True
    application = BehindProxies(BoundedBodies(ThreadHandler()))  # as in asgi.py, which has read the setting before
    server = uvicorn.Server(uvicorn.Config(application, port=0, lifespan="off", log_config=None, proxy_headers=False))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        yield client
    server.should_exit = True
    await running


async def seen(peer: str, scheme: str = "http", **headers: str) -> tuple[Any, str]:
    """Returns client and scheme as the application is told them."""
    told: dict[str, Any] = {}

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        told.update(scope)

    encoded = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    kind = "websocket" if scheme.startswith("ws") else "http"
    scope = {"type": kind, "scheme": scheme, "client": (peer, 9), "headers": encoded}
    await BehindProxies(app)(scope, None, None)
    assert told == scope, "the scope itself is changed: uvicorn logs the request from it"
    return told["client"], told["scheme"]


async def test_a_named_proxy_says_who_came_and_how(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
    settings.PROXIES_IN_A_ROW = 20
    for scheme, secure in (("http", "https"), ("ws", "wss")):
        told = await seen("10.0.0.1", scheme, x_forwarded_for="1.2.3.4", x_forwarded_proto="https")
        assert told == (("1.2.3.4", 0), secure)
    assert await seen("10.0.0.1", x_forwarded_proto="http, https") == (("10.0.0.1", 9), "https")
    for not_secure in ("http", "https,http", "httpsx", "", "\u00df"):
        assert (await seen("10.0.0.1", x_forwarded_proto=not_secure))[1] == "http"


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "10.0.1.1"])
async def test_nobody_else_does(settings: Any, peer: str) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
    settings.PROXIES_IN_A_ROW = 20
    told = await seen(peer, x_forwarded_for="1.2.3.4", x_forwarded_proto="https")
    assert told == ((peer, 9), "http")


async def test_a_program_on_this_machine_cannot_pass_for_a_proxy(
    site: httpx.AsyncClient, settings: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another server of this process may have been started without a log of its requests.
    monkeypatch.setattr(logging.getLogger("uvicorn.access"), "propagate", True)
    with caplog.at_level(logging.INFO), caplog.at_level(logging.INFO, logger="uvicorn.access"):
        answer = await site.get("/login/", headers=FORGED)
        assert answer.status_code == 301
        settings.TRUSTED_PROXIES = ["127.0.0.1"]
        settings.PROXIES_IN_A_ROW = 20
        assert (await site.get("/login/", headers=FORGED)).status_code == 200
    lines = [record.getMessage() for record in caplog.records if record.name == "uvicorn.access"]
    told = {(line.split(":")[0], line.split()[-1]) for line in lines}
    assert told == {("127.0.0.1", "301"), ("1.2.3.4", "200")}
    assert caplog.text.count("is not believed") == 1


async def tries(site: httpx.AsyncClient, name: str, forwarded: str) -> int:
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"}
    return (await site.post(TOKEN, json={"username": name, "password": "x"}, headers=headers)).status_code


async def test_an_invented_address_gives_no_more_tries_at_passwords(site: httpx.AsyncClient, settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    settings.PROXIES_IN_A_ROW = 20
    cache.clear()
    codes = [await tries(site, f"user{number}", f"1.2.3.{number}, 5.6.7.8") for number in range(PER_ADDRESS.most + 1)]
    assert codes == [400] * PER_ADDRESS.most + [429]
    assert await tries(site, "somebody", "5.6.7.9") == 400
    cache.clear()


async def test_garbage_in_the_headers_is_no_fault(site: httpx.AsyncClient, settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    settings.PROXIES_IN_A_ROW = 20
    for garbage in (b"", b",,,", b"\xff\xfe", b"[::", b"unknown", b"1" * 5000):
        answer = await site.get("/login/", headers={b"X-Forwarded-For": garbage, b"X-Forwarded-Proto": garbage})
        assert answer.status_code == 301


def test_every_server_that_the_site_starts_leaves_the_headers_alone() -> None:
    """Uvicorn believes loopback unless it is told not to."""
    for path in ("Dockerfile", "facesite/lab/cluster.py"):
        assert "--no-proxy-headers" in (ROOT / path).read_text()
    assert "proxy_headers=False" in (ROOT / "facesite/embedded/site.py").read_text()
