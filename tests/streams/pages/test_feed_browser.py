"""The feed of sightings in a real browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import Page, expect

from streams.wire.builders import hello, sighting_event
from tests.streams.pages.rows import a_camera
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
    expect(rows.last).to_contain_text("very close")
    expect(rows.last.locator("[data-in-view]")).to_be_visible()
    ada |= {"verdict": "review", "ended_at": now(), "distance": 0.53}
    script.say(sighting_event("ended", ada, datetime.now(UTC)))
    expect(rows.last).to_contain_text("Ada?")
    expect(rows.last.locator("[data-in-view]")).to_be_hidden()
    expect(rows.last.get_by_role("link")).to_have_attribute("href", ada["url"])
    dashboard.get_by_text("Likely", exact=True).click()
    expect(rows).to_have_count(1)
    dashboard.get_by_text("Certain", exact=True).click()
    expect(rows).to_have_count(0)
    expect(dashboard.locator("[data-feed-empty]")).to_contain_text("None of the latest")


def test_a_sighting_that_says_look_closer_is_marked_and_can_be_filtered(page: Page, script: ScriptedSocket) -> None:
    a_camera("Front door", liveness_hint=True)
    page.goto("/")
    script.hear("watch")
    rows = page.locator("[data-feed-list] > li:visible")
    ada = sighting("Ada")
    for record in (ada, sighting("Bob")):
        script.say(sighting_event("started", record, datetime.now(UTC)))
    expect(rows).to_have_count(2)
    expect(page.locator("[data-look-closer]:visible")).to_have_count(0)
    script.say(sighting_event("updated", ada | {"look_closer": True}, datetime.now(UTC)))
    expect(rows.last).to_contain_text("Ada")
    expect(rows.last.locator("[data-look-closer]")).to_be_visible()
    expect(page.locator("[data-feed-spoken]")).to_contain_text("Look closer: Ada", timeout=15_000)
    page.get_by_text("Look closer", exact=True).first.click()
    expect(rows).to_have_count(1)


def test_a_camera_that_runs_and_lacks_something_says_so_below_its_picture(page: Page, script: ScriptedSocket) -> None:
    a_camera("Front door", liveness_hint=True)
    page.goto("/")
    script.hear("watch")
    script.show(frame())
    script.say(state(reason="No hint at held pictures can be given."))
    expect(page.locator("[data-chip]")).to_have_text("Live")
    expect(page.locator("[data-note]")).to_have_text("No hint at held pictures can be given.")
    expect(page.locator("[data-reason]")).to_be_hidden()
    script.say(state())
    expect(page.locator("[data-note]")).to_be_hidden()


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


AWAY = """hidden => { Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange")); }"""


def test_what_came_while_nobody_looked_is_marked_and_counted(dashboard: Page, script: ScriptedSocket) -> None:
    script.say(sighting_event("started", sighting("Ada"), datetime.now(UTC)))
    rows = dashboard.locator("[data-feed-list] > li")
    expect(rows).to_have_count(1)
    note = dashboard.locator("[data-feed-missed]")
    expect(note).to_be_hidden()
    dashboard.evaluate(AWAY, True)
    for name in ("Bob", "Cyd"):
        script.say(sighting_event("started", sighting(name), datetime.now(UTC)))
    expect(rows).to_have_count(3)
    assert dashboard.title() == "(2) Live – facesite"
    dashboard.evaluate(AWAY, False)
    assert dashboard.title() == "Live – facesite"
    expect(note).to_contain_text("2 new since")
    expect(dashboard.locator(".sighting-missed [data-whom]")).to_have_text(["Cyd", "Bob"])
    script.say(sighting_event("started", sighting("Dee"), datetime.now(UTC)))  # somebody looks: not missed
    expect(rows).to_have_count(4)
    expect(note).to_contain_text("2 new since")
    dashboard.evaluate(AWAY, True)  # another absence, counted anew
    expect(note).to_be_hidden()


@pytest.mark.parametrize("width", [320, 390])
def test_the_number_of_new_sightings_stands_in_one_line_on_a_phone(dashboard: Page, width: int) -> None:
    dashboard.set_viewport_size({"width": width, "height": 700})
    number, whole = dashboard.locator("[data-missed-number]"), dashboard.locator(".live-jump a").last
    before = whole.bounding_box()
    number.evaluate("e => { e.textContent = '125 new'; }")
    link, place = whole.bounding_box(), number.bounding_box()
    assert link and place and link == before
    assert link["x"] < place["x"] and place["x"] + place["width"] <= link["x"] + link["width"]
    assert link["y"] < place["y"] and place["y"] + place["height"] <= link["y"] + link["height"]


def test_whoever_does_not_stir_for_a_minute_looks_away(page: Page, script: ScriptedSocket) -> None:
    page.clock.install()
    a_camera("Front door")
    ada = sighting("Ada")
    script.greeting = lambda: hello([state()], [ada])
    page.goto("/")
    script.hear("watch")
    rows = page.locator("[data-feed-list] > li")
    expect(rows).to_have_count(1)
    for turn in range(7):  # a word now and then, or the socket would be taken for dead
        page.clock.run_for(10_000)
        script.say(sighting_event("updated", ada | {"margin": 0.1 + turn / 100}, datetime.now(UTC)))
        page.wait_for_timeout(400)
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    script.say(sighting_event("started", sighting("Bob", first_seen_at=later), datetime.now(UTC)))
    expect(rows).to_have_count(2)
    expect(page.locator(".sighting-missed [data-whom]")).to_have_text(["Bob"])
    assert page.title() == "(1) Live – facesite"
    page.mouse.move(200, 200)
    assert page.title() == "Live – facesite"


def test_sightings_are_read_out_a_few_at_a_time(dashboard: Page, script: ScriptedSocket) -> None:
    for name in ("Ada", "Bob", "Cyd", "Dee", "Eve"):
        script.say(sighting_event("started", sighting(name), datetime.now(UTC)))
    spoken = dashboard.locator("[data-feed-spoken]")
    expect(spoken).to_have_text("Ada, Front door; Bob, Front door; Cyd, Front door; and 2 more", timeout=8000)
    assert dashboard.locator("[data-feed-list]").get_attribute("aria-live") is None
