"""A stranger comes several times, is noticed, named, and recognised from then on; and all of it is undone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(600)]

# Whom nobody has enrolled comes twice in a round of 40 s; a busy machine may need some rounds.
SOME_ROUNDS_MS = 180_000


def reloaded_until(tab: Page, found: Locator) -> Locator:
    """Loads the page again until something is on it: lists of the past do not change by themselves."""
    for _ in range(SOME_ROUNDS_MS // 3_000):
        if found.count():
            return found
        tab.wait_for_timeout(3_000)
        tab.reload()
    raise AssertionError(f"not seen: {found}")


def test_a_stranger_who_came_three_times_has_one_card(tab: Page) -> None:
    tab.goto("/strangers/")
    card = reloaded_until(tab, tab.locator(".stranger-card", has_text=re.compile(r"\b([3-9]|\d\d+) times")))
    expect(card).to_have_count(1)
    expect(card).to_contain_text("Entrance hall")
    assert card.locator("img").evaluate("image => image.naturalWidth") > 50
    card.get_by_role("link").focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Stranger")
    expect(tab.locator(".stranger-visit")).not_to_have_count(0)


def test_the_named_one_is_recognised_and_the_past_has_the_name(tab: Page) -> None:
    tab.locator("input[name=name]").fill("Eileen Collins")
    assert tab.locator("input[name=pictures]:checked").count() >= 2
    tab.get_by_role("button", name=re.compile("Name Stranger")).click()
    expect(tab.get_by_role("status")).to_contain_text("Eileen Collins")
    expect(tab.locator(".stranger-visit .verdict-match").first).to_contain_text("Eileen Collins")
    expect(tab.locator(".stranger-visit .verdict-unknown")).to_have_count(0)
    live = tab.context.new_page()
    live.goto("/")
    picture = live.get_by_role("img", name=re.compile("Live picture of Entrance hall:.*Eileen Collins"))
    expect(picture).to_be_visible(timeout=SOME_ROUNDS_MS)
    live.close()


def test_all_of_it_is_undone(tab: Page) -> None:
    said = tab.locator(".stranger-edits li", has_text="is a new person")
    said.get_by_role("button", name="Undo").click()
    expect(tab.locator(".stranger-visit .verdict-unknown").first).to_be_visible()
    expect(tab.locator(".stranger-visit .verdict-match")).to_have_count(0)
    tab.goto("/strangers/")
    expect(tab.locator(".stranger-card").first).to_be_visible()


def test_on_a_phone_nothing_is_wider_than_the_screen(tab: Page) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    for address in ("/strangers/", tab.locator(".stranger-link").first.get_attribute("href") or ""):
        tab.goto(address)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390, address
