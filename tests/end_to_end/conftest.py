"""A running site, and a browser tab in which somebody has logged in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests import folders
from tests.end_to_end.site import Call, Site


@pytest.fixture(scope="session")
def begun(migrated_site: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site that has been started once, with the demo in it, and stopped; without its log."""
    with Site(migrated_site(tmp_path_factory.mktemp("begun"))) as site:
        pass
    shutil.rmtree(site.var / "log")
    return site.var


@pytest.fixture(scope="session")
def copied(begun: Path) -> Callable[[Path], Path]:
    """Copies that folder into another, for a site to start over it. A first start takes three times as long, to migrate
    the database and to make the demo; tests/end_to_end/test_console.py has one.
    """
    return lambda folder: folders.copied(begun, folder)


@pytest.fixture(scope="session")
def site(copied: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all files that leave who is known as it was: while the others are tried, its camera sees strangers."""
    with Site(copied(tmp_path_factory.mktemp("site"))) as site:
        yield site


@pytest.fixture(scope="module")
def tab(browser: Browser, site: Site) -> Iterator[Page]:
    """A browser tab in which the demo's user has logged in by hand."""
    context = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Name").fill("demo")
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")
    yield page
    context.close()


@pytest.fixture(scope="module")
def api(tab: Page, site: Site) -> Call:
    """Calls the API as the demo's user."""
    login = {"username": "demo", "password": site.password}
    token = tab.request.post("/api/v1/token/", data=login).json()["token"]

    def call(method: str, path: str, **data: Any) -> Any:
        headers = {"Authorization": f"Token {token}"}
        answer = tab.request.fetch(f"/api/v1{path}", method=method, headers=headers, data=data or None)
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return answer.json() if answer.body() else None

    return call
