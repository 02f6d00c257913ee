"""The pages behind links and kiosks on a phone with a camera: with guidance, in words, and for everybody."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from people.records.consent_text import ConsentText
from people.records.enrolment_link import EnrolmentLink, LinkPicture
from people.self_enrolling.approving import approve
from people.self_enrolling.making import make_kiosk
from tests.conftest import CHROMIUM_FLAGS
from tests.people.admin.film import make_film
from tests.people.self_enrolling.conftest import Link

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).resolve().parents[3] / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("SCREENSHOTS", "")
"""A folder for pictures of the pages, for people to look at; none without."""
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
A_WHILE_MS = 60_000


@pytest.fixture(scope="module")
def chromium(browser: Browser, portraits: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium with a camera, before which somebody turns the head."""
    film = make_film(tmp_path_factory.mktemp("film") / "head.mjpeg", portraits)
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    chromium = browser.browser_type.launch(
        executable_path=shutil.which("chromium"),
        args=[*CHROMIUM_FLAGS, *flags, f"--use-file-for-fake-video-capture={film}"],
    )
    yield chromium
    chromium.close()


@pytest.fixture
def phone(chromium: Browser, live_server: Any, media: Path, lookers: None) -> Iterator[Page]:
    """Nobody is logged in; what the content policy blocks, or any other fault in the console, fails the test."""
    cache.clear()
    context = chromium.new_context(
        base_url=live_server.url, viewport=PHONE, color_scheme="dark", permissions=["camera"]
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    refusals = ("status of 400", "status of 404")  # pages that say in words what is wrong
    assert not [each for each in complaints if not any(status in each for status in refusals)]


def check(page: Page, name: str) -> None:
    """In light, dark, on a phone and on a desk nothing sticks out and axe finds nothing; takes pictures if wanted."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/{name}-{size['width']}-{scheme}.png", full_page=True)
            page.evaluate(AXE.read_text())
            faults = page.evaluate("() => axe.run(document).then((all) => all.violations.map((one) => one.id))")
            assert not faults, (name, size, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def heading(page: Page) -> Any:
    return expect(page.get_by_role("heading", level=1))


def agree(phone: Page, name: str) -> None:
    phone.get_by_label("Your name").fill(name)
    phone.get_by_label(re.compile("I have read this")).check()
    phone.get_by_role("button", name="Agree and go on").click()


def test_a_person_agrees_takes_pictures_and_withdraws(phone: Page, link: Link, operator: Any) -> None:
    here = f"/enrol/{link[1]}/"
    phone.goto(here)
    check(phone, "agree")
    phone.get_by_role("button", name="Agree and go on").click()  # the browser says that the tick is missing
    heading(phone).to_have_text("Enrol yourself")
    agree(phone, "Ada Lovelace")
    heading(phone).to_have_text("Take pictures of yourself, Ada Lovelace")
    phone.get_by_role("button", name="Take pictures").click()
    for view in ("straight", "left", "right"):
        taken = phone.locator(f".capture-views [data-view={view}][data-taken=yes]")
        expect(taken).to_be_visible(timeout=A_WHILE_MS)
    if SHOTS:
        phone.screenshot(path=f"{SHOTS}/capture-390-dark.png")
    phone.get_by_role("button", name="Done").click()
    count = phone.locator(".chosen-photo").count()
    check(phone, "pictures")
    phone.get_by_role("button", name=re.compile("^Take out")).first.click()
    expect(phone.locator("[data-said]")).to_contain_text("Send")
    phone.get_by_role("button", name="Send the pictures").click()
    heading(phone).to_have_text("Thank you, Ada Lovelace")
    assert LinkPicture.objects.count() == count - 1 >= 2
    check(phone, "sent")
    approve(link=EnrolmentLink.objects.get(), by=operator)
    phone.reload()
    check(phone, "approved")
    phone.get_by_role("link", name="Withdraw my agreement").click()
    check(phone, "withdraw")
    phone.get_by_role("button", name="Withdraw").click()
    heading(phone).to_have_text("You have withdrawn your agreement")
    check(phone, "withdrawn")


def test_pictures_can_be_chosen_without_a_camera(phone: Page, link: Link, portraits: Path) -> None:
    phone.goto(f"/enrol/{link[1]}/")
    agree(phone, "Ada")
    phone.locator("input[type=file]").set_input_files(portraits / "obama.jpg")
    expect(phone.locator(".chosen-photo")).to_have_count(1)
    phone.get_by_role("button", name="Send the pictures").click()
    heading(phone).to_have_text("Thank you, Ada")


def test_one_bad_picture_costs_none_of_the_others(phone: Page, link: Link, portraits: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("words")
    phone.goto(f"/enrol/{link[1]}/")
    agree(phone, "Ada")
    phone.locator("input[type=file]").set_input_files([portraits / "obama.jpg", tmp_path / "notes.jpg"])
    phone.get_by_role("button", name="Send the pictures").click()
    expect(phone.get_by_role("alert")).to_contain_text("“notes.jpg”: This is not a picture")
    expect(phone.locator(".chosen-photo")).to_have_count(2)
    phone.get_by_role("button", name="Take out notes.jpg").click()
    phone.get_by_role("button", name="Send the pictures").click()
    heading(phone).to_have_text("Thank you, Ada")
    assert LinkPicture.objects.count() == 1


def test_sending_nothing_is_answered_in_words(phone: Page, link: Link) -> None:
    phone.goto(f"/enrol/{link[1]}/")
    agree(phone, "Ada")
    phone.get_by_role("button", name="Send the pictures").click()
    expect(phone.get_by_role("alert")).to_have_text("Take or choose at least one picture.")


def test_a_bad_link_says_so_in_words(phone: Page, link: Link) -> None:
    phone.goto("/enrol/wrong/")
    heading(phone).to_have_text("This link is not known")
    check(phone, "unknown")


def test_a_kiosk_hands_each_person_a_link_and_goes_on(phone: Page, text: ConsentText, portraits: Path) -> None:
    _kiosk, secret = make_kiosk(place="Reception", by=None)
    phone.goto(f"/kiosk/{secret}/")
    check(phone, "kiosk")
    agree(phone, "Joan Clarke")
    phone.locator("input[type=file]").set_input_files(portraits / "obama.jpg")
    phone.get_by_role("button", name="Send the pictures").click()
    expect(phone.get_by_role("img", name="The address of this page as a QR code")).to_be_visible()
    check(phone, "kiosk-sent")
    phone.get_by_role("link", name="Done: next person").click()
    expect(phone.get_by_label("Your name")).to_have_value("")
    assert phone.url.endswith(f"/kiosk/{secret}/")
    phone.go_back()  # the next person, who is curious
    phone.wait_for_url(f"**/kiosk/{secret}/")


def test_a_kiosk_that_nobody_touches_forgets_whoever_left_it(phone: Page, text: ConsentText) -> None:
    _kiosk, secret = make_kiosk(place="Reception", by=None)
    phone.clock.install()
    phone.goto(f"/kiosk/{secret}/")
    agree(phone, "Joan Clarke")
    heading(phone).to_have_text("Take pictures of yourself, Joan Clarke")
    here = phone.url
    phone.get_by_role("link", name="Withdraw my agreement").click()
    heading(phone).to_have_text("Withdraw your agreement?")
    phone.clock.fast_forward(91_000)
    phone.wait_for_url(f"**/kiosk/{secret}/")
    phone.goto(here)  # the same window never shows it again
    phone.wait_for_url(f"**/kiosk/{secret}/")
    agree(phone, "Grace")
    heading(phone).to_have_text("Take pictures of yourself, Grace")
    phone.clock.fast_forward(200_000)
    heading(phone).to_have_text("Take pictures of yourself, Grace")
    phone.clock.fast_forward(101_000)
    phone.wait_for_url(f"**/kiosk/{secret}/")
