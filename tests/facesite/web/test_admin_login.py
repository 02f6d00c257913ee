"""There is one login page: the admin's address leads to the site's, safely, and refuses in words."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

HOSTILE = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "\\\\elsewhere.example",
    "/\\elsewhere.example",
    "javascript:alert(1)",
    "http:///elsewhere.example",
]


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_user("staff", password="staff", is_staff=True)


def test_the_admins_login_leads_to_the_sites_with_what_was_wanted(client: Client, db: None) -> None:
    answer = client.get(reverse("admin:login"), {"next": "/admin/people/person/?q=a b"})
    assert answer.status_code == 302
    place = urlsplit(answer["Location"])
    assert (place.netloc, place.path) == ("", reverse("login"))
    assert parse_qs(place.query) == {"next": ["/admin/people/person/?q=a b"]}
    assert "no-store" in answer["Cache-Control"]


def test_a_page_of_the_admin_is_reached_by_the_sites_login(client: Client, staff: User) -> None:
    page = client.get("/admin/auth/", follow=True)
    assert page.redirect_chain[-1] == ("/login/?next=/admin/auth/", 302)
    assert "Log in to facesite" in page.content.decode()
    sent = {"username": "staff", "password": "staff", "next": "/admin/"}
    assert client.post(reverse("login"), sent)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_admin_leads_to_the_one_page_where_a_password_is_changed(client: Client, staff: User) -> None:
    client.force_login(staff)
    assert client.get(reverse("admin:password_change"))["Location"] == reverse("account_change_password")


@pytest.mark.parametrize("wanted", HOSTILE)
def test_nobody_is_led_to_another_site(client: Client, staff: User, wanted: str) -> None:
    assert client.get("/admin/login/", {"next": wanted})["Location"] == "/login/?next=/admin/"
    client.force_login(staff)
    assert client.get("/admin/login/", {"next": wanted})["Location"] == "/admin/"


def test_who_may_see_the_admin_is_led_on(client: Client, staff: User) -> None:
    client.force_login(staff)
    assert client.get("/admin/login/")["Location"] == "/admin/"
    assert client.get("/admin/login/", {"next": "/admin/people/person/"})["Location"] == "/admin/people/person/"
    assert client.get("/admin/login/", {"next": "/admin/login/"}, follow=True).status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["/static/facesite/favicon.svg", "/sightings/", "/adminelsewhere/", "/admin/../x"]
)
def test_who_may_see_the_admin_is_led_to_its_pages_alone(client: Client, staff: User, elsewhere: str) -> None:
    """A picture of this site that only appears for the logged in would tell other sites who is."""
    client.force_login(staff)
    assert client.get("/admin/login/", {"next": elsewhere})["Location"] == "/admin/"


def test_who_may_not_is_told_so_instead_of_going_round(client: Client, viewer: User) -> None:
    client.force_login(viewer)
    for path in ("/admin/", "/admin/people/person/", "/admin/login/?next=/admin/"):
        page = client.get(path, follow=True)
        assert page.status_code == 403, path
        assert len(page.redirect_chain) <= 2
        told = page.content.decode()
        assert "You are logged in as viewer, who may not use the admin" in told
        assert reverse("logout") in told and reverse("dashboard") in told


def test_a_new_login_without_the_right_is_told_so_too(client: Client, viewer: User) -> None:
    sent = {"username": "viewer", "password": "viewer", "next": "/admin/"}
    page = client.post(reverse("login"), sent, follow=True)
    assert page.status_code == 403 and "who may not use the admin" in page.content.decode()


def test_a_name_is_shown_as_text(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("<b>ann</b>"))
    told = client.get("/admin/login/").content.decode()
    assert "<b>ann" not in told and "&lt;b&gt;ann" in told


def test_a_password_that_is_sent_to_the_admins_login_opens_nothing(client: Client, staff: User) -> None:
    sent = {"username": "staff", "password": "staff", "next": "/admin/people/person/"}
    answer = client.post("/admin/login/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/admin/people/person/")
    assert "_auth_user_id" not in client.session
    hostile = client.post("/admin/login/", {**sent, "next": HOSTILE[0]})
    assert hostile["Location"] == "/login/?next=/admin/"


def test_another_sites_form_does_not_even_get_that_far(staff: User) -> None:
    assert Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "staff"}).status_code == 403


def test_leaving_the_admin_leads_to_the_one_login_page(client: Client, staff: User) -> None:
    client.force_login(staff)
    assert client.post(reverse("admin:logout"))["Location"] == reverse("login")
