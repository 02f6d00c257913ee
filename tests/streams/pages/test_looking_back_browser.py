"""What people click to look back: journey three begins with "who came on Tuesday after 18:00 at the side door?"."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from people.records.person import Person
from tests.streams.pages.rows import NOON, a_camera, a_detection, a_sighting

pytestmark = [pytest.mark.integration, pytest.mark.browser]
TUESDAY = NOON.replace(day=10)


def _evenings() -> None:
    """Fifteen people at four cameras in two weeks: one comes on a Tuesday after 18:00 to the side door."""
    doors = [a_camera(name) for name in ("Front door", "Side door", "Yard", "Garage")]
    for number in range(15):
        person = Person.objects.create(name=f"Person {number}")
        for day in range(14):
            seen = a_sighting(doors[number % 4], person, at=TUESDAY + timedelta(days=day - 7, minutes=number))
            a_detection(seen)
    late = Person.objects.create(name="Ada Lovelace")
    a_detection(a_sighting(doors[1], late, at=TUESDAY + timedelta(hours=6, minutes=41)))
    a_detection(a_sighting(doors[0], late, at=TUESDAY + timedelta(hours=7)))
    a_detection(a_sighting(doors[1], late, at=TUESDAY + timedelta(days=1, hours=7)))


def test_who_came_on_tuesday_after_18_at_the_side_door(page: Page, media: Path) -> None:
    _evenings()
    page.goto("/sightings/")
    page.get_by_text("Hours, days, cameras").click()
    page.get_by_label("Time of day from").fill("18:00")
    page.get_by_label("Tue", exact=True).check()
    page.get_by_label("Side door").check()
    page.get_by_role("button", name="Show").click()
    rows = page.locator(".sighting-list .sighting")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Ada Lovelace")
    expect(rows).to_contain_text("10 Mar 2026, 18:41:00 UTC")
    expect(rows).to_contain_text("certain")
    expect(page.get_by_label("Tue", exact=True)).to_be_checked()  # the filters stay in sight
    expect(page.get_by_label("Side door")).to_be_visible()


def test_from_a_sighting_to_the_person_and_one_day_of_theirs(page: Page, media: Path) -> None:
    ada = Person.objects.create(name="Ada Lovelace")
    a_detection(a_sighting(a_camera("Side door"), ada, at=NOON))
    page.goto("/sightings/")
    page.get_by_role("link", name="Ada Lovelace").click()
    expect(page.get_by_text("Certain: the face is near enough to Ada Lovelace.")).to_be_visible()
    expect(page.get_by_text("4 of 5 detections agree")).to_be_hidden()
    page.get_by_text("Details", exact=True).first.click()
    expect(page.get_by_text("4 of 5 detections agree")).to_be_visible()
    page.get_by_role("definition").get_by_role("link", name="Ada Lovelace").click()
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    page.get_by_role("link", name="All sightings").click()
    expect(page.locator(".sighting-list .sighting")).to_have_count(1)


def test_a_visitor_far_away_reads_the_time_of_the_site(page: Page, browser: Browser, site: str, media: Path) -> None:
    a_detection(a_sighting(a_camera("Side door"), at=NOON))
    with browser.new_context(timezone_id="Asia/Tokyo", storage_state=page.context.storage_state()) as away:
        tab = away.new_page()
        tab.goto(f"{site}/sightings/")
        expect(tab.locator(".sighting-list time")).to_have_text("14 Mar 2026, 12:00:00 UTC")


def test_the_filters_work_by_keyboard_on_a_phone(page: Page, media: Path) -> None:
    a_sighting(a_camera("Side door"), at=NOON)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/sightings/")
    page.get_by_text("Hours, days, cameras").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Sun", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing fits this filter.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
