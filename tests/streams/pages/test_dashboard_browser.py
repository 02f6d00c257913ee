"""How the live page behaves in a real browser, whatever the server says or does not say."""

from __future__ import annotations

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from streams.wire.builders import camera_gone, hello
from streams.wire.shapes import CameraRef
from tests.streams.pages.rows import a_camera
from tests.streams.pages.scripted_socket import DOOR, ScriptedSocket, face, frame, now, sighting, state

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]

YARD: CameraRef = {"slug": "yard", "name": "Yard"}


def pixel(page: Page, x: float, y: float) -> list[int]:
    """Red, green and blue of the camera's canvas at a share of its width and height."""
    colour: list[int] = page.locator("canvas").evaluate(
        """(canvas, [x, y]) => {
          const one = new OffscreenCanvas(1, 1).getContext("2d");
          one.drawImage(canvas, -Math.floor(canvas.width * x), -Math.floor(canvas.height * y));
          return [...one.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""",
        [x, y],
    )
    return colour


def near(colour: list[int], other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 30 for a, b in zip(colour, other, strict=True))


def test_a_frame_is_drawn_acknowledged_and_called_live(dashboard: Page, script: ScriptedSocket) -> None:
    assert script.show(frame(41)) == 41
    assert near(pixel(dashboard, 0.5, 0.5), (30, 60, 160))
    expect(dashboard.locator("[data-chip]")).to_have_text("Live")
    expect(dashboard.locator("[data-numbers]")).to_contain_text("7.9 fps")
    expect(dashboard.locator("[data-numbers]")).to_contain_text("delay 84 ms")
    expect(dashboard.locator("[data-veil]")).to_be_hidden()


def test_boxes_and_labels_stand_on_the_frame_and_labels_stay_inside(dashboard: Page, script: ScriptedSocket) -> None:
    faces = [
        face("Ada", "match", (100, 100, 200, 200)),
        face("Bob", "review", (300, 100, 400, 200)),
        face(None, "unknown", (540, 2, 638, 100)),
    ]
    script.show(frame(faces=faces))
    assert near(pixel(dashboard, 150 / 640, 200 / 360), (61, 220, 132))  # the lower edge of Ada's box: green
    assert near(pixel(dashboard, 301 / 640, 95 / 360), (255, 191, 63))  # Bob's label: amber
    assert near(pixel(dashboard, 541.5 / 640, 4 / 360), (195, 204, 210))  # inside the box, as above is no room
    described = dashboard.locator("canvas").get_attribute("aria-label")
    assert described == "Live picture of Front door: Bob?, unknown, ✓ Ada"


def test_the_canvas_has_the_screens_own_pixels(dashboard: Page, script: ScriptedSocket) -> None:
    script.show(frame())
    width, shown = dashboard.evaluate(
        "[document.querySelector('canvas').width, document.querySelector('canvas').clientWidth]"
    )
    assert width == shown * dashboard.evaluate("devicePixelRatio")


def test_a_frame_that_grows_old_is_dimmed_and_dated(dashboard: Page, script: ScriptedSocket) -> None:
    script.show(frame())
    expect(dashboard.locator("[data-veil]")).to_be_hidden()
    expect(dashboard.locator("[data-veil]")).to_be_visible(timeout=5000)
    expect(dashboard.locator("[data-veil]")).to_have_text(re.compile(r"No picture since \d\d:\d\d:\d\d"))
    assert "grayscale" in dashboard.locator("canvas").evaluate("c => getComputedStyle(c).filter")


def test_a_frame_of_a_slow_camera_is_live_until_its_next_is_overdue(dashboard: Page, script: ScriptedSocket) -> None:
    script.show(frame(captured_at=now(ago_s=7), old_after_ms=8000))
    expect(dashboard.locator("[data-veil]")).to_be_hidden()
    expect(dashboard.locator("[data-veil]")).to_contain_text("No picture since", timeout=5000)


def test_an_old_frame_is_never_shown_as_live(dashboard: Page, script: ScriptedSocket) -> None:
    script.show(frame(captured_at=now(ago_s=60)))
    expect(dashboard.locator("[data-veil]")).to_contain_text("No picture since")
    expect(dashboard.locator("[data-numbers]")).to_be_empty()


def test_ages_are_counted_by_the_servers_clock(page: Page, script: ScriptedSocket) -> None:
    page.clock.set_system_time("2020-01-01T00:00:00Z")  # a visitor whose clock is years behind
    a_camera("Front door")
    page.goto("/")
    script.hear("watch")
    script.show(frame(captured_at=now(ago_s=60)))
    expect(page.locator("[data-veil]")).to_contain_text("No picture since")
    script.show(frame())
    expect(page.locator("[data-veil]")).to_be_hidden()


def test_a_lost_connection_dims_the_picture_and_comes_back_by_itself(dashboard: Page, script: ScriptedSocket) -> None:
    script.show(frame())
    script.say(1011)
    expect(dashboard.locator("[data-connection]")).to_have_text(
        re.compile(r"Connection lost at \d\d:\d\d:\d\d UTC\. Trying again…")
    )
    expect(dashboard.locator("[data-veil]")).to_contain_text("No picture since")
    expect(dashboard.locator("[data-chip]")).to_have_text("Reconnecting…")
    expect(dashboard.locator("[data-connection]")).to_have_text("Connected", timeout=5000)
    assert script.hear("watch")["cameras"] == ["front-door"]
    assert script.connections == 2


def test_a_session_that_ended_is_said_and_not_retried(dashboard: Page, script: ScriptedSocket) -> None:
    Session.objects.all().delete()
    script.refusing = True
    script.say(1011)
    link = dashboard.locator("[data-connection] a")
    expect(link).to_have_text("Log in again", timeout=5000)
    assert link.get_attribute("href") == "/login/?next=/"


def test_a_right_that_was_taken_away_is_said(dashboard: Page, script: ScriptedSocket) -> None:
    script.say(4403)
    expect(dashboard.locator("[data-connection]")).to_have_text("Your account may not see this any more.")


def test_a_camera_that_was_deleted_is_said_on_its_page(page: Page, script: ScriptedSocket) -> None:
    a_camera("Front door")
    page.goto("/cameras/front-door/")
    script.hear("watch")
    script.say(4404)
    expect(page.locator("[data-connection]")).to_have_text("This camera is not there any more.")


def test_a_camera_that_was_renamed_stays_on_its_page(page: Page, script: ScriptedSocket) -> None:
    a_camera("Front door")
    page.goto("/cameras/front-door/")
    script.hear("watch")
    script.say(camera_gone(DOOR))
    script.say(state({"slug": "front-door", "name": "Back door"}))
    expect(page.locator("[data-name]")).to_have_text("Back door")


def test_a_live_camera_that_falls_silent_is_not_called_live(dashboard: Page, script: ScriptedSocket) -> None:
    script.say(state(at=now(ago_s=30)))
    expect(dashboard.locator("[data-chip]")).to_have_text("Stalled")
    expect(dashboard.locator("[data-reason]")).to_contain_text("has sent nothing")


def test_a_camera_that_is_down_says_why(dashboard: Page, script: ScriptedSocket) -> None:
    script.say(state(state="down", reason="The host refused the connection.", fps_analysed=None))
    expect(dashboard.locator("[data-chip]")).to_have_text("Down")
    expect(dashboard.locator("[data-reason]")).to_have_text("The host refused the connection.")


def test_a_frame_that_cannot_be_decoded_does_not_stop_the_pictures(dashboard: Page, script: ScriptedSocket) -> None:
    dashboard.evaluate("console.warn = () => {}")  # it complains, rightly
    assert script.show(frame(1, jpeg=b"not a picture")) == 1
    assert script.show(frame(2)) == 2
    assert near(pixel(dashboard, 0.5, 0.5), (30, 60, 160))


def test_cameras_come_and_go_while_the_page_is_open(dashboard: Page, script: ScriptedSocket) -> None:
    script.say(state(YARD))
    link = dashboard.get_by_role("link", name="Yard")
    expect(link).to_have_attribute("href", "/cameras/yard/")
    assert script.hear("watch")["cameras"] == ["front-door", "yard"]
    script.say(camera_gone(YARD))
    expect(link).to_have_count(0)
    script.say(camera_gone(DOOR))
    expect(dashboard.locator("[data-no-cameras]")).to_be_visible()


def test_only_cameras_on_the_screen_are_watched(page: Page, script: ScriptedSocket) -> None:
    refs: list[CameraRef] = [{"slug": f"camera-{n}", "name": f"Camera {n}"} for n in range(40)]
    for ref in refs:
        a_camera(ref["name"])
    script.greeting = lambda: hello([state(ref) for ref in refs], [])
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto("/")
    first = script.hear("watch")["cameras"]
    assert "camera-0" in first and len(first) < 15
    page.locator('[data-camera="camera-39"]').scroll_into_view_if_needed()
    while "camera-39" not in (seen := script.hear("watch")["cameras"]):
        pass
    assert "camera-0" not in seen


def test_a_hidden_tab_asks_for_no_picture(dashboard: Page, script: ScriptedSocket) -> None:
    hide = """hidden => { Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
              document.dispatchEvent(new Event("visibilitychange")); }"""
    dashboard.evaluate(hide, True)
    assert script.hear("watch")["cameras"] == []
    dashboard.evaluate(hide, False)
    assert script.hear("watch")["cameras"] == ["front-door"]


def test_a_cameras_own_page_lives_as_the_dashboard_does(page: Page, script: ScriptedSocket) -> None:
    a_camera("Front door")
    page.goto("/cameras/front-door/")
    assert script.hear("watch")["cameras"] == ["front-door"]
    script.show(frame())
    expect(page.locator("[data-veil]")).to_be_hidden()
    expect(page.locator("[data-chip]")).to_have_text("Live")


@pytest.mark.parametrize("path", ["/", "/cameras/front-door/", "/sightings/", "/login/"])
def test_no_page_scrolls_sideways_on_a_phone(page: Page, script: ScriptedSocket, path: str) -> None:
    a_camera("Front door")
    script.greeting = lambda: hello([state()], [sighting("A Person With A Very Long Name Indeed " * 3)])
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_one_line_says_how_many_cameras_are_live_and_leads_to_those_that_are_not(
    dashboard: Page, script: ScriptedSocket
) -> None:
    script.show(frame())
    script.say(state(YARD, state="down", reason="The host refused the connection."))
    summary = dashboard.locator("[data-summary-words]")
    expect(summary.get_by_role("link")).to_have_text("Yard down", timeout=8000)
    expect(summary.get_by_role("link")).to_have_attribute("href", "#camera-yard")
    script.say(state())
    script.show(frame())
    expect(summary).to_have_text("1 live, Yard down")
    expect(dashboard.locator("[data-summary-spoken]")).to_have_text("Yard: down", timeout=8000)


def test_a_live_camera_whose_pictures_do_not_come_is_called_late(dashboard: Page, script: ScriptedSocket) -> None:
    script.show(frame())
    expect(dashboard.locator("[data-chip]")).to_have_text("Live")
    for _ in range(8):
        script.say(state())
        dashboard.wait_for_timeout(500)
    expect(dashboard.locator("[data-chip]")).to_have_text("Picture late")
    expect(dashboard.locator("[data-reason]")).to_contain_text("do not reach this page in time")


def test_many_cameras_fit_on_one_screen_beside_each_other_on_a_phone(page: Page, script: ScriptedSocket) -> None:
    refs: list[CameraRef] = [{"slug": f"camera-{n}", "name": f"Donaudampfschifffahrt{n}" * 3} for n in range(9)]
    script.greeting = lambda: hello([state(ref) for ref in refs], [])
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/")
    expect(page.locator("[data-camera]")).to_have_count(9)
    assert page.locator("[data-camera]").last.evaluate("e => e.getBoundingClientRect().bottom") < 900
    page.set_viewport_size({"width": 390, "height": 800})
    tops = page.locator("[data-camera]").evaluate_all("all => all.map((e) => e.getBoundingClientRect().top)")
    assert tops[0] == tops[1] < tops[2]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
