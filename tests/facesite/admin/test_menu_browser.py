"""The menu and the box “Go to” in a real browser, by keyboard, on a desk and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.integration, pytest.mark.browser]


def test_somebody_is_found_and_opened_by_keyboard_alone(page: Page) -> None:
    page.goto("/admin/")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Go to")
    expect(box).to_be_focused()
    page.keyboard.type("a")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.type("da love")
    expect(page.get_by_role("option")).to_have_count(1)
    expect(page.get_by_role("option", selected=True)).to_have_text(re.compile("Ada Lovelace.*person"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Ada Lovelace")).to_be_visible()


def test_the_arrows_choose_and_escape_closes(page: Page) -> None:
    page.goto("/admin/people/person/")
    page.get_by_role("textbox").first.focus()
    page.keyboard.press("Control+k")
    page.keyboard.type("ca")
    options = page.get_by_role("listbox", name="Found").get_by_role("option")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("combobox", name="Go to")).to_have_attribute("aria-activedescendant", "go-to-1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)


def test_a_slash_in_a_field_is_a_slash_and_what_nothing_is_called_is_said(page: Page) -> None:
    page.goto("/admin/people/person/")
    page.locator("#searchbar").fill("")
    page.locator("#searchbar").press("/")
    expect(page.locator("#searchbar")).to_have_value("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("nobody of this name")
    expect(page.locator("[data-found-said]")).to_have_text("Nothing is called so")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing that you may see is called “nobody of this name”.")).to_be_visible()


def test_on_a_phone_a_button_opens_the_menu_and_escape_closes_it(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/admin/streams/channel/")
    menu = page.get_by_role("navigation", name="Admin")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="Channels")).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Go to")).to_be_focused()


def test_a_filter_is_chosen_by_keyboard_and_says_what_it_is(page: Page) -> None:
    page.goto("/admin/streams/camera/")
    rows = page.locator("#result_list tbody tr")
    expect(rows).to_have_count(2)
    page.locator(".filter summary", has_text="Pictures").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    expect(page.locator(".filter summary", has_text="Pictures")).to_have_text("Pictures: Gives none, and should")


def test_a_phone_shows_each_row_as_a_card_with_the_names_of_its_columns(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/admin/streams/camera/")
    cell = page.locator("#result_list td.field-shown_source").first
    expect(cell).to_have_attribute("data-column", "Source")
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Source"'
    assert (cell.bounding_box() or {})["x"] >= 0
