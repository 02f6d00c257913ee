"""The pages of imports in a real browser: nothing is reloaded by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from people.imports.jobs import ImportJob
from people.records.photo import Photo
from tests.people.imports.conftest import work, zip_of, zip_of_raw

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tab(browser: Browser, live_server: Any, operator_client: Client) -> Iterator[Page]:
    """The operator's; an error in its console fails the test."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    session = operator_client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    yield tab
    context.close()
    assert not complaints


def upload(tab: Page, data: bytes) -> None:
    tab.get_by_label("ZIP file").set_input_files({"name": "people.zip", "mimeType": "application/zip", "buffer": data})
    tab.get_by_role("button", name="Import", exact=True).click()


def test_a_zip_is_uploaded_and_followed_without_reloading(tab: Page, media: Path) -> None:
    tab.goto("/admin/people/importjob/add/")
    upload(tab, b"no zip")
    expect(tab.get_by_role("alert")).to_contain_text("This is not a ZIP file")
    upload(tab, zip_of("Ada Lovelace/1.jpg", "Ada Lovelace/2.jpg", "notes.txt").getvalue())
    expect(tab.get_by_text("This makes 1 person: Ada Lovelace.")).to_be_visible()
    tab.get_by_role("button", name="Import these people").click()
    expect(tab.get_by_text("0 of 3 files", exact=True)).to_be_visible()
    tab.evaluate("window.sameAsBefore = true")
    work()
    expect(tab.get_by_text("3 of 3 files", exact=True)).to_be_visible(timeout=15_000)
    expect(tab.get_by_text("2 waiting").first).to_be_visible()
    first = Photo.objects.order_by("original_name").first()
    assert first
    Photo.objects.exclude(pk=first.pk).update(state="enrolled")
    Photo.objects.filter(pk=first.pk).update(state="rejected", reason="no_face")
    expect(tab.get_by_text("No face was found.")).to_be_visible(timeout=15_000)
    expect(tab.get_by_role("img", name="1 enrolled, 0 to decide, 1 rejected, 0 waiting")).to_be_visible()
    expect(tab.locator("[data-summary]")).to_have_text("3 of 3 files read, 1 photo enrolled; 1 needs your attention.")
    assert tab.evaluate("window.sameAsBefore")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.goto("/admin/people/importjob/")  # nothing asks any more
    expect(tab.get_by_role("link", name="people.zip")).to_be_visible()


def test_whoever_came_by_the_way_to_the_content_reads_why_a_file_is_refused(tab: Page) -> None:
    tab.goto("/admin/people/importjob/add/")
    tab.get_by_role("link", name="Skip to main content").focus()
    tab.keyboard.press("Enter")
    upload(tab, b"no zip")
    expect(tab.get_by_role("alert")).to_contain_text("This is not a ZIP file")


def test_whoever_uploads_is_asked_who_the_people_are(tab: Page, media: Path) -> None:
    tab.goto("/admin/people/importjob/add/")
    upload(tab, zip_of_raw(*(f"Müller AG/{name}.jpg".encode("cp850") for name in ("jörg", "änne"))).getvalue())
    expect(tab.get_by_role("alert")).to_contain_text("Please choose.")
    expect(tab.get_by_text("Western European (DOS)").first).to_be_visible()
    expect(tab.get_by_role("radio", checked=True)).to_have_count(0)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.get_by_role("button", name="Import these people").click()  # the browser asks for a choice
    expect(tab.get_by_role("radio").first).to_be_focused()
    tab.get_by_label("Each file is a person").first.focus()
    tab.keyboard.press("Space")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("0 of 2 files", exact=True)).to_be_visible()
    work()
    expect(tab.get_by_role("link", name="jörg")).to_be_visible(timeout=15_000)
    expect(tab.get_by_role("link", name="änne")).to_be_visible()


def test_an_import_is_cancelled_with_the_keyboard(tab: Page, start: Callable[..., ImportJob]) -> None:
    job = start("Ada/1.jpg")
    tab.goto(f"/admin/people/importjob/{job.pk}/change/")
    tab.get_by_role("button", name="Cancel the import").focus()
    tab.wait_for_timeout(1500)  # a look at the server in between must not take the focus away
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("The import was cancelled.")).to_be_visible()
    expect(tab.get_by_text("cancelled", exact=True)).to_be_visible()
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_page_that_lost_its_server_says_so_and_goes_on(tab: Page, start: Callable[..., ImportJob]) -> None:
    job = start("Ada/1.jpg")
    tab.goto(f"/admin/people/importjob/{job.pk}/change/")
    expect(tab.get_by_text("0 of 1 files", exact=True)).to_be_visible()
    tab.context.set_offline(True)
    expect(tab.get_by_text("The server cannot be reached; trying again.")).to_be_visible(timeout=10_000)
    tab.context.set_offline(False)
    work()
    expect(tab.get_by_text("1 of 1 files", exact=True)).to_be_visible(timeout=15_000)
    expect(tab.get_by_text("The server cannot be reached")).to_be_hidden()
