"""The schedule as an officer for data protection uses it: shortened, asked for, shown to everybody, and on the door."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from people.records.keeping_term import KeptKind, days_kept
from streams.keeping.enforcing import keep
from streams.keeping.schedule import KeepingSchedule
from tests.axe import COLOURS, faults, found_by_axe, widths
from tests.facesite.admin.test_every_page_browser import PHONE_PX, what_is_wrong

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(300)]
SHOTS = os.environ.get("SCREENSHOTS", "")
"""A folder for pictures of the pages, for people to look at; none without."""
PAGE = "/admin/people/keepingterm/"
STRANGERS = KeptKind.SIGHTINGS_STRANGERS


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def on_a_phone(page: Page, name: str) -> None:
    before = page.viewport_size
    assert before is not None
    page.set_viewport_size({"width": PHONE_PX, "height": 844})
    shown, fits = widths(page)
    assert shown <= fits, f"{name} is {shown} px wide"
    shot(page, f"{name}-phone")
    page.set_viewport_size(before)


def test_the_schedule_is_shortened_by_keyboard_after_a_question(page: Page, owner: User) -> None:
    list(keep(KeepingSchedule.in_force()))
    page.goto(PAGE)
    shot(page, "schedule")
    on_a_phone(page, "schedule")
    page.locator(f"#id_days_{STRANGERS}").fill("7")
    page.get_by_label("This place").fill("Town library")
    page.get_by_label("Whom to ask").fill("Grace Hopper, data protection\n0123 456")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("Do you mean it?")).to_be_visible()
    assert days_kept(STRANGERS) is None
    shot(page, "asked")
    on_a_phone(page, "asked")
    assert faults(page) == []
    page.get_by_role("button", name="Yes, save it").press("Enter")
    expect(page.get_by_text("The schedule is saved")).to_be_visible()
    assert days_kept(STRANGERS) == 7


def test_everybody_reads_the_public_page_and_the_sign_leads_there(page: Page, owner: User, browser: Browser) -> None:
    page.goto(PAGE)
    page.get_by_label("Whom to ask").fill("Grace Hopper")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Sign for the door").click()
    address = page.locator(".sign-address").inner_text()
    expect(page.get_by_role("img", name="Code that leads to")).to_be_visible()
    shot(page, "sign")
    on_a_phone(page, "sign")
    assert faults(page) == []
    page.emulate_media(media="print")
    expect(page.locator("#header")).to_be_hidden()
    shot(page, "sign-print")
    stranger = browser.new_context(viewport={"width": PHONE_PX, "height": 844}, reduced_motion="reduce").new_page()
    answer = stranger.goto(address)
    assert answer is not None and answer.status == 200
    expect(stranger.get_by_text("Grace Hopper")).to_be_visible()
    assert faults(stranger) == []
    shot(stranger, "public-phone")
    stranger.emulate_media(color_scheme="dark")
    assert found_by_axe(stranger, rules=COLOURS) == []
    shown, fits = widths(stranger)
    assert shown <= fits
    stranger.set_viewport_size({"width": 1280, "height": 900})
    shot(stranger, "public-dark")
    stranger.context.close()


def test_who_is_due_and_the_smaller_sign_have_no_fault(page: Page, owner: User) -> None:
    for path in (PAGE, f"{PAGE}due/", f"{PAGE}sign/?size=A5", "/privacy/"):
        assert what_is_wrong(page, path) == []
