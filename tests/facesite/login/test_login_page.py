"""The login page tells nobody who is logged in, and leads only where it may."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

PLACES = ["/static/facesite/favicon.svg", "/sightings/", "https://elsewhere.example/", "//elsewhere.example/", ""]


@pytest.mark.parametrize("wanted", PLACES)
def test_a_logged_in_visitor_gets_a_page_and_no_redirect(viewer: User, wanted: str) -> None:
    """Else an <img> of another site would tell by a picture of ours whether its reader is logged in here."""
    client = Client()
    client.force_login(viewer)
    for answer in (client.get("/login/", {"next": wanted}), client.post("/login/", {"next": wanted})):
        assert answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
        assert "You are logged in as" in answer.content.decode()
        assert "elsewhere.example" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/login/", "/logout/", "/account/second-factor/authenticate/"])
@pytest.mark.parametrize("wanted", PLACES)
def test_no_address_answers_a_stranger_with_a_redirect_to_what_was_wanted(db: None, path: str, wanted: str) -> None:
    answer = Client().get(path, {"next": wanted})
    assert answer.status_code in (200, 405) or answer["Location"] == "/login/"


@pytest.mark.parametrize("wanted", PLACES)
def test_the_page_for_codes_leads_the_logged_in_nowhere_else(viewer: User, wanted: str) -> None:
    client = Client()
    client.force_login(viewer)
    answer = client.get("/account/second-factor/authenticate/", {"next": wanted})
    assert (answer.status_code, answer["Location"]) == (302, "/login/")


@pytest.mark.parametrize("host", ["evil.example", "localhost:9"])
def test_a_login_leads_to_no_other_host_even_if_the_site_has_its_name(
    viewer: User, settings: object, host: str
) -> None:
    sent = {"username": "viewer", "password": "viewer", "next": f"http://{host}/"}
    assert Client().post("/login/", sent)["Location"] == "/"


def test_a_name_is_told_apart_by_upper_and_lower_case_as_before(viewer: User) -> None:
    assert Client().post("/login/", {"username": "Viewer", "password": "viewer"}).status_code == 200


def test_a_login_renews_the_session_and_logging_out_deletes_it(viewer: User) -> None:
    client = Client()
    client.get("/login/")
    client.post("/login/", {"username": "viewer", "password": "viewer"})
    key = client.session.session_key
    assert Session.objects.filter(session_key=key).exists()
    client.post("/logout/")
    assert not Session.objects.filter(session_key=key).exists()
    assert client.get("/sightings/").status_code == 302


def test_a_session_of_an_earlier_release_stays(viewer: User) -> None:
    """It names Django's own backend."""
    client = Client()
    client.force_login(viewer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize("name", ["viewer\0", "x" * 151, ""])
def test_a_name_that_nobody_can_have_is_refused_in_words(viewer: User, name: str) -> None:
    answer = Client().post("/login/", {"username": name, "password": "viewer"})
    assert answer.status_code == 200 and "do not match" in answer.content.decode()
