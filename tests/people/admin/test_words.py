"""What the admin's lists say of themselves to whoever meets them for the first time."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from people.records.person import Person
from people.records.photo import Photo
from people.records.watchlist import Watchlist


@pytest.fixture
def client(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


@pytest.mark.parametrize(
    "path",
    [
        "people/watchlist",
        "people/persongroup",
        "people/apikey",
        "people/decisionthresholds",
        "people/importjob",
        "people/photo",
        "streams/cameragroup",
        "streams/searchlog",
        "streams/sighting",
        "streams/detection",
    ],
)
def test_an_empty_list_says_what_would_stand_in_it(client: Client, path: str) -> None:
    assert '<p class="help about">' in client.get(f"/admin/{path}/").content.decode()


def test_a_person_and_a_watchlist_lead_to_their_sightings(client: Client) -> None:
    person, watchlist = Person.objects.create(name="Ada"), Watchlist.objects.create(name="Guests")
    page = client.get(f"/admin/people/person/{person.pk}/change/").content.decode()
    assert f'href="/sightings/?person={person.pk}"' in page
    page = client.get(f"/admin/people/watchlist/{watchlist.pk}/change/").content.decode()
    assert f'href="/sightings/?watchlist={watchlist.pk}"' in page


def test_a_face_that_is_a_link_has_a_name_for_who_cannot_see_it(client: Client) -> None:
    person = Person.objects.create(name="Ada")
    Photo.objects.create(person=person, image="a.jpg", crop="c.jpg", state="enrolled", original_name="a.jpg")
    for path in ("person", "photo"):
        faces = re.findall(r'<img class="face"[^>]*>', client.get(f"/admin/people/{path}/").content.decode())
        assert faces and all('alt=""' not in face for face in faces), path
