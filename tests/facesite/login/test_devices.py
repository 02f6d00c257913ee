"""The devices where somebody is logged in: listed in words, ended for good."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from facesite.login.devices import named

RIGHT = {"username": "viewer", "password": "viewer"}
DEVICES = "/account/devices/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
CHROME = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1"


def device(user_agent: str, who: dict[str, str] | None = None) -> Client:
    client = Client(HTTP_USER_AGENT=user_agent)
    assert client.post("/login/", who or RIGHT).status_code == 302
    return client


def lives(client: Client) -> bool:
    """Whether the session of `client` is still in the database."""
    return Session.objects.filter(session_key=client.cookies["sessionid"].value).exists()


@pytest.mark.parametrize(
    "user_agent, words",
    [
        (FIREFOX, "Firefox on Linux"),
        (CHROME, "Chrome on Android"),
        (EDGE, "Edge on Windows"),
        (SAFARI, "Safari on iPhone"),
        ("python-requests/2.32", "A program"),
        ("", "A program"),
    ],
    ids=["firefox", "chrome", "edge", "safari", "script", "none"],
)
def test_browsers_are_named_in_words(user_agent: str, words: str) -> None:
    assert named(user_agent) == words


def test_the_list_shows_every_device_of_ones_own(viewer: User, stranger: User) -> None:
    laptop, _ = device(FIREFOX), device(CHROME)
    device(EDGE, {"username": "stranger", "password": "stranger"})
    page = laptop.get(DEVICES).content.decode()
    assert "Firefox on Linux</strong> – this device" in page and "Chrome on Android" in page
    assert "Edge on Windows" not in page


def test_one_device_is_logged_out_and_its_session_deleted(viewer: User) -> None:
    laptop, phone, tablet = device(FIREFOX), device(CHROME), device(SAFARI)
    page = laptop.get(DEVICES)
    (chosen,) = [each for each in page.context["sessions"] if each.browser == "Chrome on Android"]
    laptop.post(DEVICES, {"session": chosen.pk})
    assert not lives(phone) and phone.get("/sightings/").status_code == 302
    assert lives(laptop) and lives(tablet)


def test_all_other_devices_are_logged_out_at_once(viewer: User) -> None:
    laptop, phone, tablet = device(FIREFOX), device(CHROME), device(SAFARI)
    assert "All other devices are logged out" in laptop.post(DEVICES, follow=True).content.decode()
    assert [lives(each) for each in (laptop, phone, tablet)] == [True, False, False]


@pytest.mark.parametrize("pk", ["9" * 5_000, "0", "-1", "x", "9" * 30, ""])
def test_nobody_ends_the_session_of_another(viewer: User, stranger: User, pk: str) -> None:
    theirs, mine = device(FIREFOX, {"username": "stranger", "password": "stranger"}), device(CHROME)
    (other,) = theirs.get(DEVICES).context["sessions"]
    mine.post(DEVICES, {"session": str(other.pk)})
    mine.post(DEVICES, {"session": pk})
    assert lives(theirs) and lives(mine)


def test_a_new_password_ends_the_other_devices_and_keeps_this_one(viewer: User) -> None:
    laptop, phone = device(FIREFOX), device(CHROME)
    new = {"oldpassword": "viewer", "password1": "a new long one", "password2": "a new long one"}
    answer = laptop.post("/account/password/", new, follow=True)
    assert "Your password is changed." in answer.content.decode()
    assert not lives(phone)
    assert laptop.get("/sightings/").status_code == 200
    assert Client().post("/login/", {**RIGHT, "password": "a new long one"}).status_code == 302


def test_logging_out_deletes_the_session(viewer: User) -> None:
    laptop = device(FIREFOX)
    key = laptop.cookies["sessionid"].value
    laptop.post("/logout/")
    assert not Session.objects.filter(session_key=key).exists()


def test_a_login_from_before_the_list_is_on_it(viewer: User) -> None:
    client = Client(HTTP_USER_AGENT=FIREFOX)
    client.force_login(viewer)
    assert "Firefox on Linux" in client.get(DEVICES).content.decode()
