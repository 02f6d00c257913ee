"""Photos are added in a real browser: chosen in several goes, dropped, pasted, taken by guided capture, taken out."""

from __future__ import annotations

import base64
import os
import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from people.enrolling.enrolment import claim_photo, record_reading
from people.gallery.engines import usable_engine
from people.recognising.recognisers import recognisers
from people.records.person import Person
from people.records.photo import Photo
from tests.conftest import CHROMIUM_FLAGS
from tests.people.admin.film import make_film
from tests.people.conftest import picture

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SCREENSHOTS", "")
"""A folder for pictures of the page, for people to look at; none without."""
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
ADD = "/admin/people/person/add/"
GOOD, NO_FACE = "One clear face.", re.compile("No face was found.")


@pytest.fixture(scope="module")
def film(portraits: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("film") / "head.mjpeg", portraits)


@pytest.fixture(scope="module")
def laptop(browser: Browser, film: Path) -> Iterator[Browser]:
    """A Chromium with a camera. `browser` decides whether there is one here."""
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    laptop = browser.browser_type.launch(
        executable_path=shutil.which("chromium"),
        args=[*CHROMIUM_FLAGS, *flags, f"--use-file-for-fake-video-capture={film}"],
    )
    yield laptop
    laptop.close()


def opened(browser: Browser, address: str, client: Client, **options: Any) -> BrowserContext:
    context = browser.new_context(base_url=address, **options)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    return context


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def viewport(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def scheme(viewport: Any) -> str:
    return "light" if viewport == DESK else "dark"


@pytest.fixture
def tab(
    laptop: Browser, live_server: Any, operator_client: Client, media: Path, lookers: None, viewport: Any, scheme: str
) -> Iterator[Page]:
    """The operator's; an error in its console fails the test."""
    options = {"viewport": viewport, "color_scheme": scheme, "permissions": ["camera"]}
    context = opened(laptop, live_server.url, operator_client, **options)
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    # A test that cuts the line itself gets ERR_FAILED.
    tab.on(
        "console", lambda said: said.type == "error" and "ERR_FAILED" not in said.text and complaints.append(said.text)
    )
    tab.on("dialog", lambda dialog: dialog.accept())  # "Leave the page?", with pictures that are not saved
    yield tab
    context.close()
    assert not complaints


def shot(tab: Page, name: str) -> None:
    if SHOTS:
        width = tab.viewport_size["width"] if tab.viewport_size else 0
        tab.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=not tab.locator("dialog[open]").count())


def portrait(portraits: Path, name: str) -> bytes:
    """A portrait of the demo, small enough to be read quickly."""
    image = Image.open(portraits / name).convert("RGB")
    image.thumbnail((640, 640))
    file = BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


def choose(tab: Page, name: str, data: bytes) -> None:
    tab.get_by_label("Add photos").set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": data})


def hand_over(tab: Page, event: str, name: str, data: bytes) -> None:
    """Pastes or drops a file, as the browser would tell the page."""
    tab.evaluate(
        """([event, name, text]) => {
            const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
            const options = { bubbles: true, cancelable: true };
            const told = event === "paste"
                ? new ClipboardEvent(event, { ...options, clipboardData: transfer })
                : new DragEvent(event, { ...options, dataTransfer: transfer });
            document.querySelector("#id_name").dispatchEvent(told);
        }""",
        [event, name, base64.b64encode(data).decode()],
    )


def chosen(tab: Page, name: str) -> Locator:
    return tab.locator(".chosen-photo", has=tab.get_by_text(name, exact=True))


def enrol_all() -> None:
    """Does what a worker does."""
    while claim := claim_photo("test"):
        with claim.photo.image.open() as file:
            reading, engine = recognisers().read(
                file.read(), max_bytes=settings.PHOTO_MAX_BYTES, engine=usable_engine()
            )
        record_reading(claim, reading, engine)


def test_pictures_gather_and_faults_show_before_anything_is_saved(tab: Page, portraits: Path) -> None:
    tab.goto(ADD)
    tab.get_by_label("Name:").fill("Barack Obama")
    choose(tab, "obama.jpg", portrait(portraits, "obama.jpg"))
    expect(chosen(tab, "obama.jpg")).to_contain_text(GOOD, timeout=60_000)
    choose(tab, "wall.jpg", picture(1, side_px=300))
    hand_over(tab, "drop", "obama2.jpg", portrait(portraits, "obama2.jpg"))
    hand_over(tab, "paste", "notes.jpg", b"hello")
    expect(tab.locator(".chosen-photo")).to_have_count(4)
    expect(chosen(tab, "wall.jpg")).to_contain_text(NO_FACE, timeout=30_000)
    expect(chosen(tab, "obama2.jpg")).to_contain_text(GOOD, timeout=30_000)
    expect(chosen(tab, "notes.jpg")).to_contain_text("This is not a picture.")
    expect(tab.locator("[data-said]")).to_have_text("4 pictures are chosen, 2 with a fault. Save to add them.")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(tab, "chosen")
    assert not Photo.objects.exists()
    tab.get_by_role("button", name="Take out wall.jpg").focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("button", name="Take out obama2.jpg")).to_be_focused()
    tab.get_by_role("button", name="Take out notes.jpg").click()
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.get_by_text("2 photos are stored and will be read now.")).to_be_visible()
    assert sorted(Photo.objects.values_list("original_name", flat=True)) == ["obama.jpg", "obama2.jpg"]
    enrol_all()
    assert set(Photo.objects.values_list("state", flat=True)) == {"enrolled"}


def test_an_error_in_the_form_costs_no_picture(tab: Page, portraits: Path) -> None:
    tab.goto(ADD)
    tab.get_by_label("Name:").fill("Barack Obama")
    tab.get_by_label("Metadata:").fill("badge 17")
    choose(tab, "obama.jpg", portrait(portraits, "obama.jpg"))
    expect(chosen(tab, "obama.jpg")).to_contain_text(GOOD, timeout=60_000)
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.get_by_text("Please correct the error below.")).to_be_focused()
    expect(tab.locator(".field-metadata .errorlist")).to_contain_text("Write a name, a colon and a value in each line")
    expect(tab.locator("[data-said]")).to_contain_text("your pictures are still here")
    assert not Person.objects.exists()
    shot(tab, "error")
    tab.get_by_label("Metadata:").fill("badge: 17")
    hand_over(tab, "drop", "obama2.jpg", portrait(portraits, "obama2.jpg"))
    tab.get_by_role("button", name="Save and add another").click()
    expect(tab.get_by_text("2 photos are stored and will be read now.")).to_be_visible()
    expect(tab.get_by_label("Name:")).to_have_value("")
    assert Person.objects.get().photos.count() == 2


def test_a_site_that_cannot_be_reached_costs_no_picture(tab: Page, portraits: Path, ada: Person) -> None:
    tab.goto(f"/admin/people/person/{ada.pk}/change/")
    choose(tab, "obama.jpg", portrait(portraits, "obama.jpg"))
    expect(chosen(tab, "obama.jpg")).to_contain_text(GOOD, timeout=60_000)
    tab.route("**/change/", lambda route: route.abort())
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.locator("[data-said]")).to_have_text("Nothing was saved: the site cannot be reached. Try again.")
    tab.unroute("**/change/")
    tab.route("**/change/", lambda route: route.fulfill(status=200, content_type="text/plain", body="Far too large."))
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.locator("[data-said]")).to_have_text("Nothing was saved. Far too large.")
    tab.unroute("**/change/")
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.get_by_text("1 photo is stored and will be read now.")).to_be_visible()
    expect(tab.locator(".chosen-photo")).to_have_count(0)
    expect(tab).to_have_url(re.compile("#photos$"))


def test_what_is_there_already_and_what_is_chosen_twice_is_said(tab: Page, portraits: Path) -> None:
    obama = Person.objects.create(name="Barack Obama")
    data = portrait(portraits, "obama.jpg")
    tab.goto(f"/admin/people/person/{obama.pk}/change/")
    choose(tab, "obama.jpg", data)
    choose(tab, "copy.jpg", data)
    expect(tab.locator("[data-said]")).to_have_text(re.compile("“copy.jpg” was chosen twice"), timeout=60_000)
    expect(tab.locator(".chosen-photo")).to_have_count(1)
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.get_by_text("1 photo is stored and will be read now.")).to_be_visible()
    choose(tab, "again.jpg", data)
    expect(chosen(tab, "again.jpg")).to_contain_text("already among the photos of Barack Obama", timeout=30_000)


def test_a_folder_that_is_dropped_is_answered_in_words(tab: Page) -> None:
    tab.goto(ADD)
    tab.evaluate(
        """() => {
            const told = new DragEvent("drop", { bubbles: true, cancelable: true });
            const items = [{ webkitGetAsEntry: () => ({ isDirectory: true }) }];
            const dataTransfer = { types: ["Files"], files: [new File([], "Ada Lovelace")], items };
            // Only a transfer that the browser itself has made can hold a folder.
            Object.defineProperty(told, "dataTransfer", { value: dataTransfer });
            document.querySelector("#id_name").dispatchEvent(told);
        }"""
    )
    expect(tab.locator("[data-said]")).to_have_text("Folders are not taken here: open them, and drop the pictures.")
    expect(tab.locator(".chosen-photo")).to_have_count(0)


def test_guided_capture_takes_every_view_by_itself_and_they_are_enrolled(tab: Page) -> None:
    tab.goto(ADD)
    tab.get_by_label("Name:").fill("Barack Obama")
    tab.get_by_role("button", name="Take photos with this device’s camera").press("Enter")
    dialog = tab.get_by_role("dialog", name="Take photos")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[data-view=straight][data-taken=yes]")).to_be_visible(timeout=60_000)
    shot(tab, "capture")
    expect(dialog.locator("[data-taken=yes]")).to_have_count(6, timeout=90_000)
    expect(dialog.locator("[data-hint]")).to_have_text(re.compile("All photos are taken"))
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(tab, "captured")
    dialog.get_by_role("button", name="Done").press("Enter")
    expect(dialog).to_be_hidden()
    expect(tab.locator(".chosen-photo[data-state=good]")).to_have_count(6, timeout=60_000)
    shot(tab, "taken")
    # In the film this one is the straight frame with a shadow on it, which enrolment would take for the same picture.
    tab.get_by_role("button", name=re.compile("Take out camera-light-")).click()
    expect(tab.locator("[data-view=light]")).to_have_attribute("data-taken", "no")
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.get_by_text("5 photos are stored and will be read now.")).to_be_visible()
    enrol_all()
    assert list(Photo.objects.values_list("state", flat=True)) == ["enrolled"] * 5


def test_a_devices_camera_leads_to_the_page_of_somebody_known(tab: Page, ada: Person) -> None:
    tab.goto("/admin/people/person/camera/")
    tab.get_by_label("Somebody known, by name").fill("love")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("list", name="People found").get_by_role("listitem")).to_have_count(1)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(tab, "whose")
    tab.get_by_role("link", name="Ada Lovelace").press("Enter")
    expect(tab.get_by_role("dialog", name="Take photos")).to_be_visible()
    expect(tab.get_by_label("Name:")).to_have_value("Ada Lovelace")


def test_a_photo_is_taken_by_hand_and_the_camera_rests_when_the_dialog_closes(tab: Page) -> None:
    tab.goto(f"{ADD}#camera")
    dialog = tab.get_by_role("dialog", name="Take photos")
    shutter = dialog.get_by_role("button", name="Take one now")
    expect(shutter).to_be_enabled(timeout=30_000)
    shutter.click()
    expect(tab.locator(".chosen-name", has_text=re.compile("camera-photo-"))).to_have_count(1)
    tab.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert tab.evaluate("document.querySelector('dialog video').srcObject === null")


@pytest.mark.parametrize("viewport", [DESK], indirect=True, ids=["desk"])
def test_without_a_camera_the_dialog_says_so(tab: Page) -> None:
    tab.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError'); };"
    )
    tab.goto(f"{ADD}#camera")
    expect(tab.locator("[data-hint]")).to_have_text("There is no camera that can be used.")
    expect(tab.get_by_role("button", name="Take one now")).to_be_disabled()


@pytest.mark.parametrize("viewport", [PHONE], indirect=True, ids=["phone"])
def test_without_scripts_the_browsers_own_input_adds_photos(
    laptop: Browser, live_server: Any, operator_client: Client, media: Path, viewport: Any
) -> None:
    context = opened(laptop, live_server.url, operator_client, viewport=viewport, java_script_enabled=False)
    tab = context.new_page()
    tab.goto(ADD)
    tab.get_by_label("Name:").fill("Ada")
    expect(tab.get_by_label("Add photos")).to_be_in_viewport()
    expect(tab.get_by_role("button", name="Choose pictures")).to_be_hidden()
    choose(tab, "1.jpg", picture(1))
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.get_by_text("1 photo is stored and will be read now.")).to_be_visible()
    context.close()
