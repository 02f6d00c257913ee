"""Imports over the API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from people.imports.jobs import ImportJob
from people.imports.services import start_import
from people.records.person import Person
from people.records.photo import Photo
from tests.api import client_of, queries_of
from tests.people.imports.conftest import work, zip_of, zip_of_raw

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/imports/"


def sent(*paths: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("people.zip", zip_of(*paths).getvalue())}


@pytest.fixture
def start(media: Path, operator: User) -> Callable[..., ImportJob]:
    return lambda *paths: start_import(file=zip_of(*paths), name="people.zip", by=operator)


def test_an_import_is_started_and_looked_at(as_operator: APIClient, media: Path) -> None:
    answer = as_operator.post(URL, sent("Ada/1.jpg", "Ada/notes.txt"), format="multipart")
    assert answer.status_code == 202 and answer.json()["state"] == "waiting"
    where = answer["Location"]
    assert where == f"http://testserver{URL}{answer.json()['id']}/"
    work()
    told = as_operator.get(where).json()
    assert told["state"] == "done" and told["finished_at"]
    assert told["files"] == {"total": 2, "read": 2, "added": 1, "already_there": 0, "refused": 1}
    assert told["people"] == {"new": 1, "known": 0}
    assert told["photos"] == {"waiting": 1, "enrolled": 0, "to_decide": 0, "rejected": 0}
    (refused,) = told["refused"]
    assert (refused["path"], refused["code"]) == ("Ada/notes.txt", "not_an_image")
    report = as_operator.get(told["report_url"])
    assert report["Content-Type"] == "text/csv; charset=utf-8" and len(report.content.splitlines()) == 3


def test_the_api_asks_who_the_people_are_where_names_leave_it_open(as_operator: APIClient, media: Path) -> None:
    paths = ("Firma/ada.jpg", "Firma/bob.jpg")
    answer = as_operator.post(URL, sent(*paths), format="multipart")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "layout_in_doubt")
    assert error["details"] == [
        {"field": "layout", "code": "folders", "message": "Each folder is a person. This makes 1 person: Firma."},
        {"field": "layout", "code": "files", "message": "Each file is a person. This makes 2 people: ada, bob."},
    ]
    assert not ImportJob.objects.exists()
    answer = as_operator.post(URL, sent(*paths) | {"layout": "files"}, format="multipart")
    assert answer.status_code == 202 and answer.json()["layout"] == "files"
    work()
    assert set(Person.objects.values_list("name", flat=True)) == {"ada", "bob"}


@pytest.mark.parametrize("wrong", [{"layout": "nonsense"}, {"encoding": "nonsense"}, {"encoding": "utf-8"}])
def test_a_layout_or_encoding_that_does_not_fit_is_refused(
    as_operator: APIClient, media: Path, wrong: dict[str, str]
) -> None:
    file = SimpleUploadedFile("people.zip", zip_of_raw("José/1.jpg".encode("cp850")).getvalue())
    assert as_operator.post(URL, {"file": file, **wrong}, format="multipart").status_code == 400
    assert not ImportJob.objects.exists()


def test_names_are_read_by_evidence_or_as_told_also_by_the_worker(as_operator: APIClient, media: Path) -> None:
    file = zip_of_raw("José Águila/1.jpg".encode("cp850")).getvalue()
    for told, encoding, name in (({}, "cp850", "José Águila"), ({"encoding": "cp1252"}, "cp1252", "Jos‚ µguila")):
        sent = {"file": SimpleUploadedFile("people.zip", file), **told}
        answer = as_operator.post(URL, sent, format="multipart").json()
        assert (answer["encoding"], answer["layout"]) == (encoding, "folders")
        work()
        assert Person.objects.filter(name=name).count() == 1


def test_a_file_that_cannot_be_imported_is_refused_with_the_reason(as_operator: APIClient, media: Path) -> None:
    answer = as_operator.post(URL, {"file": SimpleUploadedFile("a.zip", b"no zip")}, format="multipart")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_archive" and "not a ZIP" in answer.json()["error"]["message"]
    assert as_operator.post(URL, {}, format="multipart").status_code == 400
    assert not ImportJob.objects.exists()


def test_a_zip_beyond_the_limit_is_413(as_operator: APIClient, settings: Any) -> None:
    settings.ZIP_MAX_BYTES = 1000
    answer = as_operator.post(URL, {"file": SimpleUploadedFile("a.zip", bytes(200_000))}, format="multipart")
    assert answer.status_code == 413


def test_an_import_that_has_ended_cannot_be_cancelled(as_operator: APIClient, start: Callable[..., ImportJob]) -> None:
    job = start("Ada/1.jpg")
    assert as_operator.post(f"{URL}{job.pk}/cancel/").json()["state"] == "cancelled"
    answer = as_operator.post(f"{URL}{job.pk}/cancel/")
    assert answer.status_code == 409 and answer.json()["error"]["code"] == "wrong_state"


def test_the_list_is_filtered_by_state_and_asks_as_often_for_many_as_for_few(
    as_operator: APIClient, start: Callable[..., ImportJob]
) -> None:
    start("Ada/1.jpg")
    few = queries_of(as_operator, URL)
    work()
    for number in range(4):
        start(f"Person {number}.jpg")
    assert queries_of(as_operator, URL) == few
    assert as_operator.get(URL, {"state": "waiting"}).json()["count"] == 4
    assert as_operator.get(URL, {"state": "nonsense"}).status_code == 400


def test_one_import_asks_as_often_for_many_files_as_for_few(
    as_operator: APIClient, start: Callable[..., ImportJob]
) -> None:
    jobs = [start("Ada/1.jpg", "a.txt"), start(*(f"P{number}.jpg" for number in range(9)), "b.txt", "c.txt")]
    work()
    Photo.objects.filter(original_name="P1.jpg").update(state="enrolled")
    few, many = (queries_of(as_operator, f"{URL}{job.pk}/") for job in jobs)
    assert few == many


def test_whoever_may_only_add_sees_their_own(stranger: User, start: Callable[..., ImportJob], media: Path) -> None:
    other = start("Ada/1.jpg")
    stranger.user_permissions.set(Permission.objects.filter(codename__in=["add_person", "add_photo"]))
    client = client_of(User.objects.get(pk=stranger.pk))
    own = client.post(URL, sent("Grace.jpg"), format="multipart").json()
    assert [each["id"] for each in client.get(URL).json()["results"]] == [own["id"]]
    for part in ("", "report/"):
        assert client.get(f"{URL}{other.pk}/{part}").status_code == 404
    assert client.post(f"{URL}{other.pk}/cancel/").status_code == 404
