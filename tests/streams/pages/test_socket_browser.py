"""The page with the server's own consumers: both sides mean the same by streams/wire/shapes.py."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest
from channels.auth import AuthMiddlewareStack
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from django.contrib.auth.models import Permission, User
from playwright.sync_api import Page, expect

from people.base.doorbells import VIEWERS
from people.records.person import Person
from streams.records.sighting import Sighting
from streams.routing import websocket_urlpatterns
from streams.wire import announcing, newest_pictures
from streams.wire.builders import sighting_event, sighting_record
from streams.wire.frames import unpack_frame
from tests.streams.pages.rows import a_camera, a_sighting
from tests.streams.pages.scripted_socket import face, frame, state

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]


class RealSocket:
    """The consumers, and a way to speak on the channel layer of their event loop."""

    def __init__(self) -> None:
        self._application = AuthMiddlewareStack(URLRouter(websocket_urlpatterns))
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self, *arguments: Any) -> Awaitable[None]:
        self._loop = asyncio.get_running_loop()
        running: Awaitable[None] = self._application(*arguments)
        return running

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        assert self._loop
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=5)


@pytest.fixture
def script() -> RealSocket:
    """In the place of the scripted socket."""
    return RealSocket()


async def a_new_picture(camera_id: int, message: bytes) -> None:
    header, jpeg = unpack_frame(message)
    await newest_pictures.put_frame(camera_id, header, jpeg)
    await announcing.announce_frame(camera_id, header["frame"])


def test_pictures_states_and_sightings_reach_the_page(page: Page, script: RealSocket) -> None:
    camera = a_camera("Front door")
    ada = Person.objects.create(name="Ada")
    a_sighting(camera, Person.objects.create(name="Bob"))
    page.goto("/")
    expect(page.locator("[data-connection]")).to_have_text("Connected")
    expect(page.locator("[data-feed-list] .verdict")).to_have_text(["Bob"])

    script.run(announcing.announce_state(camera.pk, state()))
    expect(page.locator("[data-chip]")).to_have_text("Live")

    for number in (1, 2):  # the second comes only when the page has acknowledged the first
        seen = [face("Ada", "match", (100, 100, 200, 200))] * number
        script.run(a_new_picture(camera.pk, frame(number, faces=seen)))
        names = ", ".join(["✓ Ada"] * number)
        expect(page.locator("canvas")).to_have_attribute("aria-label", f"Live picture of Front door: {names}")
    expect(page.locator("[data-veil]")).to_be_hidden()

    a_sighting(camera, ada, at=datetime.now(UTC))
    row = Sighting.objects.with_snapshot().get(person=ada)
    said = sighting_event("started", sighting_record(row, None), datetime.now(UTC))
    script.run(announcing.announce_sighting(camera.pk, said))
    expect(page.locator("[data-feed-list] .verdict")).to_have_text(["Ada", "Bob"])


def test_a_socket_is_refused_after_the_right_is_gone(page: Page, script: RealSocket, viewer: User) -> None:
    a_camera("Front door")
    page.goto("/cameras/front-door/")
    expect(page.locator("[data-connection]")).to_have_text("Connected")
    viewer.user_permissions.remove(Permission.objects.get(codename="view_camera"))
    script.run(_everybody_looks_again())
    expect(page.locator("[data-connection]")).to_have_text("Your account may not see this any more.")


async def _everybody_looks_again() -> None:
    layer: Any = get_channel_layer()
    await layer.group_send(VIEWERS, {"type": "cameras.changed"})
