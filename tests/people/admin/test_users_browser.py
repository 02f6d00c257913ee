"""The pages of users in a real browser: by keyboard, on a phone, dark and light."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from people.accounts.making_keys import make_key
from people.accounts.tokens import token_of
from people.records.groups import PersonGroup, PersonLimit

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SCREENSHOTS", "")
"""A folder for pictures of each page, for people to look at; none without."""
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
NEW = "a quite new Password 7"


@pytest.fixture
def administrator(transactional_db: None) -> User:
    user = User.objects.create_user("ann", password="ann", is_staff=True, first_name="Ann", last_name="Lee")
    user.groups.add(Group.objects.get(name="administrator"))
    return user


@pytest.fixture
def vera(administrator: User) -> User:
    user = User.objects.create_user("vera", password="vera", email="vera@example.org")
    user.groups.add(Group.objects.get(name="viewer"))
    PersonLimit.objects.create(user=user, group=PersonGroup.objects.create(name="Staff"))
    make_key(name="Front door", scopes=["read_people"], by=user)
    token_of(user)
    return user


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def viewport(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def tab(browser: Browser, live_server: Any, administrator: User, scheme: Any, viewport: Any) -> Iterator[Page]:
    """The administrator's; an error in its console fails the test."""
    client = Client()
    client.force_login(administrator)
    context = browser.new_context(base_url=live_server.url, viewport=viewport, color_scheme=scheme)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    yield tab
    context.close()
    assert not complaints


def look(tab: Page, name: str) -> None:
    """The page is no wider than the window, and its text stands out; takes a picture where one is wanted."""
    if SHOTS:
        width = tab.viewport_size["width"] if tab.viewport_size else 0
        scheme = tab.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
        tab.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name


def test_the_pages_of_users_fit_and_can_be_read(tab: Page, vera: User) -> None:
    root = User.objects.create_superuser("root")
    group = Group.objects.create(name="night shift")
    pages = {
        "add": "/admin/auth/user/add/",
        "change": f"/admin/auth/user/{vera.pk}/change/",
        "above": f"/admin/auth/user/{root.pk}/change/",
        "password": f"/admin/auth/user/{vera.pk}/password/",
        "delete": f"/admin/auth/user/{vera.pk}/delete/",
        "role": f"/admin/auth/group/{Group.objects.get(name='operator').pk}/change/",
        "group": f"/admin/auth/group/{group.pk}/change/",
    }
    for name, url in pages.items():
        tab.goto(url)
        look(tab, name)
    for name, url in {"users": "/admin/auth/user/", "roles": "/admin/auth/group/"}.items():
        tab.goto(url)
        if SHOTS:
            look(tab, name)


@pytest.mark.parametrize("scheme", ["light"], indirect=True)
@pytest.mark.parametrize("viewport", [PHONE], indirect=True, ids=["phone"])
def test_a_user_is_invited_by_keyboard_and_sets_a_password(tab: Page, browser: Browser, live_server: Any) -> None:
    tab.goto("/admin/auth/user/add/")
    tab.get_by_label("Name for logging in").focus()
    tab.keyboard.type("olga")
    operator = tab.get_by_label("operator Does what a viewer does")
    operator.focus()
    tab.keyboard.press("Space")
    expect(operator).to_be_checked()
    for label in ("Password", "Password again"):
        assert tab.get_by_label(f"{label}:", exact=True).get_attribute("autocomplete") == "new-password"
    tab.get_by_label("Name for logging in").press("Enter")
    link = tab.locator("#link").inner_text()
    look(tab, "link")
    tab.reload()
    with browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844}) as other:
        page = other.new_page()
        page.goto(link)
        look(page, "invited")
        page.get_by_label("New password", exact=True).fill(NEW)
        page.get_by_label("New password again").fill(NEW)
        page.get_by_label("New password again").press("Enter")
        expect(page.get_by_text("Your password is set. Log in as olga.")).to_be_visible()
        page.get_by_label("Name").fill("olga")
        page.get_by_label("Password").fill(NEW)
        page.get_by_label("Password").press("Enter")
        expect(page.get_by_role("heading", name="Live")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light"], indirect=True)
@pytest.mark.parametrize("viewport", [DESK], indirect=True, ids=["desk"])
def test_a_user_is_deactivated_and_activated_by_buttons(tab: Page, vera: User) -> None:
    tab.goto(f"/admin/auth/user/{vera.pk}/change/")
    tab.get_by_role("button", name="Deactivate").focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("vera cannot log in any more")).to_be_visible()
    tab.get_by_role("button", name="Activate").press("Enter")
    expect(tab.get_by_text("vera can log in again.")).to_be_visible()
