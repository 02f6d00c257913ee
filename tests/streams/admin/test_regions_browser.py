"""Regions are drawn on the camera's picture in a real browser: by mouse, finger and keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from streams.records.camera import Camera
from tests.streams.pages.rows import a_camera

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def tab(
    browser: Browser, live_server: Any, operator: User, door: Camera, request: pytest.FixtureRequest
) -> Iterator[Page]:
    client = Client()
    client.force_login(operator)
    phone = request.param == PHONE
    options: dict[str, Any] = {"viewport": request.param, "has_touch": phone, "is_mobile": phone}
    context = browser.new_context(base_url=live_server.url, color_scheme="dark" if phone else "light", **options)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(reverse("admin:streams_camera_change", args=[door.pk]))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def door(operator: User) -> Camera:
    return a_camera("Door", enabled=False)


def press_at(picture: Locator, *places: tuple[float, float]) -> None:
    """Clicks or taps on the picture, at fractions of its width and height."""
    for across, down in places:
        box = picture.bounding_box()
        assert box is not None
        at: Any = {"x": box["width"] * across, "y": box["height"] * down}
        if picture.evaluate("() => matchMedia('(pointer: coarse)').matches"):
            picture.tap(position=at)
        else:
            picture.click(position=at)


def test_a_region_is_drawn_by_pointer_named_undone_and_saved(tab: Page, door: Camera) -> None:
    picture, field = tab.locator("svg.regions-picture"), tab.locator("#id_regions")
    expect(field).to_be_hidden()
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.get_by_role("button", name="Draw: never keep").click()
    press_at(picture, (0.1, 0.1), (0.5, 0.1), (0.5, 0.5), (0.3, 0.9))
    tab.get_by_role("button", name="Undo").click()
    press_at(picture, (0.1, 0.5))
    tab.get_by_role("button", name="Finish").click()
    tab.get_by_label("Name of region 1, never keep").fill("Window")
    tab.get_by_role("button", name="Remove region 1").click()
    tab.get_by_role("button", name="Undo").click()
    tab.get_by_role("button", name="Save and continue editing").click()
    expect(tab.get_by_label("Name of region 1, never keep")).to_have_value("Window")
    door.refresh_from_db()
    (region,) = door.regions
    assert (region["name"], region["kind"]) == ("Window", "never_keep")
    drawn = [(0.1, 0.1), (0.5, 0.1), (0.5, 0.5), (0.1, 0.5)]
    assert [tuple(point) for point in region["points"]] == [pytest.approx(corner, abs=0.02) for corner in drawn]


def test_a_region_is_drawn_and_its_corners_are_moved_with_the_keyboard_alone(tab: Page, door: Camera) -> None:
    tab.get_by_role("button", name="Draw: look here").press("Enter")
    picture = tab.locator("svg.regions-picture")
    expect(picture).to_be_focused()
    for key in ("Enter", "Shift+ArrowRight", "Enter", "Shift+ArrowDown", "Enter", "Backspace", "Enter"):
        tab.keyboard.press(key)
    tab.get_by_role("button", name="Finish").press("Enter")
    tab.get_by_role("button", name="Move corners of region 1").press("Enter")
    corner = tab.get_by_role("button", name="Corner 2 of look here")
    corner.focus()
    tab.keyboard.press("ArrowUp")
    expect(corner).to_be_focused()
    tab.get_by_role("button", name="Save and continue editing").press("Enter")
    expect(tab.get_by_label("Name of region 1, look here")).to_be_visible()
    door.refresh_from_db()
    assert door.regions[0]["points"] == [[0.5, 0.5], [0.55, 0.49], [0.55, 0.55]]


def test_turning_the_picture_turns_what_is_drawn_and_saves_it_so(tab: Page, door: Camera) -> None:
    tab.get_by_role("button", name="Draw: never keep").click()
    picture = tab.locator("svg.regions-picture")
    press_at(picture, (0.1, 0.1), (0.5, 0.1), (0.5, 0.5))
    tab.get_by_role("button", name="Finish").click()
    tab.get_by_label("Turn the picture:").select_option("90")
    expect(picture).to_have_attribute("viewBox", "0 0 900 1600")
    tab.get_by_role("button", name="Draw: look here").click()
    press_at(picture, (0.5, 0.2), (0.6, 0.2), (0.6, 0.4))
    tab.get_by_role("button", name="Finish").click()
    tab.get_by_role("button", name="Save and continue editing").click()
    expect(tab.get_by_label("Name of region 1, never keep")).to_be_visible()
    door.refresh_from_db()
    turned = [(0.9, 0.1), (0.9, 0.5), (0.5, 0.5)]
    assert [tuple(point) for point in door.regions[0]["points"]] == [pytest.approx(each, abs=0.02) for each in turned]
    ((left, top), *_) = door.regions[1]["points"]  # drawn on the turned picture, which is narrower than its frame
    assert (left, top) == (pytest.approx(0.5, abs=0.02), pytest.approx(0.2, abs=0.02))


def test_an_outline_that_crosses_itself_is_not_finished(tab: Page) -> None:
    tab.get_by_role("button", name="Draw: look here").click()
    press_at(tab.locator("svg.regions-picture"), (0.1, 0.1), (0.5, 0.5), (0.5, 0.1), (0.1, 0.5))
    tab.get_by_role("button", name="Finish").click()
    expect(tab.locator("[data-said]")).to_contain_text("crosses itself")
    expect(tab.locator("#id_regions")).to_have_value("")
