"""Sightings as a CSV file."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from rest_framework.test import APIClient

from people.base.spreadsheets import safe
from people.records.person import Person
from streams.records.camera import Camera
from streams.sightings import csv_export
from streams.sightings.csv_export import COLUMNS, DETECTION_COLUMNS
from tests.streams.seen import NOON, seen

URL = "/api/v1/sightings/csv/"


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(answer.content.decode())))


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada, Countess of Lovelace")


def test_a_sighting_is_a_line(as_viewer: APIClient, camera: Camera, ada: Person) -> None:
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


@pytest.mark.parametrize("name", ["sightings", "detections"])
def test_the_list_itself_gives_the_same_file_to_whoever_accepts_csv(
    as_viewer: APIClient, camera: Camera, ada: Person, name: str
) -> None:
    seen(camera, ada)
    seen(camera)
    asked = {"camera": "door", "person": str(ada.pk)}
    listed = as_viewer.get(f"/api/v1/{name}/", asked, headers={"accept": "text/csv"})
    assert listed.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(rows_of(listed)) == 1
    assert listed.content == as_viewer.get(f"/api/v1/{name}/csv/", asked).content
    assert as_viewer.get(f"/api/v1/{name}/", asked).headers["Content-Type"] == "application/json"


def test_a_detection_is_a_line(as_viewer: APIClient, camera: Camera, ada: Person) -> None:
    seen(camera, ada)
    (row,) = rows_of(as_viewer.get("/api/v1/detections/csv/"))
    assert tuple(row) == DETECTION_COLUMNS
    assert (row["camera"], row["nearest_person"], row["distance"]) == ("door", ada.name, "0.3000")


@pytest.mark.parametrize("query", ["limit=5", "cursor=x", "camera=nowhere", "nonsense=1"])
def test_a_refusal_of_a_file_is_json_as_all_refusals(as_viewer: APIClient, camera: Camera, query: str) -> None:
    for url in (f"/api/v1/sightings/?{query}", f"/api/v1/detections/csv/?{query}"):
        answer = as_viewer.get(url, headers={"accept": "text/csv"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/json")
        assert answer.json()["error"]["code"] == "invalid"


def test_one_sighting_is_no_file(as_viewer: APIClient, camera: Camera) -> None:
    assert as_viewer.get(f"/api/v1/sightings/{seen(camera).pk}/", headers={"accept": "text/csv"}).status_code == 406
