"""Strangers as a CSV file: as the list and the inbox have them, within limits, and written down."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from people.base import csv_files
from people.records.person import Person
from streams.records.camera import Camera
from streams.records.states import StrangerState
from streams.records.stranger import Stranger
from streams.strangers.csv_export import COLUMNS
from tests.api import client_of
from tests.streams.limited import World, fresh
from tests.streams.strangers.conftest import Seen
from tests.streams.strangers.passers_by import joined, passer_by

URL = "/api/v1/strangers/csv/"


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.content
    return list(csv.DictReader(StringIO(answer.getvalue().decode())))


def test_a_stranger_is_a_line(as_operator: APIClient, seen_twice: Seen, hall: Camera, camera: Camera) -> None:
    stranger = seen_twice(0, hall, camera)
    (row,) = rows_of(as_operator.get(URL))
    assert tuple(row) == COLUMNS
    assert (row["id"], row["number"], row["state"]) == (str(stranger.pk), str(stranger.number), "open")
    assert (row["times"], row["first_seen_at"]) == ("2", "2026-11-23T12:00:00+00:00")
    assert sorted(row["cameras"].split()) == ["door", "hall"]


def test_a_name_is_no_formula(as_operator: APIClient, seen_twice: Seen) -> None:
    person = Person.objects.create(name="=HYPERLINK(0)")
    Stranger.objects.filter(pk=seen_twice().pk).update(state=StrangerState.NAMED, person=person)
    (row,) = rows_of(as_operator.get(URL, {"state": "named"}))
    assert (row["person_id"], row["person"]) == (str(person.pk), "'=HYPERLINK(0)")


def test_the_list_gives_the_same_file_and_too_many_are_refused(
    as_operator: APIClient, seen_twice: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen_twice(0), seen_twice(1)
    listed = as_operator.get("/api/v1/strangers/", headers={"accept": "text/csv"})
    assert rows_of(listed) == rows_of(as_operator.get(URL)) and len(rows_of(as_operator.get(URL))) == 2
    monkeypatch.setattr(csv_files, "MOST_ROWS", 1)
    assert as_operator.get(URL).json()["error"]["details"][0]["code"] == "too_many_rows"


def test_a_limited_reader_gets_what_their_cameras_have_seen(viewer: User) -> None:
    world = World.made()
    both = passer_by(world.hall), passer_by(world.vault)
    joined(*both)
    joined(passer_by(world.vault, 1), passer_by(world.vault, 1))
    world.limit_cameras(viewer)
    (row,) = rows_of(client_of(fresh(viewer)).get(URL))
    assert (row["times"], row["cameras"]) == ("1", world.hall.slug)


def test_the_inbox_gives_out_what_its_filter_shows(client: Client, operator: User, seen_twice: Seen) -> None:
    stranger, ignored = seen_twice(0), seen_twice(1)
    Stranger.objects.filter(pk=ignored.pk).update(state=StrangerState.IGNORED)
    client.force_login(operator)
    assert "/strangers/csv/?order=most_seen" in client.get("/strangers/?order=most_seen").content.decode()
    assert [row["id"] for row in rows_of(client.get("/strangers/csv/"))] == [str(stranger.pk)]
    assert [row["id"] for row in rows_of(client.get("/strangers/csv/?state=ignored"))] == [str(ignored.pk)]
    assert client.get("/strangers/csv/?camera=nowhere").status_code == 400
