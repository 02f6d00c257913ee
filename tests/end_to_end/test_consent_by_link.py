"""Somebody agrees by a link on a phone, is approved, named by a running camera, and withdraws by the same link."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest
from django.conf import settings
from playwright.sync_api import Browser, Locator, Page, expect

from facesite.lab.demo.cast import ASTRONAUT, ActorPlace, Scene
from facesite.lab.demo.clip import HEIGHT_PX, WIDTH_PX, Film
from facesite.lab.demo.seed import CLIP
from people.recognition.engine.engine import Engine
from tests.conftest import CHROMIUM_FLAGS
from tests.end_to_end.site import Site
from tests.people.admin.film import framed, turned

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(400)]

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("SCREENSHOTS", "")
"""A folder for pictures of the pages, for people to look at; none without."""
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
STANDS_S, FPS = 20, 10
SOON_MS = 90_000
# 2 s are promised from the withdrawal to the camera; the picture that a browser shows is up to a second older.
GONE_MS = 3_000
TEXT = "We take pictures of your face to open the door of hall 2.\n\nWe keep them until you withdraw. Ask Grace Hopper."


@pytest.fixture(scope="module")
def site(
    migrated_site: Callable[[Path], Path], portraits: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site before whose camera somebody stands all the time whom nobody has enrolled."""
    var = migrated_site(tmp_path_factory.mktemp("site"))
    clip = var / "media" / CLIP
    clip.parent.mkdir(parents=True, exist_ok=True)
    film = Film(portraits, [Scene(ASTRONAUT, (ActorPlace(0, 640, 150), ActorPlace(STANDS_S, 640, 150)))])
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH_PX, HEIGHT_PX))
    for number in range(STANDS_S * FPS):
        writer.write(cv2.cvtColor(film.frame(number / FPS), cv2.COLOR_RGB2BGR))
    writer.release()
    with Site(var) as site:
        yield site


@pytest.fixture(scope="module")
def phone(browser: Browser, site: Site, portraits: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A phone whose camera sees the same person, who looks straight, then to the side; nobody is logged in there."""
    engine = Engine.load(Path(settings.MODEL_CACHE))
    straight = framed(engine, portraits / "astronaut.png")
    film = tmp_path_factory.mktemp("film") / "head.mjpeg"
    with film.open("wb") as file:
        for view in (straight, turned(engine, straight, yaw=40), turned(engine, straight, pitch=16)):
            file.write(cv2.imencode(".jpg", view[:, :, ::-1])[1].tobytes() * 60)
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    chromium = browser.browser_type.launch(
        executable_path=shutil.which("chromium"),
        args=[*CHROMIUM_FLAGS, *flags, f"--use-file-for-fake-video-capture={film}"],
    )
    context = chromium.new_context(
        base_url=site.address, viewport=PHONE, color_scheme="dark", permissions=["camera"], has_touch=True
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    chromium.close()
    assert not complaints


def shot(page: Page, name: str) -> None:
    """Takes the page as it is, and as the other kind of device and of light would show it."""
    if not SHOTS:
        return
    usual = page.viewport_size
    for size in (PHONE, DESK):
        for scheme in ("dark", "light"):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.screenshot(path=f"{SHOTS}/{name}-{size['width']}-{scheme}.png", full_page=True)
    page.set_viewport_size(usual or PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=None)


def check(page: Page) -> None:
    """Nothing is wider than the screen, and axe finds no fault."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    page.evaluate(AXE.read_text())
    faults = page.evaluate("axe.run().then((found) => found.violations.map(({id, nodes}) => [id, nodes[0].html]))")
    assert not faults


def picture_of(tab: Page, who: str) -> Locator:
    return tab.get_by_role("img", name=re.compile(f"Live picture of Entrance hall:.*{who}"))


@pytest.fixture(scope="module")
def address(tab: Page) -> str:
    """The link that an enroller makes, after an administrator has written the text."""
    tab.goto("/admin/people/consenttext/add/")
    tab.locator("textarea[name=text]").fill(TEXT)
    tab.get_by_role("button", name="Save", exact=True).click()
    tab.goto("/admin/people/enrolmentlink/add/")
    tab.get_by_label("Name:").fill("Eileen")
    tab.get_by_role("button", name="Save", exact=True).click()
    shot(tab, "link-made")
    return tab.locator("#made-address").inner_text()


def test_whoever_has_the_link_reads_and_agrees(phone: Page, address: str) -> None:
    phone.goto(address)
    expect(phone.get_by_text("Ask Grace Hopper.")).to_be_visible()
    check(phone)
    shot(phone, "agree")
    phone.get_by_label("Your name").fill("Eileen Collins")
    phone.get_by_label(re.compile("I have read this")).check()
    phone.get_by_role("button", name="Agree and go on").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Take pictures of yourself, Eileen Collins")
    check(phone)


def test_the_phone_takes_pictures_with_guidance(phone: Page) -> None:
    phone.get_by_role("button", name="Take pictures").click()
    expect(phone.locator(".capture-views [data-taken=yes]").first).to_be_visible(timeout=SOON_MS)
    phone.get_by_role("button", name="Take one now").click()
    expect(phone.locator(".chosen-photo")).to_have_count(2, timeout=SOON_MS)
    if SHOTS:
        phone.screenshot(path=f"{SHOTS}/capture-390-dark.png")
    phone.get_by_role("button", name="Done").click()
    shot(phone, "pictures")
    check(phone)
    phone.get_by_role("button", name="Send the pictures").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you, Eileen Collins", timeout=30_000)
    check(phone)
    shot(phone, "sent")


def test_nobody_knows_them_before_the_approval(tab: Page) -> None:
    tab.goto("/admin/people/person/?q=Eileen")
    expect(tab.get_by_text("0 people", exact=False).first).to_be_visible()
    tab.goto("/")
    expect(picture_of(tab, r"(unknown|Stranger \d+)")).to_be_visible(timeout=SOON_MS)


def test_once_approved_the_camera_names_them(tab: Page) -> None:
    tab.goto("/admin/people/enrolmentlink/?state__exact=sent")
    tab.get_by_role("link", name="Eileen Collins").click()
    expect(tab.locator(".link-pictures img").first).to_be_visible()
    shot(tab, "approve")
    tab.get_by_role("button", name="Approve: enrol Eileen Collins").click()
    expect(tab.locator("#bases")).to_contain_text("consent")
    expect(tab.get_by_text("enrolled", exact=True).first).to_be_visible(timeout=SOON_MS)
    shot(tab, "person")
    tab.goto("/")
    expect(picture_of(tab, "Eileen Collins")).to_be_visible(timeout=SOON_MS)


def test_the_same_link_withdraws_and_the_camera_forgets_them(tab: Page, phone: Page, address: str) -> None:
    phone.goto(address)
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are enrolled, Eileen Collins")
    check(phone)
    phone.get_by_role("link", name="Withdraw my agreement").click()
    check(phone)
    shot(phone, "withdraw")
    phone.get_by_role("button", name="Withdraw").click()
    began = time.monotonic()
    expect(picture_of(tab, "Eileen Collins")).to_have_count(0, timeout=GONE_MS)
    if SHOTS:
        Path(SHOTS, "gone.txt").write_text(f"{time.monotonic() - began:.2f} s from the answer to the picture\n")
    expect(phone.get_by_role("heading", level=1)).to_have_text("You have withdrawn your agreement")
    shot(phone, "withdrawn")
    still = time.monotonic() + 5
    while time.monotonic() < still:
        assert not picture_of(tab, "Eileen Collins").count()
        tab.wait_for_timeout(200)
