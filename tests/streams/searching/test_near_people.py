"""A search gives people and strangers, as far as the searcher may know of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection, transaction
from rest_framework.test import APIClient

from people.recognition.types import Thresholds
from people.records.encoding import Encoding
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import keep_encoding
from streams.records.stranger import Stranger, StrangerEncoding
from streams.searching.near_people import strangers_near
from tests.streams.said import encoding
from tests.streams.seen import NOON, seen

URL = "/api/v1/sightings/search/"


def vector(distance: float, *, towards: int = 1) -> list[float]:
    return [float(x) for x in np.frombuffer(encoding(towards=towards, distance=distance).vector, np.float32)]


@pytest.fixture
def wanted(camera: Camera) -> Sighting:
    sighting = seen(camera)
    keep_encoding(sighting=sighting, encoding=encoding(distance=0.0))
    return sighting


def enrolled(name: str, distance: float, *, towards: int = 1) -> Person:
    person = Person.objects.create(name=name)
    photo = Photo.objects.create(id=uuid4(), person=person, state="enrolled", sha256=f"{name:>064}", crop="crop.jpg")
    Encoding.objects.create(photo=photo, engine="engine", vector=vector(distance, towards=towards), quality=0.8)
    return person


def stranger(number: int | None, distance: float, camera: Camera, **fields: Any) -> Stranger:
    times = {"first_seen_at": NOON, "last_seen_at": NOON + timedelta(hours=1), "sightings": 3}
    found = Stranger.objects.create(number=number, **{**times, **fields})
    StrangerEncoding.objects.create(stranger=found, engine="engine", vector=vector(distance, towards=2), of=3)
    Sighting.objects.filter(pk=seen(camera).pk).update(stranger=found)
    return found


def test_people_are_certain_or_likely_by_the_limits_of_cameras(as_operator: APIClient, wanted: Sighting) -> None:
    enrolled("Likely", 0.35, towards=2)
    enrolled("Certain", 0.2)
    enrolled("Far", 0.5, towards=3)
    people = as_operator.post(URL, {"sighting": wanted.pk}).json()["people"]
    assert [(each["person"]["name"], each["similarity"]) for each in people] == [
        ("Certain", "match"),
        ("Likely", "review"),
    ]


def test_strangers_with_a_number_are_found(as_operator: APIClient, camera: Camera, wanted: Sighting) -> None:
    stranger(12, 0.2, camera)
    stranger(13, 0.44, camera, state="ignored")
    stranger(None, 0.1, camera)
    stranger(14, 0.7, camera)
    found = as_operator.post(URL, {"sighting": wanted.pk}).json()["strangers"]
    assert [(each["stranger"]["number"], each["similarity"], each["sightings"]) for each in found] == [
        (12, "match", 3),
        (13, "unknown", 3),
    ]


def test_the_index_of_strangers_looks_at_more_than_usual(operator: User) -> None:
    thresholds = Thresholds(0.6, 0.7, 0.0)
    with transaction.atomic():
        strangers_near(np.ones(128, np.float32), "engine", thresholds, 0.7, operator)
        with connection.cursor() as cursor:
            cursor.execute("SHOW hnsw.ef_search")
            assert cursor.fetchone() == ("1000",)


def test_naming_a_face_needs_the_right_to_recognise(wanted: Sighting, camera: Camera, stranger_user: User) -> None:
    enrolled("Ada", 0.2)
    stranger(12, 0.2, camera)
    client = APIClient()
    client.force_authenticate(stranger_user)
    answer = client.post(URL, {"sighting": wanted.pk}).json()
    assert (answer["people"], answer["strangers"]) == ([], [])


@pytest.fixture
def stranger_user(db: None) -> User:
    user = User.objects.create_user("guard")
    user.user_permissions.set(Permission.objects.filter(codename__in=["search_sightings", "view_sighting"]))
    return user


def test_limits_hide_people_and_numbers(wanted: Sighting, camera: Camera, stranger_user: User) -> None:
    ada = enrolled("Ada", 0.2)
    enrolled("Bela", 0.25, towards=2)
    stranger(12, 0.2, camera)
    rights = ["recognise", "view_person", "view_stranger"]
    stranger_user.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    group = PersonGroup.objects.create(name="Ours")
    group.people.add(ada)
    PersonLimit.objects.create(user=stranger_user, group=group)
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=stranger_user.pk))
    answer = client.post(URL, {"sighting": wanted.pk}).json()
    assert [each["person"]["name"] for each in answer["people"]] == ["Ada"]
    assert [(each["stranger"]["number"], each["sightings"]) for each in answer["strangers"]] == [(12, None)]


def test_pages_and_the_order_of_time(as_operator: APIClient, camera: Camera, wanted: Sighting) -> None:
    rows = []
    for number in range(5):
        row = seen(camera, at=NOON + timedelta(minutes=number))
        keep_encoding(sighting=row, encoding=encoding(towards=2 + number, distance=0.3 - 0.05 * (number % 2)))
        rows.append(str(row.pk))

    def page(**asked: Any) -> tuple[list[str], bool]:
        answer = as_operator.post(URL, {"sighting": wanted.pk, "limit": 2, **asked}).json()
        return [each["sighting"]["id"] for each in answer["results"]], answer["more"]

    assert page(order="time") == ([rows[4], rows[3]], True)
    assert page(order="time", offset=4) == ([rows[0]], False)
    assert set(page()[0]) == {rows[1], rows[3]}
    assert set(page(offset=2)[0] + page(offset=4)[0]) == {rows[0], rows[2], rows[4]}
