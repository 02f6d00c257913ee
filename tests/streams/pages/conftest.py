"""A served site whose socket is scripted, and a real browser that looks at it."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from channels.routing import ProtocolTypeRouter, URLRouter
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import re_path
from playwright.sync_api import Browser, Page

from tests.serving import pages, serving
from tests.streams.pages.rows import a_camera
from tests.streams.pages.scripted_socket import ScriptedSocket


@pytest.fixture
def script() -> ScriptedSocket:
    return ScriptedSocket()


async def static_files(scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application that serves the site's own static files, whole and at once; a browser keeps them, as those of
    the site.
    """
    found = finders.find(scope["path"].removeprefix("/static/"))
    body = await asyncio.to_thread(Path(found).read_bytes) if found else b""
    kind = (mimetypes.guess_type(scope["path"])[0] or "text/plain").encode()
    status = 200 if found else 404
    headers = [(b"content-type", kind), (b"cache-control", b"max-age=600")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def site(script: ScriptedSocket, transactional_db: None) -> Iterator[str]:
    """Address of the real pages over the test's database, with `script` behind every websocket."""
    http = URLRouter([re_path("^static/", static_files), re_path("", pages())])
    application = ProtocolTypeRouter({"http": http, "websocket": script})
    options: dict[str, Any] = {"log_level": "warning", "access_log": False, "ws": "websockets-sansio"}
    with serving(application, timeout_graceful_shutdown=1, **options) as (host, port):
        yield f"http://{host}:{port}"


@pytest.fixture
def page(browser: Browser, site: str, viewer: User) -> Iterator[Page]:
    """A browser tab in which the viewer is logged in; an error or a warning in its console fails the test."""
    client = Client()
    client.force_login(viewer)
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
    yield tab
    context.close()
    assert not complaints


def _is_complaint(message: Any) -> bool:
    """Browsers themselves report each lost connection, which tests here bring about."""
    return message.type in ("error", "warning") and "WebSocket connection to" not in message.text


@pytest.fixture
def dashboard(page: Page, script: ScriptedSocket) -> Page:
    """The dashboard with one camera, connected and watching."""
    a_camera("Front door")
    page.goto("/")
    watched: list[str] = []
    while not watched:  # one that is laid out late on a busy machine asks for no camera at first
        watched = script.hear("watch")["cameras"]
    assert watched == ["front-door"]
    return page
