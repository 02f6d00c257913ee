"""The real pages over a database with a row of everything, and a browser tab in which a superuser is logged in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from channels.routing import URLRouter
from django.contrib.auth.models import User
from django.test import Client
from django.urls import re_path
from playwright.sync_api import Browser, Page

from tests.facesite.admin.rows import rows_of_everything
from tests.serving import pages, serving
from tests.streams.pages.conftest import static_files

DESK_PX = 1440


@pytest.fixture
def owner(transactional_db: None, media: Path) -> User:
    owner = User.objects.create_superuser("root", email="root@example.org", password="of this test")
    rows_of_everything(owner)
    return owner


@pytest.fixture
def page(browser: Browser, owner: User) -> Iterator[Page]:
    """A tab; whatever the content policy blocks, or any other fault in its console, fails the test."""
    client = Client()
    client.force_login(owner)
    application = URLRouter([re_path("^static/", static_files), re_path("", pages())])
    with serving(application, access_log=False, ws="none") as (host, port):
        site = f"http://{host}:{port}"
        # Without motion, or axe would measure colours that are on their way from light to dark.
        options: Any = {"viewport": {"width": DESK_PX, "height": 900}, "reduced_motion": "reduce"}
        context = browser.new_context(base_url=site, **options)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
        tab = context.new_page()
        complaints: list[str] = []
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
        yield tab
        context.close()
        assert not complaints


def _is_complaint(message: Any) -> bool:
    """A camera that has never given a picture answers 404 to the field in which regions are drawn over it."""
    return message.type == "error" and "/picture/" not in message.location["url"]
