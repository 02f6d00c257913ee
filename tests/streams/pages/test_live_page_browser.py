"""The live page in a real browser: who is in view, a feed that stands still, nothing that shifts, one's own order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect

from people.records.person import Person
from streams.records.arrangement import Arrangement
from streams.records.camera import Camera
from streams.wire.builders import hello, presence_event, present_record, sighting_event
from streams.wire.shapes import CameraRef
from tests.axe import faults, widths
from tests.streams.alerting_rows import a_rule, an_alert
from tests.streams.pages.rows import a_camera, a_sighting
from tests.streams.pages.scripted_socket import DOOR, ScriptedSocket, face, frame, now, sighting, state
from tests.streams.pages.watch_shifts import WATCH_SHIFTS

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]

NAMES = ("Ada Lovelace", "Bo", "Cleopatra Philopator of the Ptolemaic Kingdom", "Dan", "Eve", "Fay", "Gus")
REFS: list[CameraRef] = [{"slug": f"camera-{n}", "name": f"Camera {n}"} for n in range(4)]


def present(name: str | None, camera: CameraRef = DOOR, **fields: Any) -> Any:
    record = sighting(name, camera, stranger=None, **fields)
    return present_record(f"{'match' if name else 'unknown'}:{name or record['id']}", [record])


def arrives(name: str | None, camera: CameraRef = DOOR, **fields: Any) -> Any:
    return sighting_event("started", sighting(name, camera, stranger=None, **fields), datetime.now(UTC))


@pytest.fixture(autouse=True)
def portraits(page: Page) -> None:
    """People of scripted sockets are in no database, and have no face there."""
    page.route("**/media/people/**", lambda route: route.fulfill(status=204))


def rows_of(page: Page) -> Locator:
    return page.locator("[data-feed-list] > li")


def top_of(element: Locator) -> float:
    top: float = element.evaluate("each => each.getBoundingClientRect().top")
    return top


@pytest.fixture
def wall(page: Page, script: ScriptedSocket) -> Page:
    """The live page with four cameras, whose shifts are noted from the first paint on."""
    for ref in REFS:
        a_camera(ref["name"])
    seen = [sighting(name, ref) for name, ref in zip(NAMES, cycle(REFS), strict=False)]
    script.greeting = lambda: hello([state(ref) for ref in REFS], seen, [present("Ada Lovelace")])
    page.add_init_script(WATCH_SHIFTS)
    page.goto("/")
    script.hear("watch")
    expect(rows_of(page)).to_have_count(len(seen))
    return page


def test_who_is_in_view_stands_on_top_and_never_changes_the_pages_height(
    dashboard: Page, script: ScriptedSocket
) -> None:
    strip = dashboard.locator("[data-strip]")
    expect(strip).to_contain_text("Nobody just now")
    height, below = strip.bounding_box()["height"], top_of(dashboard.locator("#cameras"))  # type: ignore[index]
    came = [present(name, first_seen_at=now(ago_s=60)) for name in NAMES]
    script.say(presence_event([*came, present(None)], []))
    expect(strip.get_by_role("listitem")).to_have_count(len(NAMES) + 1)
    expect(strip.get_by_role("heading")).to_have_text("In view 8")
    first = strip.get_by_role("listitem").first
    expect(first).to_contain_text(re.compile(r"Ada Lovelace\s+certain\s+Front door\s+since \d\d:\d\d:\d\d"))
    assert first.get_by_role("link").get_attribute("href") == came[0]["url"]
    second = strip.get_by_role("link", name="Bo").bounding_box()
    script.say(presence_event([], [came[0]["key"]]))
    expect(strip.get_by_role("heading")).to_have_text("In view 7")
    assert strip.get_by_role("link", name="Bo").bounding_box() == second
    assert (strip.bounding_box()["height"], top_of(dashboard.locator("#cameras"))) == (height, below)  # type: ignore[index]


def test_the_strip_is_empty_while_the_connection_is_lost(dashboard: Page, script: ScriptedSocket) -> None:
    script.say(presence_event([present("Ada")], []))
    expect(dashboard.locator("[data-strip]")).to_contain_text("Ada")
    script.refusing = True
    script.say(1011)
    expect(dashboard.locator("[data-strip]")).to_contain_text("Nobody just now")


def test_the_feed_stands_still_under_the_pointer_and_comes_up_by_a_tap(wall: Page, script: ScriptedSocket) -> None:
    row = rows_of(wall).nth(1)
    row.hover()
    before, at = top_of(row), row.get_attribute("data-id")
    for name in NAMES[:5]:
        script.say(arrives(name))
    more = wall.locator("[data-feed-new]")
    expect(more).to_have_text("5 new")
    assert (top_of(row), row.get_attribute("data-id")) == (before, at)
    more.click()
    expect(rows_of(wall)).to_have_count(len(NAMES) + 5)
    expect(more).to_be_hidden()
    expect(rows_of(wall).first).to_contain_text("Eve")


def test_the_feed_stands_still_under_the_keyboard_and_comes_up_by_a_key(wall: Page, script: ScriptedSocket) -> None:
    rows_of(wall).nth(1).get_by_role("link").first.focus()
    script.say(arrives("Zoe"))
    more = wall.locator("[data-feed-new]")
    expect(more).to_have_text("1 new")
    while not more.evaluate("each => each === document.activeElement"):
        wall.keyboard.press("Shift+Tab")
    wall.keyboard.press("Enter")
    expect(rows_of(wall).first).to_contain_text("Zoe")
    assert rows_of(wall).first.evaluate("each => each.contains(document.activeElement)")


def test_the_feed_goes_on_by_itself_when_the_pointer_leaves(wall: Page, script: ScriptedSocket) -> None:
    rows_of(wall).first.hover()
    script.say(arrives("Zoe"))
    expect(wall.locator("[data-feed-new]")).to_have_text("1 new")
    wall.mouse.move(5, 5)
    expect(rows_of(wall).first).to_contain_text("Zoe")


def test_a_camera_that_is_down_is_one_line_with_the_sentence_why(wall: Page, script: ScriptedSocket) -> None:
    height = wall.locator("#camera-camera-1").bounding_box()["height"]  # type: ignore[index]
    script.say(state(REFS[1], state="down", reason="The camera refuses the password."))
    line = wall.locator("[data-camera-lines] #camera-camera-1")
    expect(line).to_contain_text("The camera refuses the password.")
    expect(line.locator("canvas")).to_be_hidden()
    wall.wait_for_timeout(400)  # it glides
    assert line.bounding_box()["height"] < height / 3  # type: ignore[index]
    expect(wall.locator("[data-cameras] > article")).to_have_count(3)
    script.say(state(REFS[1]))
    expect(wall.locator("[data-cameras] > article").nth(1)).to_have_attribute("data-camera", "camera-1")


def test_nothing_shifts_whatever_happens(wall: Page, script: ScriptedSocket) -> None:
    """What `tests/streams/pages/watch_shifts.py` watches for ten minutes on a real site, in some seconds."""
    wall.mouse.move(640, 400)  # once: what follows a hand within half a second would not count
    wall.wait_for_timeout(600)
    for number in range(40):
        _one_event_of_each(script, number)
        wall.wait_for_timeout(60)
    expect(rows_of(wall)).to_have_count(len(NAMES) + 40)
    script.say(state(REFS[0], state="stalled", reason="No frame has come for some seconds."))
    expect(wall.locator("#camera-camera-0 [data-reason]")).to_have_text("No frame has come for some seconds.")
    expect(wall.locator("#camera-camera-0 [data-veil]")).to_be_visible(timeout=10_000)  # the picture grows old
    shifts = wall.evaluate("shifts")
    assert sum(value for value, _ in shifts) == 0, json.dumps(shifts[:5], indent=1)


def _one_event_of_each(script: ScriptedSocket, number: int) -> None:
    ref, name = REFS[number % 4], NAMES[number % len(NAMES)]
    record = sighting(name if number % 3 else None, ref, stranger=None)
    script.say(sighting_event("started", record, datetime.now(UTC)))
    script.say(sighting_event("ended", {**record, "ended_at": now(), "edited": "corrected by Ann"}, datetime.now(UTC)))
    script.say(presence_event([present(name, ref)], [f"match:{NAMES[(number + 3) % len(NAMES)]}"]))
    troubles = ("live", "down", "connecting", "live", "stalled", "off", "live", "asleep")
    trouble = troubles[number % len(troubles)]
    script.say(state(REFS[3], state=trouble, reason=f"A long sentence why it is {trouble}. " * 2))
    script.say(state(ref, reason="It runs, and lacks something." if number % 2 else ""))
    script.say(frame(number, camera=ref["slug"], faces=[face(name, "match", (100, 100, 200, 200))]))
    script.say(_alert(number))


def _alert(number: int) -> Any:
    times = {"raised_at": now(), "captured_at": now()}
    record = {
        "id": str(uuid4()),
        "rule": "Night",
        "said": f"Somebody unknown at the gate {number}",
        "severity": "alarm",
    }
    return {"type": "alert", "alert": {**record, **times, "state": "new", "camera": None, "url": "/alerts/"}}


def test_a_lost_connection_shifts_nothing(wall: Page, script: ScriptedSocket) -> None:
    script.say(1011)
    expect(wall.locator("[data-connection]")).to_have_text(re.compile("Connection lost"))
    expect(wall.locator("[data-connection]")).to_have_text("Connected", timeout=5000)
    assert [value for value, _ in wall.evaluate("shifts")] == []


def walk_to(page: Page, element: Locator) -> None:
    """By Tab, as somebody without a mouse."""
    for _ in range(80):
        if element.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("it is not reached by Tab")


def test_the_page_is_arranged_by_keyboard_and_stays_so(wall: Page, script: ScriptedSocket, viewer: User) -> None:
    walk_to(wall, wall.get_by_role("link", name="Arrange"))
    wall.keyboard.press("Enter")
    for _ in range(2):
        walk_to(wall, wall.get_by_role("button", name="Move Camera 3 up"))
        with wall.expect_navigation():
            wall.keyboard.press("Enter")
    focused = wall.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == "Move Camera 3 up"
    walk_to(wall, wall.get_by_role("checkbox", name="Show Camera 0"))
    wall.keyboard.press("Space")
    walk_to(wall, wall.get_by_role("checkbox", name="Camera 2 large"))
    wall.keyboard.press("Space")
    walk_to(wall, wall.get_by_role("button", name="Save"))
    wall.keyboard.press("Enter")
    expect(wall.locator("[data-cameras] > article")).to_have_count(3)
    wall.reload()
    shown = wall.locator("[data-cameras] > article").evaluate_all("all => all.map((each) => each.dataset.camera)")
    assert shown == ["camera-3", "camera-1", "camera-2"]
    expect(wall.locator("#camera-camera-2")).to_have_attribute("data-large", "yes")
    expect(wall.get_by_text("1 camera hidden by you")).to_be_visible()


def test_full_screen_is_kept_for_the_next_device(dashboard: Page, viewer: User) -> None:
    header = dashboard.locator("header.top")
    with dashboard.expect_response("**/arrange/full-screen/"):
        dashboard.get_by_role("button", name="Full screen").click()
    expect(header).to_be_hidden()
    assert Arrangement.objects.get(user=viewer).is_full_screen
    dashboard.reload()
    expect(header).to_be_hidden()
    with dashboard.expect_response("**/arrange/full-screen/"):
        dashboard.get_by_role("button", name="Leave full screen").click()
    expect(header).to_be_visible()
    assert not Arrangement.objects.get(user=viewer).is_full_screen


def test_who_is_here_looks_again_when_it_is_told_but_not_under_a_hand(page: Page, script: ScriptedSocket) -> None:
    door = a_camera("Front door", role="entrance")
    with page.expect_response(lambda answer: answer.url.endswith("/presence/") and _is_fetched(answer)):
        page.goto("/presence/")  # it looks again when it is greeted
    people = page.get_by_role("list", name="People", exact=True)
    expect(people).to_have_count(0)
    _comes_in(script, door, "Ada")
    expect(people).to_contain_text("Ada")
    people.get_by_role("link").first.focus()
    _comes_in(script, door, "Bo")
    page.wait_for_timeout(3_000)
    expect(people).not_to_contain_text("Bo")
    page.evaluate("document.activeElement.blur()")
    expect(people).to_contain_text("Bo")


def _is_fetched(answer: Any) -> bool:
    return bool(answer.request.resource_type == "fetch")


def _comes_in(script: ScriptedSocket, camera: Camera, name: str) -> None:
    a_sighting(camera, Person.objects.create(name=name), at=datetime.now(UTC), ended_at=None)
    script.say(presence_event([present(name)], []))


@pytest.fixture
def guards_tab(browser: Browser, site: str, operator: User) -> Iterator[Page]:
    """The tab of somebody with every right."""
    client = Client()
    client.force_login(operator)
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    yield context.new_page()
    context.close()


def test_axe_finds_nothing_on_the_pages_of_a_guard(guards_tab: Page, script: ScriptedSocket, media: Any) -> None:
    page = guards_tab
    _fill(script)
    for path in ("/", "/arrange/", "/presence/", "/presence/roll-call/", "/alerts/", "/rules/", "/rules/new/"):
        assert page.goto(path).ok, path  # type: ignore[union-attr]
        if path == "/":
            expect(rows_of(page)).to_have_count(len(NAMES))
            script.say(_alert(1))
            rows_of(page).first.hover()
            script.say(arrives("Zoe"))
            expect(page.locator("[data-feed-new]")).to_be_visible()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 800})
                assert faults(page) == [], (path, scheme, width)
                shown, fits = widths(page)
                assert shown <= fits, (path, width)


def _fill(script: ScriptedSocket) -> None:
    """Something on each page: cameras live, down and off, people in view, an alert, a rule."""
    cameras = [
        a_camera(ref["name"], role=role) for ref, role in zip(REFS, ("entrance", "exit", "inside", "none"), strict=True)
    ]
    for number, name in enumerate(NAMES):
        who = Person.objects.create(name=name)
        a_sighting(cameras[number % 4], who, at=datetime.now(UTC), ended_at=None)
    an_alert(a_rule())
    states = [state(REFS[0]), state(REFS[1], state="down", reason="The camera refuses the password.")]
    states += [state(REFS[2], state="off"), state(REFS[3])]
    seen = [sighting(name, ref) for name, ref in zip(NAMES, cycle(REFS), strict=False)]
    script.greeting = lambda: hello(states, seen, [present(name) for name in NAMES[:3]] + [present(None)])
