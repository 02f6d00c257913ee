"""What a search by a face has found, as a CSV file from the API and from the page."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from people.records.person import Person
from streams.records.camera import Camera
from streams.records.search_log import SearchLog
from streams.searching.csv_export import COLUMNS
from tests.streams.searching.test_search import sighting

URL = "/api/v1/sightings/search/csv/"


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Disposition"] == 'attachment; filename="found.csv"'
    return list(csv.DictReader(StringIO(answer.getvalue().decode())))


def test_every_sighting_found_is_a_line_nearest_first(as_operator: APIClient, camera: Camera) -> None:
    wanted = sighting(camera, 0.0)
    named = sighting(camera, 0.2, person=Person.objects.create(name="-Ada"))
    far = sighting(camera, 0.43, towards=2)
    rows = rows_of(as_operator.post(URL, {"sighting": wanted.pk}, headers={"accept": "text/csv"}))
    assert tuple(rows[0]) == COLUMNS
    assert [row["id"] for row in rows] == [str(named.pk), str(far.pk)]
    first = rows[0]
    assert (first["kind"], first["likeness"], first["distance"]) == ("sighting", "certain", "0.2000")
    assert (first["who"], first["camera"], first["verdict"]) == ("'-Ada", "door", "match")


def test_it_holds_more_than_a_page_and_has_none(as_operator: APIClient, camera: Camera) -> None:
    wanted, *others = (sighting(camera, 0.0) for _ in range(130))
    assert len(rows_of(as_operator.post(URL, {"sighting": wanted.pk}))) == len(others)
    refused = as_operator.post(URL, {"sighting": wanted.pk, "limit": 5})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid")


def test_the_page_gives_out_what_it_finds_and_the_search_is_written_down(
    client: Client, operator: User, camera: Camera
) -> None:
    wanted, other = sighting(camera, 0.0), sighting(camera, 0.2)
    client.force_login(operator)
    page = client.post("/sightings/search/", {"sighting": wanted.pk}).content.decode()
    assert 'formaction="/sightings/search/csv/"' in page
    rows = rows_of(client.post("/sightings/search/csv/", {"sighting": wanted.pk, "page": 1}))
    assert [row["id"] for row in rows] == [str(other.pk)]
    assert SearchLog.objects.count() == 2


def test_without_a_face_the_page_says_so(client: Client, operator: User) -> None:
    client.force_login(operator)
    answer = client.post("/sightings/search/csv/")
    assert (answer.status_code, "Choose a picture first." in answer.content.decode()) == (400, True)
    assert client.get("/sightings/search/csv/").status_code == 405
