"""Sources on the real site in a real browser: one is tried before it is saved, and a laptop's own camera is one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import CHROMIUM_FLAGS
from tests.end_to_end.site import Site
from tests.streams.pipeline.onvif.camera import onvif_camera

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def film(portraits: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser's camera sees: somebody of the demo, from a portrait that is not enrolled, nodding a little."""
    portrait = cv2.imread(str(portraits / "obama3.jpg"))
    portrait = portrait[: round(portrait.shape[0] * 0.45)]  # head and shoulders: a face 130 pixels wide
    portrait = cv2.resize(portrait, None, fx=440 / portrait.shape[0], fy=440 / portrait.shape[0])
    path = tmp_path_factory.mktemp("film") / "camera.mjpeg"
    with path.open("wb") as file:
        for number in range(40):
            frame = np.full((480, 640, 3), 90, np.uint8)
            top, left = 20 + round(12 * np.sin(number / 40 * 2 * np.pi)), (640 - portrait.shape[1]) // 2
            frame[top : top + portrait.shape[0], left : left + portrait.shape[1]] = portrait
            file.write(cv2.imencode(".jpg", frame)[1].tobytes())
    return path


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


@pytest.fixture(scope="module")
def tab(laptop: Browser, site: Site) -> Iterator[Page]:
    context = laptop.new_context(base_url=site.address, permissions=["camera"])
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Name").fill("demo")
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")
    yield page
    context.close()


def test_a_camera_of_the_network_is_found_and_chosen(tab: Page) -> None:
    with onvif_camera(login=("ann", "hunter2")) as camera:
        tab.goto("/admin/streams/camera/add/")
        device = tab.get_by_label("Address of one device")
        device.fill(camera.host)
        device.press("Enter")
        expect(tab.locator(".network-search-found")).to_contain_text("asks for a login", timeout=30_000)
        tab.wait_for_timeout(5_000)  # as often as the network may be searched
        tab.get_by_label(f"User of {camera.host}").fill("ann")
        tab.get_by_label(f"Password of {camera.host}").fill("hunter2")
        tab.get_by_role("button", name="Ask with this login").click()
        tab.get_by_role("button", name="Use this stream: Main stream of Front door").click(timeout=30_000)
        expect(tab.get_by_label("Source:")).to_have_value(f"rtsp://{camera.host}:554/main")


def test_a_source_is_tried_before_it_is_saved(tab: Page) -> None:
    tab.goto("/admin/streams/camera/add/")
    button, said = tab.get_by_role("button", name="Test this source"), tab.locator(".source-trial [role=status]")
    tab.get_by_label("Source:").fill("rtsp://ann:hunter2@127.0.0.1:9/live")
    button.click()
    expect(said).to_have_text(re.compile("refuses the connection"), timeout=30_000)
    tab.get_by_label("Source:").fill("demo/entrance.mp4")
    tab.wait_for_timeout(3_000)  # as often as a source may be tried
    button.click()
    expect(said).to_have_text("It works: 1280 × 720 pixels.", timeout=30_000)
    picture = tab.get_by_role("img", name="What the camera sees")
    expect(picture).to_be_visible()
    tab.wait_for_function("document.querySelector('.source-trial img').naturalWidth === 960")


def test_somebody_before_a_laptops_own_camera_is_named(tab: Page) -> None:
    tab.goto("/admin/streams/camera/add/")
    tab.get_by_label("Name:", exact=True).fill("Laptop")
    tab.get_by_label("Source:").fill("browser:")
    tab.get_by_role("button", name="Save", exact=True).click()
    sender, viewer = tab.context.new_page(), tab.context.new_page()
    sender.goto("/cameras/laptop/send/")
    sender.get_by_role("button", name="Start").click()
    expect(sender.locator("[data-said]")).to_have_text(re.compile(r"Sending: \d+ pictures"), timeout=15_000)
    viewer.goto("/cameras/laptop/")
    picture = viewer.get_by_role("img", name=re.compile("Live picture of Laptop:.*Barack Obama"))
    expect(picture).to_be_visible(timeout=60_000)
    expect(viewer.locator(".feed").get_by_text("Barack Obama").first).to_be_visible()
    sender.get_by_role("button", name="Stop").click()
    expect(viewer.locator("[data-camera=laptop]")).to_have_attribute("data-fresh", "no", timeout=15_000)


def test_a_phone_that_is_a_camera_takes_photos_of_somebody_and_a_worker_enrols_them(tab: Page) -> None:
    tab.goto("/admin/streams/camera/add/")
    tab.get_by_label("Name:", exact=True).fill("Phone")
    tab.get_by_label("Source:").fill("browser:")
    tab.get_by_role("button", name="Save", exact=True).click()
    tab.goto("/cameras/phone/send/")
    tab.get_by_role("link", name="Enrol somebody with this device’s camera").click()
    tab.get_by_label("Somebody known, by name").fill("obama")
    tab.get_by_role("button", name="Find").click()
    tab.get_by_role("link", name="Barack Obama").click()
    dialog = tab.get_by_role("dialog", name="Take photos")
    dialog.get_by_role("button", name="Take one now").click(timeout=30_000)
    expect(dialog.locator("[data-hint]")).not_to_have_text("Waiting for the camera …")
    dialog.get_by_role("button", name="Done").click()
    taken = tab.locator(".chosen-photo", has_text=re.compile("camera-photo-"))
    expect(taken).to_contain_text("One clear face.", timeout=30_000)
    before = tab.locator(".card-enrolled").count()
    tab.get_by_role("button", name="Save and continue editing").click()
    expect(tab.locator(".card", has_text=re.compile("camera-photo-"))).to_have_attribute(
        "data-state", "enrolled", timeout=30_000
    )
    assert tab.locator(".card-enrolled").count() > before
