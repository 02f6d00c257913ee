"""Sightings as a CSV file."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from rest_framework.test import APIClient

from people.models import Person
from people.spreadsheets import safe
from streams import csv_export
from streams.csv_export import COLUMNS
from streams.models import Camera
from tests.streams.api.conftest import NOON, seen

URL = "/api/v1/sightings/csv/"


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(answer.content.decode())))


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada, Countess of Lovelace")


def test_a_visit_is_a_line(as_viewer: APIClient, camera: Camera, ada: Person) -> None:
    sighting = seen(camera, ada)
    answer = as_viewer.get(URL, headers={"accept": "text/csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sightings.csv"'
    (row,) = rows_of(answer)
    assert tuple(row) == COLUMNS
    assert (row["id"], row["camera"], row["person"]) == (str(sighting.pk), "door", ada.name)
    assert (row["first_seen_at"], row["ended_at"], row["distance"]) == ("2026-11-23T12:00:00+00:00", "", "0.3000")


def test_it_is_filtered_as_the_list_is_and_newest_first(as_viewer: APIClient, camera: Camera, ada: Person) -> None:
    seen(camera, ada)
    seen(camera, ada, at=NOON + timedelta(hours=1))
    seen(camera)
    later = rows_of(as_viewer.get(URL, {"verdict": "match"}))
    assert [row["first_seen_at"][11:16] for row in later] == ["13:00", "12:00"]
    assert as_viewer.get(URL, {"verdicts": "match"}).status_code == 400


def test_nobody_and_nothing_are_empty_cells(as_viewer: APIClient, camera: Camera) -> None:
    seen(camera, distance=float("inf"), margin=None)
    (row,) = rows_of(as_viewer.get(URL))
    assert (row["person"], row["person_id"], row["distance"], row["margin"]) == ("", "", "", "")


@pytest.mark.parametrize("name", ["=HYPERLINK(0)", "+1", "-1", "@x", "\tx"])
def test_a_name_is_no_formula(name: str) -> None:
    assert safe(name) == f"'{name}"
    assert safe("Ada = Lovelace") == "Ada = Lovelace"


def test_too_many_are_refused_with_advice(
    as_viewer: APIClient, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_export, "MOST_ROWS", 1)
    seen(camera)
    assert as_viewer.get(URL).status_code == 200
    seen(camera)
    answer = as_viewer.get(URL)
    assert (answer.status_code, "shorter time" in answer.content.decode()) == (400, True)
    assert answer.json()["error"]["details"][0]["code"] == "too_many_rows"
