"""The site's links stand in one line of a desk's screen, and in a menu on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, ViewportSize, expect

pytestmark = [pytest.mark.integration, pytest.mark.browser]

PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=800)


def test_a_phone_has_a_menu_that_keys_open_and_close(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/sightings/")
    links, menu = page.get_by_role("navigation", name="Site"), page.get_by_role("button", name="Menu")
    expect(links).to_be_hidden()
    menu.press("Enter")
    expect(links.get_by_role("link", name="Sightings")).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")
    expect(links).to_be_hidden()
    menu.click()
    links.get_by_role("link", name="Live").click()
    expect(page.get_by_role("heading", name="Live")).to_be_visible()


def test_a_desk_sees_all_links_in_one_line(page: Page) -> None:
    page.set_viewport_size(DESK)
    page.goto("/sightings/")
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()
    boxes = [
        each.bounding_box()
        for each in (
            page.get_by_role("link", name="Live"),
            page.get_by_role("button", name="Log out"),
            page.get_by_role("link", name="Your account: viewer"),
        )
    ]
    middles = [box["y"] + box["height"] / 2 for box in boxes if box]
    assert len(middles) == 3
    assert max(middles) - min(middles) < 3
