"""The first day of a new user, on the real site in a real browser: what the README promises under "What to try"."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.end_to_end.site import ROOT, Site

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(240)]

# The clip lasts 40 s and shows everybody; a busy machine may need two rounds.
ONE_ROUND_MS = 90_000
NOBODY_KNOWN = r"(unknown|Stranger \d+)"
"""Whoever was seen before has a number; on a slow machine that is the first whom the test sees."""


@pytest.fixture(scope="module")
def site(copied: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own, for somebody is enrolled here and somebody retired."""
    with Site(copied(tmp_path_factory.mktemp("site"))) as site:
        yield site


def picture_with(tab: Page, who: str) -> None:
    """Wait until the camera's picture itself names `who`."""
    expect(tab.get_by_role("img", name=re.compile(f"Live picture of Entrance hall:.*{who}"))).to_be_visible(
        timeout=ONE_ROUND_MS
    )


def test_the_dashboard_names_the_known_and_calls_the_stranger_unknown(tab: Page) -> None:
    expect(tab.locator("[data-connection]")).to_have_text("Connected")
    feed = tab.locator(".feed")
    for who in ("Barack Obama", "Joe Biden", NOBODY_KNOWN):
        picture_with(tab, who)
        expect(feed.get_by_text(re.compile(f"^{who}$")).first).to_be_visible()
    assert feed.get_by_text("Eileen Collins").count() == 0


def test_the_frames_are_fresh(tab: Page) -> None:
    numbers = tab.locator("[data-numbers]")
    expect(numbers).to_have_text(re.compile(r"fps · \d+\.\d s old · delay \d+ ms"))
    assert tab.locator("[data-camera=entrance]").get_attribute("data-fresh") == "yes"


def test_a_photo_finds_the_sightings_of_its_face(tab: Page, portraits: Path) -> None:
    search = tab.context.new_page()
    search.goto("/sightings/search/")
    search.get_by_label("Picture with the face").set_input_files(portraits / "biden.jpg")
    nearest = search.locator(".found-link").first
    expect(nearest).to_contain_text("Joe Biden", timeout=60_000)
    expect(nearest).to_contain_text("certain")
    nearest.click()
    search.get_by_role("button", name="Where else was this face?").click()
    expect(search.locator("#found-title")).to_contain_text("sightings")
    search.close()


def test_a_new_person_is_named_on_the_running_camera_within_seconds(tab: Page, portraits: Path) -> None:
    admin = tab.context.new_page()
    admin.goto("/admin/people/person/add/")
    admin.get_by_label("Name:").fill("Eileen Collins")
    admin.locator("input[type=file]").set_input_files(portraits / "astronaut.png")
    admin.get_by_role("button", name="Save and continue editing").click()
    expect(admin.get_by_text("enrolled", exact=True).first).to_be_visible(timeout=30_000)  # by itself: no reload
    admin.close()
    picture_with(tab, "Eileen Collins")
    expect(tab.locator(".feed").get_by_text("Eileen Collins").first).to_be_visible()


def test_a_sighting_says_why_it_was_decided_so(tab: Page) -> None:
    page = tab.context.new_page()
    page.goto("/sightings/")
    page.get_by_role("link", name=re.compile("Barack Obama")).first.click()
    expect(page.get_by_role("heading", name=re.compile("Barack Obama"))).to_be_visible()
    expect(page.get_by_text("Certain: the face is near enough to Barack Obama.")).to_be_visible()
    page.get_by_text("Details", exact=True).first.click()
    text = page.locator("main").inner_text().lower()
    assert all(word in text for word in ("distance", "limit", "gallery"))
    snapshot = page.locator("main img").first
    assert snapshot.evaluate("image => image.naturalWidth") > 50
    page.close()


def test_a_retired_person_becomes_a_stranger_again(tab: Page) -> None:
    page = tab.context.new_page()
    page.goto("/admin/people/person/")
    page.get_by_role("row", name=re.compile("Joe Biden")).get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option("retire")
    page.get_by_role("button", name=re.compile("Go|Run")).click()
    # Closed while its answer is on the way, a tab of Chromium once never said that it had closed.
    expect(page.get_by_text("The selected people will not be recognised any more.")).to_be_visible()
    page.close()
    time.sleep(3)
    named_at = time.monotonic() + 45
    while time.monotonic() < named_at:
        label = tab.locator("[data-camera=entrance] canvas").get_attribute("aria-label") or ""
        assert "Joe Biden" not in label
        time.sleep(0.25)


def test_the_old_video_feed_is_there_for_those_who_may_see_it(tab: Page, site: Site) -> None:
    url = f"{site.address}/cameras/entrance/live.mjpeg"
    assert httpx.get(url, follow_redirects=False, timeout=10).status_code == 302
    cookies = {cookie["name"]: cookie["value"] for cookie in tab.context.cookies()}
    with httpx.stream("GET", url, cookies=cookies, timeout=20) as answer:
        assert answer.headers["content-type"].startswith("multipart/x-mixed-replace")
        received = b""
        for chunk in answer.iter_bytes():
            received += chunk
            if received.count(b"\xff\xd8\xff") >= 3:
                break
    assert received.count(b"\xff\xd8\xff") >= 3


def nothing_left_of(site: Site, within_s: float = 3) -> bool:
    """Python's own tracker of shared memory sees the end of its pipe a moment after its parent has gone."""
    end = time.monotonic() + within_s
    while left := site.processes():
        if time.monotonic() > end:
            raise AssertionError(f"still running: {left}")
        time.sleep(0.05)
    return True


def test_ctrl_c_stops_everything(copied: Callable[[Path], Path], tmp_path: Path) -> None:
    with Site(copied(tmp_path)) as site:
        assert any("postgres" in command for command in site.processes())
        assert any("forkserver" in command for command in site.processes())
        assert site.interrupt() == 0
        assert nothing_left_of(site)
    assert site.log.read_text().endswith("Stopping …\n")
    log = (site.var / "log" / "facesite.log").read_text()
    assert "Traceback" not in log and "GET /readyz" in log


def test_an_impatient_second_ctrl_c_leaves_nothing_behind_either(
    copied: Callable[[Path], Path], tmp_path: Path
) -> None:
    with Site(copied(tmp_path)) as site:
        for _ in range(2):
            os.killpg(site.process.pid, signal.SIGINT)
            time.sleep(0.3)
        site.process.wait(20)
        assert nothing_left_of(site)


def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = subprocess.run(
            [sys.executable, "manage.py", "run", "--port", port],
            cwd=ROOT,
            env={**os.environ, "VAR": str(tmp_path / "var"), "DJANGO_SETTINGS_MODULE": "facesite.settings"},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert answer.returncode == 1
    assert f"Port {port} cannot be used" in answer.stderr
    assert "PORT=" in answer.stderr
