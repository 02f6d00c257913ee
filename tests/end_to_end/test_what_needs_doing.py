"""An owner opens the admin while three things are wrong, and sets them right from its first page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from facesite.lab.demo.seed import CLIP
from tests.end_to_end.site import Site
from tests.streams.channels.receivers import Receiver, receiving

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(300)]

SOON_MS = 60_000


@pytest.fixture(scope="module")
def site(copied: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own: a camera and a channel are added, and a photo that is somebody else's."""
    with Site(copied(tmp_path_factory.mktemp("site"))) as site:
        yield site


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """Where the channel should lead. It leads beside it, where nobody listens."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def three_wrong(tab: Page, site: Site, portraits: Path) -> None:
    """A camera whose address is wrong, a photo of Barack Obama among those of Joe Biden, and a channel to nobody."""
    login = {"username": "demo", "password": site.password}
    token = tab.request.post("/api/v1/token/", data=login).json()["token"]

    def send(path: str, **body: Any) -> Any:
        answer = tab.request.post(f"/api/v1{path}", headers={"Authorization": f"Token {token}"}, **body)
        assert answer.ok, f"{path}: {answer.status} {answer.text()}"
        return answer.json()

    send("/cameras/", data={"name": "Yard", "slug": "yard", "source": "rtsp://127.0.0.1:9/live", "loop": True})
    found = tab.request.get("/api/v1/people/?search=Biden", headers={"Authorization": f"Token {token}"})
    (biden,) = found.json()["results"]
    picture = {"name": "obama3.jpg", "mimeType": "image/jpeg", "buffer": (portraits / "obama3.jpg").read_bytes()}
    send("/photos/", multipart={"person": biden["id"], "images": picture})
    guards = send("/channels/", data={"name": "Guards", "kind": "webhook", "url": "http://127.0.0.1:9/hook"})
    send(f"/channels/{guards['id']}/test/")


def matter(tab: Page, words: str) -> Locator:
    """Loads the first page again until it says so: it is a page, and does not change by itself."""
    found = tab.locator(".matter", has_text=words)
    for _ in range(SOON_MS // 1_000):
        if found.count():
            return found
        tab.wait_for_timeout(1_000)
        tab.reload()
    raise AssertionError(f"the first page does not say: {words}\n{tab.locator('main').inner_text()}")


def gone(tab: Page, words: str) -> None:
    """Goes back to the first page by the menu, and waits until it does not say so any more."""
    tab.get_by_role("link", name="What needs doing").click()
    for _ in range(SOON_MS // 1_000):
        if not tab.locator(".matter", has_text=words).count():
            return
        tab.wait_for_timeout(1_000)
        tab.reload()
    raise AssertionError(f"the first page still says: {words}\n{tab.locator('main').inner_text()}")


def test_the_first_page_says_what_is_wrong_and_why(tab: Page, three_wrong: None) -> None:
    tab.goto("/")
    tab.get_by_role("link", name="Admin").click()
    camera = matter(tab, "1 camera gives no pictures")
    expect(camera).to_contain_text("Yard")
    expect(camera).to_contain_text(re.compile("refuses the connection"))
    expect(matter(tab, "1 channel fails")).to_contain_text("Guards")
    expect(matter(tab, "1 odd photo may show somebody else")).to_be_visible()


def test_the_camera_gets_its_right_address(tab: Page, three_wrong: None) -> None:
    matter(tab, "1 camera gives no pictures").get_by_role("link", name="Yard").click()
    tab.get_by_label("Source:").fill(CLIP)
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.locator(".messagelist")).to_contain_text("Yard")
    gone(tab, "gives no pictures")


def test_the_photo_is_moved_to_whom_it_shows(tab: Page, three_wrong: None) -> None:
    matter(tab, "1 odd photo").get_by_role("link", name="Compare and decide").click()
    rows = tab.locator("#result_list tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Joe Biden")
    rows.get_by_role("button", name=re.compile("Barack Obama")).click()
    expect(tab.locator(".messagelist")).to_contain_text("Moved to Barack Obama")
    gone(tab, "odd photo")


def test_the_channel_reaches_somebody(tab: Page, three_wrong: None, receiver: Receiver) -> None:
    matter(tab, "1 channel fails").get_by_role("link", name="Guards").click()
    tab.get_by_label("Address:").fill(receiver.address)
    tab.get_by_role("button", name="Save and continue editing").click()
    tab.get_by_role("button", name="Send a test").click()
    sent = tab.locator(".field-state .readonly", has_text="sent")
    for _ in range(SOON_MS // 1_000):
        if sent.count():
            break
        tab.wait_for_timeout(1_000)
        tab.reload()
    expect(sent).to_be_visible()
    assert receiver.got
    gone(tab, "channel fails")


def test_nothing_needs_doing_any_more(tab: Page, three_wrong: None) -> None:
    gone(tab, "photo")  # a moved photo is read again
    expect(tab.get_by_text("Nothing needs doing.")).to_be_visible()
    assert tab.locator(".matter").count() == 0
