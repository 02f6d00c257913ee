"""Sightings as a CSV file."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from people.base import csv_files
from people.base.spreadsheets import safe
from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.correcting.corrections import Correction, correct
from streams.records.camera import Camera
from streams.records.states import EditKind
from streams.sightings.csv_export import COLUMNS, DETECTION_COLUMNS
from tests.streams.seen import NOON, seen

URL = "/api/v1/sightings/csv/"


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(answer.getvalue().decode())))


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


def test_what_a_person_has_said_stands_beside_what_the_machine_did(
    as_viewer: APIClient, operator: User, camera: Camera, ada: Person
) -> None:
    says = {"nothing": None, "is": Correction(EditKind.IS, ada.pk), "no_face": Correction(EditKind.NO_FACE)}
    rows = {name: seen(camera, None if name == "is" else ada) for name in says}
    for name, said in says.items():
        if said:
            correct(sighting=rows[name].pk, says=said, by=operator, page="")
    found = {row["id"]: (row["by_hand"], row["no_face"], row["person"]) for row in rows_of(as_viewer.get(URL))}
    assert {name: found[str(row.pk)] for name, row in rows.items()} == {
        "nothing": ("false", "false", ada.name),
        "is": ("true", "false", ada.name),
        "no_face": ("true", "true", ""),
    }


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
    monkeypatch.setattr(csv_files, "MOST_ROWS", 1)
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
    (row,) = rows_of(listed)
    assert [row] == rows_of(as_viewer.get(f"/api/v1/{name}/csv/", asked))
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


def test_times_are_in_the_zone_that_the_file_names(as_viewer: APIClient, camera: Camera, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    seen(camera)
    (row,) = rows_of(as_viewer.get(URL))
    assert (row["first_seen_at"], row["time_zone"]) == ("2026-11-23T13:00:00+01:00", "Europe/Berlin")


def test_a_long_file_is_read_in_parts_and_keeps_its_order(
    as_viewer: APIClient, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_files, "AT_ONCE", 2)
    for hour in range(5):
        seen(camera, at=NOON + timedelta(hours=hour))
    assert [row["first_seen_at"][11:13] for row in rows_of(as_viewer.get(URL))] == ["16", "15", "14", "13", "12"]


def test_cameras_are_a_file_without_their_secrets(as_viewer: APIClient, camera: Camera) -> None:
    answer = as_viewer.get("/api/v1/cameras/csv/")
    (row,) = rows_of(answer)
    assert (row["slug"], row["state"]) == ("door", "waiting")
    assert "secret" not in row["source"]
    assert "hidden" not in row["source"]


def test_the_page_gives_out_what_its_filter_shows(viewer: User, camera: Camera, ada: Person) -> None:
    seen(camera, ada)
    seen(camera)
    page = Client()
    page.force_login(viewer)
    (row,) = rows_of(page.get("/sightings/csv/", {"verdict": "match"}))
    assert row["person"] == ada.name
    assert page.get("/sightings/csv/", {"since": "nonsense"}).status_code == 400


def test_the_admin_gives_out_its_lists(operator: User, camera: Camera, ada: Person) -> None:
    seen(camera, ada)
    Watchlist.objects.create(name="=Guests").people.add(ada)
    admin = Client()
    admin.force_login(operator)
    lists = ("streams/camera", "streams/sighting", "streams/detection", "people/watchlist")
    names = [rows_of(admin.get(f"/admin/{each}/csv/")) for each in lists]
    assert [len(rows) for rows in names] == [1, 1, 1, 1]
    assert (names[3][0]["name"], names[3][0]["people"]) == ("'=Guests", "1")
    assert rows_of(admin.get("/admin/streams/sighting/csv/?verdict__exact=unknown")) == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["sightings", "detections", "cameras", "people", "photos", "watchlists"])
@pytest.mark.parametrize("asked", [{"HTTP_ACCEPT": "text/csv"}, {"QUERY_STRING": "format=csv"}])
@pytest.mark.parametrize("login", [{}, {"HTTP_X_API_KEY": "nobody's"}, {"HTTP_AUTHORIZATION": "Token nobody's"}])
def test_whoever_is_refused_a_file_is_told_so_in_json(path: str, asked: dict[str, str], login: dict[str, str]) -> None:
    answer = Client().get(f"/api/v1/{path}/", **asked, **login)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/json" and "error" in answer.json()
