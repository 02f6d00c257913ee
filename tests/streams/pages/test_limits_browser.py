"""What somebody who is limited to some people sees of the live page, in a real browser."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from facesite.asgi import application
from people.recognition.types import Box, Verdict
from streams.pipeline.messages import TrackedFace
from streams.wire.builders import frame_header, sighting_event, sighting_gone
from streams.wire.frames import unpack_frame
from streams.wire.newest_pictures import put_frame
from tests.streams.limited import World
from tests.streams.pages.scripted_socket import ScriptedSocket, face, frame, sighting
from tests.streams.pages.test_dashboard_browser import near, pixel
from tests.streams.said import overlay

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]
LEGEND = "A grey box without a name is somebody whom your account may not see."


def test_somebody_withheld_is_a_grey_box_without_words(dashboard: Page, script: ScriptedSocket) -> None:
    faces = [face("Ada", "match", (100, 100, 200, 200)), face(None, "withheld", (300, 100, 400, 200))]
    script.show(frame(faces=faces))
    assert near(pixel(dashboard, 350 / 640, 200 / 360), (154, 165, 173))  # the lower edge of the box: grey
    assert near(pixel(dashboard, 302 / 640, 90 / 360), (30, 60, 160))  # where a label would stand: the picture
    described = dashboard.locator("canvas").get_attribute("aria-label")
    assert described == "Live picture of Front door: somebody not shown to you, ✓ Ada"
    expect(dashboard.get_by_text(LEGEND)).to_have_count(0)  # this viewer is not limited


def test_a_sighting_that_is_taken_back_leaves_the_feed(dashboard: Page, script: ScriptedSocket) -> None:
    rows = dashboard.locator("[data-feed-list] > li:visible")
    unknown = sighting(withheld=True, distance=None)
    script.say(sighting_event("started", unknown, datetime.now(UTC)))
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("nobody whom you may see")
    script.say(sighting_gone(unknown["id"]))
    expect(rows).to_have_count(0)
    expect(dashboard.locator("[data-feed-empty]")).to_be_visible()


class TestWithTheRealSocket:
    @pytest.fixture
    def script(self) -> Any:
        """In place of a scripted server the one that serves the site."""
        return application

    def test_the_dashboard_shows_one_name_one_grey_box_and_no_hidden_sighting(
        self, page: Page, viewer: User, media: Path
    ) -> None:
        world = World.made()
        world.limit_cameras(viewer)
        world.limit_people(viewer)
        show(world)
        page.goto("/")
        described = "Live picture of Hall: somebody not shown to you, ✓ Ada Lovelace"
        expect(page.locator("canvas")).to_have_attribute("aria-label", described)
        assert near(pixel(page, 350 / 640, 200 / 360), (154, 165, 173))
        expect(page.locator("[data-feed-list] .verdict")).to_have_count(2)
        expect(page.locator("[data-feed-list] .verdict").first).to_be_visible()
        expect(page.get_by_text(LEGEND)).to_be_visible()
        assert "Bob" not in page.content() and "Vault" not in page.content()


def show(world: World) -> None:
    """A frame of the hall with Ada and Bob, as its worker publishes it."""
    both = ((world.ada, Box(100, 100, 200, 200)), (world.bob, Box(300, 100, 400, 200)))
    faces = tuple(TrackedFace(1, box, Verdict.MATCH, str(person.pk), 0.3) for person, box in both)
    names = {str(person.pk): person.name for person, _ in both}
    header = frame_header("hall", overlay(width_px=640, height_px=360, faces=faces), names)
    _, jpeg = unpack_frame(frame())
    with ThreadPoolExecutor(1) as thread:  # the browser's loop runs in this one
        thread.submit(lambda: asyncio.run(put_frame(world.hall.pk, header, jpeg))).result()
