"""Logging in and out, and the pages shown when something is refused."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse


def test_the_right_password_leads_to_the_page_that_was_asked_for(client: Client, viewer: User) -> None:
    answer = client.post(reverse("login"), {"username": "viewer", "password": "viewer", "next": reverse("sightings")})
    assert (answer.status_code, answer["Location"]) == (302, reverse("sightings"))


def test_a_wrong_password_says_so_and_keeps_the_name(client: Client, viewer: User) -> None:
    page = client.post(reverse("login"), {"username": "viewer", "password": "wrong"}).content.decode()
    assert "Name and password do not match" in page and 'value="viewer"' in page and "wrong" not in page


def test_a_login_leads_to_no_other_site(client: Client, viewer: User) -> None:
    answer = client.post(
        reverse("login"), {"username": "viewer", "password": "viewer", "next": "https://elsewhere.example/"}
    )
    assert answer["Location"] == reverse("dashboard")


def test_logging_out_ends_the_session(client: Client, viewer: User) -> None:
    client.force_login(viewer)
    assert client.post(reverse("logout"))["Location"] == reverse("login")
    assert client.get(reverse("dashboard")).status_code == 302


def test_the_page_of_a_failure_needs_nothing_that_may_have_failed() -> None:
    page = render_to_string("500.html")
    assert "Something went wrong here" in page and "/facesite/site.css" in page


def test_a_stale_form_is_explained(viewer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("login"), {"username": "viewer", "password": "viewer"})
    assert answer.status_code == 403 and "This form is too old" in answer.content.decode()
