"""The login and the pages of one's own account in a real browser: keyboard, axe, passkeys, light, dark and phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from channels.routing import URLRouter
from django.contrib.auth.models import Group, User
from django.urls import re_path
from playwright.sync_api import Browser, Page, expect

from tests.axe import faults, widths
from tests.facesite.login.factors import App
from tests.facesite.login.fake_provider import CLIENT, SECRET, FakeProvider
from tests.serving import pages, serving
from tests.streams.pages.conftest import static_files

pytestmark = [pytest.mark.integration, pytest.mark.browser]
FACTOR = "/account/second-factor/"


@pytest.fixture
def site(transactional_db: None) -> Iterator[str]:
    """Address of the real pages over the test's database: by name, as passkeys do not work for numbers."""
    application = URLRouter([re_path("^static/", static_files), re_path("", pages())])
    with serving(application, access_log=False, ws="none") as (_, port):
        yield f"http://localhost:{port}"


@pytest.fixture
def ann(transactional_db: None) -> User:
    return User.objects.create_user("ann", email="ann@example.org", password="a right one")


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A tab; whatever the content policy blocks, or any other fault in its console, fails the test."""
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield tab
    context.close()
    assert not [each for each in complaints if "ERR_NETWORK_CHANGED" not in each]


@pytest.fixture
def passkey(page: Page) -> Any:
    """A virtual authenticator in the browser, which always agrees."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools


def type_login(page: Page, password: str = "a right one") -> None:
    """By keyboard alone, from the field that has the focus."""
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("ann")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def log_in(page: Page) -> None:
    page.goto("/login/?next=/account/")
    type_login(page)
    expect(page.get_by_role("heading", level=1, name="Your account")).to_be_visible()


def log_out(page: Page) -> None:
    press(page, "button", "Log out")
    expect(page.get_by_role("heading", name="Log in to facesite")).to_be_visible()


def press(page: Page, role: Any, name: str) -> None:
    """Walks by Tab to the element, as somebody without a mouse does, and presses Enter."""
    wanted = page.get_by_role(role, name=name)
    expect(wanted.first).to_be_visible()
    for _ in range(40):
        if wanted.first.evaluate("each => each === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by Tab")


def examine(page: Page) -> None:
    """axe finds nothing in light, dark, and on a phone, where nothing sticks out."""
    page.wait_for_load_state()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert faults(page) == []
    shown, fits = widths(page)
    assert shown <= fits, f"{page.url} is {shown} px wide on a phone"
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_login_by_keyboard_says_what_is_wrong_and_leads_on(page: Page, ann: User) -> None:
    page.goto("/login/?next=/account/")
    examine(page)
    type_login(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("do not match")
    examine(page)
    log_in(page)
    page.goto("/login/")
    expect(page.get_by_text("You are logged in as ann")).to_be_visible()
    examine(page)
    press(page, "button", "Log out, to log in as somebody else")
    expect(page.get_by_role("heading", name="Log in to facesite")).to_be_visible()


def test_an_app_is_set_up_by_keyboard_and_asked_for_at_the_next_login(page: Page, ann: User) -> None:
    log_in(page)
    examine(page)
    press(page, "link", "Set it up")
    expect(page.get_by_role("heading", level=1, name="Second factor")).to_be_visible()
    examine(page)
    press(page, "link", "Set up an app")
    expect(page.get_by_role("heading", name="Set up an app with codes")).to_be_visible()
    examine(page)
    expect(page.get_by_alt_text("QR code")).to_be_visible()
    app = App(page.locator(".secret").inner_text())
    press_label(page, "Authenticator code", "000000x")
    expect(page.get_by_text("This code is not right")).to_be_visible()
    examine(page)
    app = App(page.locator(".secret").inner_text())
    press_label(page, "Authenticator code", app.code())
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    examine(page)
    spare = page.locator(".codes code").first.inner_text()
    log_out(page)
    page.goto("/login/?next=/account/")
    type_login(page)
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    examine(page)
    press_label(page, "Code", spare)
    expect(page.get_by_role("heading", level=1, name="Your account")).to_be_visible()


def press_label(page: Page, label: str, text: str) -> None:
    """Fills in a field and sends its form by Enter."""
    page.get_by_label(label, exact=True).fill(text)
    page.keyboard.press("Enter")


def test_a_passkey_is_added_and_used_under_the_content_policy(page: Page, ann: User, passkey: Any) -> None:
    log_in(page)
    page.goto(f"{FACTOR}webauthn/add/")
    examine(page)
    page.get_by_label("Name").fill("Laptop")
    press(page, "button", "Add it")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{FACTOR}webauthn/")
    expect(page.get_by_text("Laptop").first).to_be_visible()
    examine(page)
    log_out(page)
    page.goto("/login/?next=/account/")
    type_login(page)
    press(page, "button", "Use a passkey instead")
    expect(page.get_by_role("heading", level=1, name="Your account")).to_be_visible()
    assert Authenticator.objects.get(type="webauthn").last_used_at


def test_a_passkey_that_does_not_work_is_explained(page: Page, ann: User, passkey: Any) -> None:
    log_in(page)
    page.goto(f"{FACTOR}webauthn/add/")
    page.evaluate(
        "() => { navigator.credentials.create = () => Promise.reject(new DOMException('', 'NotAllowedError')) }"
    )
    press(page, "button", "Add it")
    expect(page.get_by_role("alert")).to_contain_text("It was cancelled, or took too long. Try once more.")
    examine(page)


PAGES = [
    "/account/",
    "/account/devices/",
    "/account/password/",
    FACTOR,
    f"{FACTOR}recovery-codes/",
    f"{FACTOR}recovery-codes/generate/",
    f"{FACTOR}totp/deactivate/",
    f"{FACTOR}reauthenticate/",
    "/account/confirm/",
]


def test_every_page_of_the_account_passes_axe(page: Page, ann: User) -> None:
    log_in(page)
    App.of(ann)
    for path in PAGES:
        page.goto(path)
        expect(page).to_have_url(at(path))
        examine(page)
    page.goto("/account/password/")
    page.get_by_label("Current Password").fill("wrong")
    page.get_by_label("New Password", exact=True).fill("short")
    press_label(page, "New Password (again)", "other")
    expect(page.get_by_text("This is not your present password.")).to_be_visible()
    examine(page)


def at(path: str) -> Any:
    """Matches an address by its path, whatever the port."""
    return re.compile(rf"^http://localhost:\d+{re.escape(path)}$")


OPEN_PAGES = [
    "/account/password/reset/",
    "/account/password/reset/sent/",
    "/account/password/reset/1-x/",
    "/account/inactive/",
]


def test_every_page_before_the_login_passes_axe(page: Page, ann: User, settings: Any) -> None:
    for mail in ("", "smtp://localhost"):
        settings.EMAIL_URL = mail
        for path in OPEN_PAGES:
            page.goto(path)
            examine(page)


def test_who_has_to_wait_is_told_so_on_a_page_that_passes_axe(browser: Browser, site: str, ann: User) -> None:
    page = browser.new_context(base_url=site).new_page()  # a 429 is a fault in the browser's console
    for _ in range(10):
        page.goto("/login/")
        type_login(page, "wrong")
        expect(page.get_by_role("alert")).to_be_visible()
    page.goto("/login/")
    type_login(page)
    expect(page.get_by_role("heading", name="Too many tries")).to_be_visible()
    examine(page)
    page.context.close()


def test_a_role_that_requires_a_second_factor_is_led_to_it_and_then_on(page: Page, ann: User, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = ["viewer"]
    ann.groups.add(Group.objects.get(name="viewer"))
    page.goto("/login/?next=/account/devices/")
    type_login(page)
    expect(page.get_by_text("Your role requires a second factor")).to_be_visible()
    examine(page)
    press(page, "link", "Set up an app")
    press_label(page, "Authenticator code", App(page.locator(".secret").inner_text()).code())
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/account/devices/")
    expect(page.get_by_text("this device")).to_be_visible()


def test_single_sign_on_goes_to_the_provider_and_comes_back(page: Page, settings: Any, transactional_db: None) -> None:
    with FakeProvider() as provider:
        settings.OIDC_ISSUER, settings.OIDC_NAME = provider.issuer, "Works Login"
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
        settings.OIDC_ROLES = {"staff": "viewer"}
        page.goto("/login/?next=/account/")
        examine(page)
        press(page, "button", "Log in with Works Login")
        expect(page.get_by_role("heading", level=1, name="Your account")).to_be_visible()
        expect(page.get_by_text("You log in with Works Login")).to_be_visible()
        examine(page)


def test_a_device_is_logged_out_by_keyboard(page: Page, browser: Browser, site: str, ann: User) -> None:
    log_in(page)
    other = browser.new_context(base_url=site, user_agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0").new_page()
    log_in(other)
    page.goto("/account/devices/")
    press(page, "button", "Log out Firefox on Linux")
    expect(page.get_by_text("There is no other device.")).to_be_visible()
    other.goto("/account/")
    expect(other.get_by_role("heading", name="Log in to facesite")).to_be_visible()
    other.context.close()
