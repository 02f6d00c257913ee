"""The ledger of identity edits as a CSV file."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from people.records.person import Person
from streams.correcting.csv_export import COLUMNS
from streams.records.camera import Camera
from tests.streams.correcting.conftest import encoded

URL = "/api/v1/edits/csv/"


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.content
    return list(csv.DictReader(StringIO(answer.getvalue().decode())))


def said(client: APIClient, camera: Camera, person: Person) -> int:
    sighting = encoded(camera, person)
    answer = client.post(f"/api/v1/sightings/{sighting.pk}/correct/", {"is_not": str(person.pk)}, format="json")
    return int(answer.json()["edit"])


def test_an_edit_is_a_line_and_so_is_its_undo(as_operator: APIClient, camera: Camera, ada: Person) -> None:
    edit = said(as_operator, camera, ada)
    as_operator.post(f"/api/v1/edits/{edit}/undo/")
    undone, row = rows_of(as_operator.get(URL))
    assert tuple(row) == COLUMNS
    assert (row["id"], row["who"], row["kind"], row["said"]) == (str(edit), "operator", "is_not", "It is not Ada")
    assert (row["person"], row["sightings"], row["undone_by"]) == ("Ada", "1", undone["id"])
    assert (undone["undoes"], undone["said"]) == (str(edit), "Undone: “It is not Ada”")
    assert rows_of(as_operator.get("/api/v1/edits/", {"kind": "undo"}, headers={"accept": "text/csv"})) == [undone]


def test_a_name_is_no_formula(as_operator: APIClient, camera: Camera) -> None:
    said(as_operator, camera, Person.objects.create(name="@SUM(1)"))
    (row,) = rows_of(as_operator.get(URL))
    assert row["person"] == "'@SUM(1)"


def test_the_page_gives_out_what_it_shows(
    client: Client, operator: User, as_operator: APIClient, camera: Camera, ada: Person, grace: Person
) -> None:
    edit, _ = said(as_operator, camera, ada), said(as_operator, camera, grace)
    client.force_login(operator)
    page = client.get(f"/edits/?person={ada.pk}").content.decode()
    assert f"/edits/csv/?person={ada.pk}" in page
    assert [row["id"] for row in rows_of(client.get(f"/edits/csv/?person={ada.pk}"))] == [str(edit)]
    assert len(rows_of(client.get("/edits/csv/"))) == 2
    assert client.get("/edits/csv/?person=nobody").status_code == 400


def test_who_may_not_see_edits_gets_no_file(client: Client, stranger: User) -> None:
    client.force_login(stranger)
    assert client.get("/edits/csv/").status_code == 403
