"""The API reference in a real browser: on a desk and on a phone, dark and light."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SCREENSHOTS", "")
"""A folder for pictures of the page, for people to look at; none without."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_reference_fits_the_window_with_everything_open(
    width: int, scheme: Any, browser: Browser, live_server: Any, viewer: User
) -> None:
    client = Client()
    client.force_login(viewer)
    with browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 844}, color_scheme=scheme
    ) as context:
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        tab = context.new_page()
        tab.goto("/api/docs/#compreface")
        tab.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        if SHOTS:
            tab.locator("#compreface").screenshot(path=Path(SHOTS) / f"reference-{width}-{scheme}.png")
        assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
