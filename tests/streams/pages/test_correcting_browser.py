"""One tap on the live page says who it is not; open pages follow, and one more tap undoes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import Page, expect

from facesite.asgi import application
from people.records.person import Person
from streams.records.sighting import Sighting
from streams.wire.builders import sighting_event
from tests.streams.pages.rows import a_camera, a_detection, a_sighting
from tests.streams.pages.scripted_socket import ScriptedSocket, sighting

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def guard(viewer: User) -> User:
    viewer.user_permissions.add(Permission.objects.get(codename="correct_sighting"))
    return viewer


def test_only_who_may_correct_has_the_buttons(dashboard: Page, script: ScriptedSocket) -> None:
    script.say(sighting_event("started", sighting("Ada"), datetime.now(UTC)))
    expect(dashboard.locator("[data-feed-list] > li")).to_have_count(1)
    expect(dashboard.locator("[data-correct]")).to_have_count(0)


class TestWithTheRealSocket:
    @pytest.fixture
    def script(self) -> Any:
        """In place of a scripted server the one that serves the site."""
        return application

    def test_a_wrong_name_is_taken_away_and_given_back_by_keyboard(self, page: Page, guard: User, media: Path) -> None:
        ada = Person.objects.create(name="Ada")
        row = a_sighting(a_camera("Hall"), ada, ended_at=None)
        a_detection(row, picture=b"")
        page.goto("/")
        shown = page.locator("[data-feed-list] > li")
        expect(shown).to_contain_text("Ada")
        shown.get_by_role("button", name="Not Ada").press("Enter")
        expect(shown.locator("[data-whom]")).to_have_text("unknown")
        expect(shown).to_contain_text("corrected by viewer")
        outcome = page.locator("[data-outcome]")
        expect(outcome).to_contain_text("This is not Ada.")
        assert Sighting.objects.get().edit.page == "/"  # type: ignore[union-attr]
        outcome.get_by_role("button", name="Undo").press("Enter")
        expect(shown.locator("[data-whom]")).to_have_text("Ada")
        expect(outcome).to_contain_text("Undone.")
        expect(outcome.get_by_role("button")).to_be_hidden()

    def test_another_page_follows_and_a_late_tap_is_told_so(self, page: Page, guard: User, media: Path) -> None:
        ada = Person.objects.create(name="Ada")
        row = a_sighting(a_camera("Hall"), ada, ended_at=None)
        other = page.context.new_page()
        for tab in (page, other):
            tab.goto("/cameras/hall/")
            expect(tab.locator("[data-feed-list] > li")).to_contain_text("Ada")
        page.get_by_role("button", name="Right").click()
        expect(other.locator("[data-feed-list] > li")).to_contain_text("confirmed by viewer")
        expect(other.get_by_role("button", name="Right")).to_be_hidden()
        other.evaluate("document.querySelector('[data-says=is_not]').elements.namedItem('edit').value = 'none'")
        other.get_by_role("button", name="Not Ada").click()
        expect(other.locator("[data-outcome]")).to_contain_text("This has changed since you looked")
        assert Sighting.objects.get(pk=row.pk).person == ada

    def test_somebody_else_is_found_by_name_on_a_phone(self, page: Page, guard: User, media: Path) -> None:
        ada, _ = Person.objects.create(name="Ada"), Person.objects.create(name="Grace")
        row = a_sighting(a_camera("Hall"), ada)
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto("/sightings/")
        page.get_by_role("link", name="Who is it?").click()
        page.get_by_label("Name").fill("grac")
        page.get_by_label("Name").press("Enter")
        page.get_by_role("button", name="Grace").click()
        expect(page.get_by_role("status")).to_contain_text("This is Grace now.")
        expect(page).to_have_url(re.compile("/sightings/$"))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("status")).to_contain_text("Undone.")
        assert Sighting.objects.get(pk=row.pk).person == ada
