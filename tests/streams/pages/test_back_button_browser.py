"""After a log-out the browser shows nothing more, whether it kept the page or not."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.integration, pytest.mark.browser]


def test_the_back_button_leads_to_the_login(page: Page) -> None:
    page.goto("/sightings/")
    expect(page.get_by_role("heading", name="Sightings")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login/")
    page.go_back()
    page.wait_for_url("**/login/**")


def test_a_page_that_was_kept_whole_is_asked_for_again(page: Page) -> None:
    page.goto("/sightings/")
    Session.objects.all().delete()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    page.wait_for_url("**/login/**")
