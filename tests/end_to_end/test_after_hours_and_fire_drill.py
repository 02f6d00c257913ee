"""Somebody unknown comes after hours and is worked off as a false alarm; and a fire drill asks who is here.

Four cameras. At the entrance comes Joe Biden; at the back door, and in the workshop, somebody whom nobody has enrolled;
nobody at the gate.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from standardwebhooks import Webhook

from facesite.lab.demo.cast import ASTRONAUT, BIDEN
from facesite.lab.demo.cutouts import Portrait
from facesite.lab.demo.seed import CLIP
from tests.end_to_end.films import ROUND_MS, standing, write_film
from tests.end_to_end.site import Call, Site
from tests.streams.channels.broker import Broker, Listener, listening
from tests.streams.channels.receivers import Receiver, receiving

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(600)]

SOME_ROUNDS_MS = 10 * ROUND_MS
SHOWN = {"loop": True, "analysis_fps": 5, "smallest_face_px": 100}
FILMS: dict[str, tuple[Portrait, ...]] = {
    CLIP: (BIDEN,),
    "demo/back-door.mp4": (ASTRONAUT,),
    "demo/workshop.mp4": (ASTRONAUT,),
    "demo/gate.mp4": (),
}
STAFF = [f"{first} {last}" for last in ("Adams", "Brook", "Clark") for first in ("Ada", "Bo", "Cleo", "Dan", "Eve")]
GONE, ELSEWHERE = STAFF[:2], STAFF[2:3]
"""Two have left by the gate; one was only seen at the back door, which says nothing of who is inside."""
INSIDE = ["Joe Biden", *STAFF[3:]]
THEY_CAME = """
from datetime import timedelta
from uuid import uuid4
from django.utils import timezone
from people.records.person import Person
from streams.records.camera import Camera
from streams.records.sighting import Sighting
cameras = {{camera.slug: camera for camera in Camera.objects.all()}}
for ago_s, (name, slug) in enumerate({came}, 10):
    at = timezone.now() - timedelta(seconds=60 - ago_s)
    Sighting.objects.create(id=uuid4(), camera=cameras[slug], person=Person.objects.get(name=name), verdict="match",
                            distance=0.3, first_seen_at=at, last_seen_at=at, ended_at=at, match_threshold=0.6,
                            review_threshold=0.7, gallery_version=1)
"""


@pytest.fixture(scope="module")
def site(
    migrated_site: Callable[[Path], Path], portraits: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    var = migrated_site(tmp_path_factory.mktemp("site"))
    for name, shown in FILMS.items():
        write_film(var / "media" / name, portraits, [standing(portrait, 640) for portrait in shown])
    with Site(var) as site:
        yield site


@pytest.fixture(scope="module")
def cameras(api: Call) -> None:
    """Three besides the entrance. Everybody else of the demo is not on duty, so that nobody is taken for them."""
    (obama,) = api("GET", "/people/?search=Barack")["results"]
    api("POST", f"/people/{obama['id']}/retire/")
    for name, source, role in (
        ("Back door", "demo/back-door.mp4", "none"),
        ("Workshop", "demo/workshop.mp4", "inside"),
        ("Gate", "demo/gate.mp4", "exit"),
    ):
        api("POST", "/cameras/", name=name, slug=name.lower().replace(" ", "-"), source=source, role=role, **SHOWN)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Broker, Listener]]:
    """The broker that Home Assistant uses, and another client of it."""
    broker = Broker(tmp_path_factory.mktemp("broker"))
    broker.start()
    try:
        with listening(broker) as listener:
            yield broker, listener
    finally:
        broker.end()


@pytest.fixture(scope="module")
def desk() -> Iterator[Receiver]:
    """A program at the guard's desk that takes webhooks."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def key(api: Call, cameras: None, home: tuple[Broker, Listener], desk: Receiver) -> str:
    """The signing key of the channel to the desk. There is another one to the broker."""
    channel = api("POST", "/channels/", name="Desk", kind="webhook", url=desk.address)
    api("POST", "/channels/", name="Home", kind="mqtt", host="127.0.0.1", port=home[0].port, encrypted=False)
    made: str = api("POST", f"/channels/{channel['id']}/signing-key/")["signing_key"]
    return made


def another_day() -> str:
    """A day of the week that it is nowhere on earth now, in office hours: it is after hours, whatever the time."""
    return f"{datetime.now(UTC) + timedelta(days=3):%a} 08:00-18:00"


@pytest.fixture(scope="module")
def banner_of(tab: Page, key: str) -> Iterator[Page]:
    """A dashboard that was open before the rule was made, which is made by hand."""
    dashboard = tab.context.new_page()
    dashboard.goto("/")
    tab.goto("/rules/new/")
    tab.get_by_label("What it waits for").select_option(label="an unknown person")
    tab.get_by_label("All cameras").uncheck()
    tab.get_by_label("Back door").check()
    tab.get_by_label("Hours", exact=True).fill(another_day())
    tab.get_by_label("Outside of these hours").check()
    tab.get_by_label("Severity").select_option("alarm")
    tab.get_by_label("Desk").check()
    tab.get_by_label("Home").check()
    tab.get_by_label("Name", exact=True).fill("After hours")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_text("After hours").first).to_be_visible()
    yield dashboard
    dashboard.close()


def alarms(desk: Receiver, key: str) -> list[dict[str, Any]]:
    """What the desk was told, as Standard Webhooks' library finds it signed with `key`."""
    with desk.lock:
        return [Webhook(key).verify(body, headers) for headers, body, _ in desk.got]


def test_somebody_unknown_after_hours_comes_up_on_the_dashboard(banner_of: Page) -> None:
    log = banner_of.get_by_role("log", name="New alerts")
    expect(log.get_by_role("link", name="An unknown person at Back door")).to_be_visible(timeout=SOME_ROUNDS_MS)
    expect(log).to_contain_text("Alarm")


def test_the_desk_gets_a_webhook_whose_signature_is_right(tab: Page, banner_of: Page, desk: Receiver, key: str) -> None:
    for _ in range(100):
        if alarms(desk, key):
            break
        tab.wait_for_timeout(100)
    (told,) = alarms(desk, key)
    assert (told["type"], told["data"]["severity"], told["data"]["camera"]["name"]) == ("alert", "alarm", "Back door")
    assert told["data"]["title"] == "Alarm: An unknown person at Back door" and told["data"]["person"] is None


def test_home_assistant_has_a_device_for_each_camera_and_an_event_for_the_alarm(
    tab: Page, banner_of: Page, home: tuple[Broker, Listener]
) -> None:
    _, heard = home
    for _ in range(100):
        found = devices(heard)
        if len(found) == 4 and heard.newest(found["Back door"]["components"]["alert"]["state_topic"]):
            break
        tab.wait_for_timeout(100)
    assert found.keys() == {"Entrance hall", "Back door", "Workshop", "Gate"}
    events = {name: heard.newest(device["components"]["alert"]["state_topic"]) for name, device in found.items()}
    assert [name for name, event in events.items() if event] == ["Back door"]
    assert json.loads(events["Back door"] or "")["event_type"] == "alarm"
    assert json.loads(heard.newest(found["Back door"]["state_topic"]) or "")["state"] == "live"


def devices(heard: Listener) -> dict[str, Any]:
    """What Home Assistant discovers, by the name of the camera."""
    described = [json.loads(payload) for topic, payload, _ in heard.told if topic.startswith("homeassistant/device/")]
    return {device["device"]["name"]: device for device in described}


def test_it_is_acknowledged_and_closed_as_a_false_alarm_by_keyboard(
    tab: Page, banner_of: Page, api: Call, desk: Receiver
) -> None:
    tab.goto("/alerts/")
    expect(tab.get_by_role("link", name="An unknown person at Back door")).to_have_count(1)
    tab.keyboard.press("j")
    tab.keyboard.press("a")
    expect(tab.locator("[data-state]").first).to_contain_text("demo")
    expect(banner_of.get_by_role("log", name="New alerts").get_by_role("link")).to_have_count(0)
    tab.keyboard.press("j")
    tab.keyboard.press("f")
    expect(tab.get_by_text("Nothing to do")).to_be_visible()
    (alert,) = api("GET", "/alerts/")["results"]
    assert (alert["state"], alert["outcome"], alert["acknowledged_who"]) == ("closed", "false", "demo")
    tab.goto(f"/alerts/{alert['id']}/")
    expect(tab.get_by_text(re.compile("False alarms so far: this rule 1 of 1"))).to_be_visible()
    # Quiet for five minutes: he comes again and again, and nobody is told of it.
    assert len(desk.got) == 1


@pytest.fixture(scope="module")
def drill(site: Site, api: Call, cameras: None) -> None:
    """Fifteen of the staff came today, besides Joe Biden, whom the camera at the entrance has seen for real."""
    for name in STAFF:
        api("POST", "/people/", name=name)
    places = ("entrance", "workshop")
    came = [(name, places[number % 2]) for number, name in enumerate(STAFF) if name not in ELSEWHERE]
    came += [(name, "back-door") for name in ELSEWHERE] + [(name, "gate") for name in GONE]
    done = site.manage("shell", "-v0", "-c", THEY_CAME.format(came=came))
    assert done.returncode == 0, done.stderr


def test_the_page_says_who_is_here_who_has_left_and_who_was_only_seen(tab: Page, drill: None) -> None:
    tab.goto("/presence/")
    for _ in range(SOME_ROUNDS_MS // 1000):
        if tab.get_by_role("link", name="Joe Biden").count():
            break
        tab.wait_for_timeout(1000)
        tab.reload()
    people = tab.get_by_role("list", name="People")
    whereabouts = {"Ada Adams": "left", "Cleo Adams": "seen, not", "Eve Clark": "here", "Joe Biden": "here|in view"}
    for name, where in whereabouts.items():
        expect(people.get_by_role("listitem").filter(has_text=name)).to_contain_text(re.compile(where))


def test_the_roll_call_is_printed_on_one_page_with_everybody_inside(tab: Page, drill: None) -> None:
    tab.goto("/presence/")
    tab.get_by_role("link", name="Roll call").click()
    listed = tab.get_by_role("rowheader").get_by_text(re.compile("^[A-Z][a-z]+ (Adams|Brook|Clark|Biden)$"))
    assert sorted(listed.all_inner_texts()) == sorted(INSIDE)
    tab.emulate_media(media="print")
    expect(tab.get_by_role("button", name="Print")).to_be_hidden()
    expect(tab.get_by_role("navigation")).to_have_count(0)
    expect(tab.get_by_role("table")).to_be_visible()
    printed = tab.pdf(format="A4")
    tab.emulate_media(media="screen")
    assert printed.startswith(b"%PDF-") and len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_on_a_phone_whoever_was_found_is_ticked_and_stays_ticked(
    browser: Browser, tab: Page, site: Site, drill: None
) -> None:
    logged_in, screen = tab.context.storage_state(), {"width": 390, "height": 844}
    phone = browser.new_context(
        base_url=site.address, viewport=screen, has_touch=True, is_mobile=True, storage_state=logged_in
    )  # fmt: skip
    page = phone.new_page()
    page.goto("/presence/roll-call/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for name in INSIDE[:3]:
        page.get_by_label(name).tap()
    expect(page.get_by_role("status")).to_contain_text("3 of")
    page.reload()
    expect(page.get_by_label(INSIDE[0])).to_be_checked()
    expect(page.get_by_label(INSIDE[3])).not_to_be_checked()
    expect(page.get_by_role("status")).to_contain_text("3 of")
    phone.close()
