"""Buttons that say who a sighting is, on every page that shows one, and the page that asks it."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.records.person import Person
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from tests.streams.limited import World
from tests.streams.pages.rows import a_camera, a_detection, a_sighting

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


@pytest.fixture
def guard(viewer: User, client: Client) -> Client:
    """A browser of somebody who may see everything and say who it is."""
    viewer.user_permissions.add(Permission.objects.get(codename="correct_sighting"))
    client.force_login(viewer)
    return client


def say(client: Client, sighting: Sighting, **form: Any) -> Any:
    said = {name.rstrip("_"): value for name, value in form.items()}
    return client.post(reverse("correct_sighting", args=[sighting.pk]), said, follow=True)


def test_every_page_with_a_sighting_has_the_buttons_for_who_may_say_it(
    guard: Client, viewer: User, ada: Person, media: Path
) -> None:
    camera = a_camera()
    sighting = a_sighting(camera, ada)
    pages = [reverse("sightings"), reverse("sighting", args=[sighting.pk])]
    lives = [reverse("dashboard"), reverse("camera", args=[camera.slug])]
    for page in pages:
        shown = guard.get(page).content.decode()
        assert "Not Ada" in shown and "Yes, it is Ada" in shown and "Who is it?" in shown, page
    for page in lives:
        assert "data-correct" in guard.get(page).content.decode(), page
    viewer.user_permissions.remove(Permission.objects.get(codename="correct_sighting"))
    for page in (*pages, *lives):
        shown = guard.get(page).content.decode()
        assert "Who is it?" not in shown and "data-correct" not in shown, page
    assert say(guard, sighting, no_face="true").status_code == 403


def test_one_tap_says_who_it_is_not_and_leads_back_with_an_undo(guard: Client, ada: Person) -> None:
    sighting = a_sighting(a_camera(), ada)
    answer = say(guard, sighting, is_not=str(ada.pk), edit="none", next="/sightings/?verdict=match")
    assert answer.redirect_chain == [("/sightings/?verdict=match", 302)]
    page = answer.content.decode()
    assert "This is not Ada. Nothing was kept to recognise it by, so it may be taken for Ada again." in page
    edit = IdentityEdit.objects.get()
    assert edit.page == "/sightings/" and f'action="/edits/{edit.pk}/undo/"' in page
    undone = guard.post(f"/edits/{edit.pk}/undo/", {"next": "/sightings/"}, follow=True)
    assert "Undone." in undone.content.decode()
    assert Sighting.objects.get().person == ada


def test_no_address_elsewhere_is_led_to(guard: Client, ada: Person) -> None:
    camera = a_camera()
    for place in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "evil"):
        sighting = a_sighting(camera, ada)
        assert say(guard, sighting, no_face="true", next=place).redirect_chain == [(f"/sightings/{sighting.pk}/", 302)]


def test_a_script_gets_the_outcome_and_stays_on_its_page(guard: Client, ada: Person) -> None:
    sighting = a_sighting(a_camera(), ada)
    ask = {"headers": {"Accept": "application/json"}}
    address = reverse("correct_sighting", args=[sighting.pk])
    said = guard.post(address, {"is": ada.pk, "edit": "none"}, **ask).json()  # type: ignore[arg-type]
    assert said["said"] == "This is Ada: confirmed."
    late = guard.post(address, {"no_face": "true", "edit": "none"}, **ask)  # type: ignore[arg-type]
    assert late.status_code == 409 and "confirmed by viewer: Ada" in late.json()["error"]
    assert guard.post(said["undo"], **ask).json()["said"] == "Undone."  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "form", [{}, {"is": "Ada"}, {"no_face": "true", "is_not": "1"}, {"no_face": "true", "edit": "newest"}]
)
def test_what_says_nothing_clear_is_refused_in_words(guard: Client, form: dict[str, str]) -> None:
    answer = guard.post(reverse("correct_sighting", args=[a_sighting(a_camera()).pk]), form)
    assert answer.status_code == 400
    assert "Say who it is, who it is not, or that it is no face." in answer.content.decode()


def test_a_conflict_is_told_on_the_page_that_asks(guard: Client, ada: Person) -> None:
    ada.retired_at = "2026-01-01T00:00Z"  # type: ignore[assignment]
    ada.save()
    answer = say(guard, a_sighting(a_camera()), is_=str(ada.pk))
    assert answer.status_code == 409
    assert "Ada is retired" in answer.content.decode() and "Who is it?" in answer.content.decode()


def test_the_page_offers_who_is_likely_and_finds_others_by_name(guard: Client, ada: Person, media: Path) -> None:
    camera = a_camera()
    grace, bela = (Person.objects.create(name=name) for name in ("Grace", "Bela"))
    Person.objects.create(name="Grace Retired", retired_at="2026-01-01T00:00Z")
    a_sighting(camera, grace)
    sighting = a_sighting(camera)
    a_detection(sighting, person=bela)
    address = reverse("correct_sighting", args=[sighting.pk])
    offered = guard.get(address).context["people"]
    assert offered == [bela, grace]
    assert guard.get(address, {"name": "ad"}).context["people"] == [ada]
    assert guard.get(address, {"name": "gra"}).context["people"] == [grace]
    assert guard.get(address, {"name": "\0"}).status_code == 400


def test_nobody_beyond_the_limits_is_offered_or_found(guard: Client, viewer: User) -> None:
    world = World.made()
    world.limit_people(viewer)
    address = reverse("correct_sighting", args=[world.sightings["hall unknown"].pk])
    for query in ({}, {"name": "Bob"}):
        assert world.bob not in guard.get(address, query).context["people"]


def test_a_sighting_says_who_corrected_it_and_what_the_camera_says(guard: Client, ada: Person) -> None:
    sighting, grace = a_sighting(a_camera(), ada), Person.objects.create(name="Grace")
    say(guard, sighting, is_=str(grace.pk))
    page = guard.get(reverse("sighting", args=[sighting.pk])).content.decode()
    assert "Corrected by viewer. The camera says: Ada." in page
    assert "It is Grace" in page and "Undo" in page
    assert "corrected by viewer" in guard.get(reverse("sightings")).content.decode()


def test_every_picture_stands_below_what_a_person_said(guard: Client, ada: Person, media: Path) -> None:
    sighting = a_sighting(a_camera(), ada)
    look = a_detection(sighting)
    say(guard, sighting, is_not=str(ada.pk))
    assert reverse("detection_snapshot", args=[look.pk]) in guard.get(reverse("sightings")).content.decode()
    page = guard.get(reverse("sighting", args=[sighting.pk])).content.decode()
    assert "This picture alone says something else" not in page


def test_the_ledger_has_pages_and_asks_the_same_for_many(guard: Client, ada: Person) -> None:
    camera, counts = a_camera(), []
    for number in (2, 45):
        for _ in range(number):
            say(guard, a_sighting(camera, ada), no_face="true")
        with CaptureQueriesContext(connection) as captured:
            page = guard.get("/edits/")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12
    assert page.content.decode().count("Undo</button>") == 40
    (older,) = re.findall(r'rel="next" href="([^"]+)"', page.content.decode())
    second = guard.get(f"/edits/{html.unescape(older)}").content.decode()
    assert second.count("Undo</button>") == 7 and 'rel="next"' not in second
    (newer,) = re.findall(r'rel="prev" href="([^"]+)"', second)
    assert guard.get(f"/edits/{html.unescape(newer)}").content.decode().count("Undo</button>") == 40
    assert guard.get(f"/edits/?person={ada.pk}").content.decode().count("Undo</button>") == 0
    for query in ("sighting=nothing", "before=nothing", "after=2026-03-14T12:00:00%2B00:00_one"):
        assert guard.get(f"/edits/?{query}").status_code == 400
    assert "No edit" in guard.get(f"/edits/?before=2026-03-14T12:00:00%2B00:00_{10**30}").content.decode()


def test_what_cannot_be_undone_says_why(guard: Client, ada: Person, viewer: User) -> None:
    say(guard, a_sighting(a_camera(), ada), no_face="true")
    edit = IdentityEdit.objects.get()
    guard.post(f"/edits/{edit.pk}/undo/")
    again = guard.post(f"/edits/{edit.pk}/undo/")
    assert again.status_code == 409 and "viewer has undone it already" in again.content.decode()
    merge = IdentityEdit.objects.create(kind="merge_people", who="ann")
    refused = guard.post(f"/edits/{merge.pk}/undo/")
    assert refused.status_code == 403 and "no right to undo" in refused.content.decode()


def test_a_name_is_text_and_never_markup(guard: Client) -> None:
    odd = Person.objects.create(name="<script>alert(1)</script>")
    sighting = a_sighting(a_camera(), odd)
    say(guard, sighting, is_not=str(odd.pk))
    for page in ("/sightings/", "/edits/", f"/sightings/{sighting.pk}/", f"/sightings/{sighting.pk}/correct/"):
        assert "<script>alert" not in guard.get(page).content.decode()
