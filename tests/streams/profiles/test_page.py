"""A person's page for operators: where and when, within rights and limits."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from people.records.groups import PersonGroup, PersonLimit
from people.records.merged import MergedPerson
from people.records.person import Person
from streams.profiles.days import DAYS
from streams.records.groups import CameraGroup, CameraLimit
from tests.streams.pages.rows import a_camera, a_detection, a_sighting


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


def _page(client: Client, user: User, person: Person) -> Any:
    client.force_login(user)
    return client.get(f"/people/{person.pk}/")


def test_it_says_where_and_when_with_pictures(client: Client, viewer: User, media: Path, ada: Person) -> None:
    hall, gate, now = a_camera("Hall"), a_camera("Gate"), timezone.now()
    for days, camera in ((0, hall), (1, hall), (2, gate), (40, gate)):
        a_detection(a_sighting(camera, ada, at=now - timedelta(days=days, minutes=1)))
    a_sighting(gate, ada, at=now - timedelta(days=3), verdict="review")
    answer = _page(client, viewer, ada)
    shown = answer.context["last_days"]
    assert [(camera.name, camera.sightings) for camera in shown.cameras] == [("Hall", 2), ("Gate", 1)]
    assert (len(shown.days), shown.sightings, shown.likely) == (DAYS, 3, 1)
    assert [day.sightings for day in shown.days[-4:]].count(1) == 3
    assert len(answer.context["latest"]) == 5
    assert len(answer.context["pictured"]) == 4
    assert answer.context["last"].camera == hall


def test_a_day_leads_to_its_sightings(client: Client, viewer: User, ada: Person) -> None:
    now = timezone.now()
    seen = a_sighting(a_camera(), ada, at=now)
    day = timezone.localtime(now).date()
    assert f"person={ada.pk}&amp;since={day}&amp;until={day}" in _page(client, viewer, ada).content.decode()
    rows = client.get(f"/sightings/?person={ada.pk}&since={day}&until={day}").context["page"].rows
    assert [row.pk for row in rows] == [seen.pk]


def test_somebody_who_was_never_seen_has_a_page(client: Client, viewer: User, ada: Person) -> None:
    assert "No camera that you may see has seen Ada" in _page(client, viewer, ada).content.decode()


def test_more_sightings_ask_the_database_no_more_often(
    client: Client, viewer: User, media: Path, ada: Person, django_assert_num_queries: Any
) -> None:
    camera = a_camera()
    for hours in range(30):
        a_detection(a_sighting(camera, ada, at=timezone.now() - timedelta(hours=hours)))
    client.force_login(viewer)
    # session, user, two of rights, two of limits; person by id and with portrait, lists, suspensions, days, sightings
    with django_assert_num_queries(12):
        client.get(f"/people/{ada.pk}/")


def test_without_the_right_there_is_no_page(client: Client, stranger: User, ada: Person) -> None:
    assert _page(client, stranger, ada).status_code == 403


def test_who_may_see_people_alone_sees_no_sightings(client: Client, stranger: User, ada: Person) -> None:
    stranger.user_permissions.add(Permission.objects.get(codename="view_person"))
    a_sighting(a_camera("Vault"), ada, at=timezone.now())
    answer = _page(client, User.objects.get(pk=stranger.pk), ada)
    assert answer.status_code == 200
    assert "Vault" not in answer.content.decode()


def test_limits_hide_other_people_and_other_cameras(client: Client, viewer: User, ada: Person) -> None:
    bela, hall, vault = Person.objects.create(name="Bela"), a_camera("Hall"), a_camera("Vault")
    people, cameras = PersonGroup.objects.create(name="Ours"), CameraGroup.objects.create(name="Front")
    people.people.add(ada)
    cameras.cameras.add(hall)
    PersonLimit.objects.create(user=viewer, group=people)
    CameraLimit.objects.create(user=viewer, group=cameras)
    for camera in (hall, vault):
        a_sighting(camera, ada, at=timezone.now())
    answer = _page(client, viewer, ada)
    assert answer.context["last_days"].sightings == 1
    assert "Vault" not in answer.content.decode()
    assert _page(client, viewer, bela).status_code == 404


def test_the_old_address_of_a_merged_person_leads_to_the_kept_one(client: Client, viewer: User, ada: Person) -> None:
    old = Person.objects.create(name="Ada L.")
    old_id = old.pk
    old.delete()
    MergedPerson.objects.create(old_id=old_id, into=ada)
    client.force_login(viewer)
    assert client.get(f"/people/{old_id}/").headers["Location"] == f"/people/{ada.pk}/"
