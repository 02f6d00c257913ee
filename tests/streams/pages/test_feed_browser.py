"""The feed of sightings in a real browser."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import Page, expect

from streams.events.builders import hello, sighting_event
from tests.streams.pages.evidence import a_camera
from tests.streams.pages.scripted_socket import ScriptedSocket, face, frame, now, sighting, state

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]


def test_the_right_to_see_cameras_alone_shows_pictures_and_no_feed(
    page: Page, script: ScriptedSocket, viewer: User
) -> None:
    viewer.user_permissions.remove(Permission.objects.get(codename="view_sighting"))
    a_camera("Front door")
    page.goto("/")
    script.hear("watch")
    script.show(frame())
    script.say(sighting_event("started", sighting("Ada"), datetime.now(UTC)))
    expect(page.locator("[data-chip]")).to_have_text("Live")
    assert page.locator("[data-feed]").count() == 0


def test_sightings_arrive_change_and_can_be_filtered(dashboard: Page, script: ScriptedSocket) -> None:
    rows = dashboard.locator("[data-feed-list] > li:visible")
    ada, stranger = sighting("Ada"), sighting(None)
    for record in (ada, stranger):
        script.say(sighting_event("started", record, datetime.now(UTC)))
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("unknown")
    expect(rows.last).to_contain_text("very close (0.32, limit 0.50)")
    expect(rows.last.locator("[data-in-view]")).to_be_visible()
    ada |= {"verdict": "review", "ended_at": now(), "distance": 0.53}
    script.say(sighting_event("ended", ada, datetime.now(UTC)))
    expect(rows.last).to_contain_text("Ada?")
    expect(rows.last.locator("[data-in-view]")).to_be_hidden()
    expect(rows.last.get_by_role("link")).to_have_attribute("href", ada["url"])
    dashboard.get_by_text("To review", exact=True).click()
    expect(rows).to_have_count(1)
    dashboard.get_by_text("Known", exact=True).click()
    expect(rows).to_have_count(0)
    expect(dashboard.locator("[data-feed-empty]")).to_contain_text("None of the latest")


def test_the_greeting_fills_the_feed_newest_first(page: Page, script: ScriptedSocket) -> None:
    a_camera("Front door")
    late, early = sighting("Ada"), sighting("Bob", first_seen_at=now(ago_s=90))
    script.greeting = lambda: hello([state()], [late, early])
    page.goto("/")
    expect(page.locator("[data-feed-list] .verdict")).to_have_text(["Ada", "Bob"])


def test_a_hostile_name_is_text_everywhere(dashboard: Page, script: ScriptedSocket) -> None:
    name = "<img src=x onerror=\"document.title='owned'\">"
    script.say(state({"slug": "front-door", "name": name}))
    script.say(sighting_event("started", sighting(name), datetime.now(UTC)))
    script.show(frame(faces=[face(name, "match", (100, 100, 200, 200))]))
    expect(dashboard.locator("[data-feed-list] .verdict")).to_have_text(name)
    expect(dashboard.locator("[data-name]")).to_have_text(name)
    assert dashboard.title() == "Live – facesite"
    assert dashboard.locator("[data-feed-list] .verdict img").count() == 0
