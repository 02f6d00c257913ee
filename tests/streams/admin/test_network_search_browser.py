"""A camera is found in the network and chosen in its form, in a real browser."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from streams.cameras import searches
from streams.pipeline.child.search import gates_for, search_once
from streams.records.camera import Camera
from tests.streams.pipeline.onvif.camera import OnvifCamera, onvif_camera

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture
def found_camera(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[OnvifCamera]:
    """A camera with a login, and a worker that finds it, in this process."""
    cache.clear()
    # Two searches follow each other here as fast as the browser can.
    monkeypatch.setattr(searches, "ERRANDS", searches.Errands("search", 0, "", ""))
    begin = searches.begin

    def work(search: str) -> None:
        claimed = searches.claim(search)
        assert claimed is not None
        searches.finish(search, claimed[1], search_once(claimed[0], gates_for(claimed[0]), listen_s=0.6))

    def begin_and_work(**asked: Any) -> Any:
        search = begin(**asked)
        threading.Thread(target=work, args=[str(search)]).start()
        return search

    monkeypatch.setattr(searches, "begin", begin_and_work)
    with onvif_camera(login=("ann", "hunter2"), ahead=timedelta(hours=3)) as camera:
        settings.CAMERA_NETWORKS = [camera.host]
        yield camera


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def tab(browser: Browser, live_server: Any, operator: User, request: pytest.FixtureRequest) -> Iterator[Page]:
    client = Client()
    client.force_login(operator)
    phone = request.param == PHONE
    options: dict[str, Any] = {"viewport": request.param, "has_touch": phone, "is_mobile": phone}
    context = browser.new_context(base_url=live_server.url, color_scheme="dark" if phone else "light", **options)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(reverse("admin:streams_camera_add"))
    yield page
    context.close()
    assert complaints == []


def pictured(tab: Page, name: str) -> None:
    """Keeps a screenshot if FACESITE_SCREENSHOTS names a folder."""
    if folder := os.environ.get("FACESITE_SCREENSHOTS"):
        tab.screenshot(path=f"{folder}/{name}-{tab.evaluate('innerWidth')}.png", full_page=True)


def test_a_camera_is_found_asked_with_its_login_chosen_and_saved(tab: Page, found_camera: OnvifCamera) -> None:
    said = tab.locator(".network-search [role=status]")
    tab.get_by_role("button", name="Search the network").click()
    expect(said).to_have_text("1 device found.")
    item = tab.locator(".network-search-found li")
    expect(item).to_contain_text("Front door")
    expect(item).to_contain_text("asks for a login")
    tab.get_by_label(f"User of {found_camera.host}").fill("ann")
    tab.get_by_label(f"Password of {found_camera.host}").fill("hunter2")
    pictured(tab, "locked")
    tab.get_by_label(f"Password of {found_camera.host}").press("Enter")
    expect(item).to_contain_text("Main stream: 1920 × 1080, H.264")
    pictured(tab, "found")
    tab.get_by_role("button", name="Use this stream: Main stream of Front door").click()
    expect(said).to_have_text(re.compile("Filled in: Main stream, with the smaller stream"))
    expect(tab.locator("#id_source")).to_have_value(f"rtsp://{found_camera.host}:554/main")
    expect(tab.locator("#id_looking_source")).to_have_value(f"rtsp://{found_camera.host}:554/sub")
    assert "hunter2" not in tab.locator("body").inner_text()
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.locator("#id_name").fill("Front door")
    tab.locator("#id_enabled").uncheck()
    tab.get_by_role("button", name="Save", exact=True).click()
    tab.wait_for_url("**/streams/camera/")
    camera = Camera.objects.get()
    assert (camera.source, camera.username, camera.has_password) == (
        f"rtsp://{found_camera.host}:554/main", "ann", True,
    )  # fmt: skip


def test_single_pictures_are_chosen_with_the_keyboard_and_what_was_not_found_is_said(
    tab: Page, found_camera: OnvifCamera
) -> None:
    found_camera.login = None
    said = tab.locator(".network-search [role=status]")
    device = tab.get_by_label("Address of one device")
    device.fill("192.168.1.1")
    device.press("Enter")
    expect(said).to_contain_text("in no network that CAMERA_NETWORKS names")
    device.fill(found_camera.host)
    device.press("Enter")
    use = tab.get_by_role("button", name="Use single pictures: Sub stream of Front door")
    use.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#id_source")).to_have_value(f"http://{found_camera.host}/sub.jpg")
    expect(tab.locator("#id_looking_source")).to_have_value("")
    found_camera.silent = True
    device.fill("")
    tab.get_by_role("button", name="Search the network").click()
    expect(said).to_contain_text("No camera answered.")
    expect(tab.locator(".network-search-found li")).to_have_count(0)
