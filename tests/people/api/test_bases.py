"""Bases and “never match” over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.editing.bases import record_basis
from people.records.basis import Basis
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from tests.api import NOBODY, client_of, queries_of

URL = "/api/v1/bases/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def basis(ada: Person) -> Basis:
    return record_basis(
        person=ada, purpose="the door", document=b"%PDF-1.7 Ada", document_title="Ada's form.pdf", by=None
    )


def test_a_basis_is_recorded_read_and_withdrawn(as_operator: APIClient, ada: Person) -> None:
    ends = timezone.now() + timedelta(days=300)
    made = as_operator.post(
        URL, {"person": str(ada.pk), "purpose": "the door", "valid_until": ends.isoformat()}, format="json"
    )
    assert (made.status_code, made.json()["state"], made.json()["kind"]) == (201, "valid", "consent")
    url = f"{URL}{made.json()['id']}/"
    withdrawn = as_operator.post(f"{url}withdraw/", {"why": "By letter"}, format="json").json()
    assert (withdrawn["state"], withdrawn["withdrawn_why"]) == ("withdrawn", "By letter")
    assert as_operator.get(url).json()["withdrawn_who"] == "operator"
    assert as_operator.get(URL, {"state": "withdrawn"}).json()["count"] == 1
    assert as_operator.get(URL, {"person": str(ada.pk), "state": "valid"}).json()["count"] == 0


@pytest.mark.parametrize("name", ["valid_from", "valid_until"])
def test_a_moment_beyond_the_calendar_is_refused(as_operator: APIClient, ada: Person, settings: Any, name: str) -> None:
    settings.TIME_ZONE = "America/New_York"
    told = {"person": str(ada.pk), "purpose": "the door", name: "9999-12-31T23:59:59"}
    answer = as_operator.post(URL, told, format="json")
    assert (answer.status_code, answer.json()["error"]["details"][0]["code"]) == (400, "overflow")


def test_a_document_is_sent_as_a_form_and_comes_back_as_a_file(as_operator: APIClient, ada: Person) -> None:
    form = {"person": str(ada.pk), "purpose": "the door", "document": SimpleUploadedFile("Form ä.pdf", b"%PDF-1.7")}
    made = as_operator.post(URL, form, format="multipart").json()
    assert made["document_title"] == "Form ä.pdf"
    answer = as_operator.get(made["document_url"])
    assert answer.content == b"%PDF-1.7" and answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment") and answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "wrong",
    [
        {"purpose": ""},
        {"purpose": "x" * 301},
        {"purpose": "x\0"},
        {"kind": "luck"},
        {"person": NOBODY},
        {"person": "x"},
        {"valid_until": "2020-01-01T00:00:00Z"},
        {"valid_until": "soon"},
        {"withdrawn_at": "2020-01-01T00:00:00Z"},
        {"document": "words"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(as_operator: APIClient, ada: Person, wrong: dict[str, Any]) -> None:
    body = {"person": str(ada.pk), "purpose": "the door", **wrong}
    assert as_operator.post(URL, body, format="json").status_code == 400
    assert not Basis.objects.exists()


def test_a_document_that_is_none_is_refused_in_words(as_operator: APIClient, ada: Person) -> None:
    form = {"person": str(ada.pk), "purpose": "the door", "document": SimpleUploadedFile("form.pdf", b"<script>")}
    refusal = as_operator.post(URL, form, format="multipart")
    assert refusal.status_code == 400 and refusal.json()["error"]["code"] == "not_a_document"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_nobody_rewrites_or_deletes_one(as_operator: APIClient, basis: Basis, method: str) -> None:
    answer = getattr(as_operator, method)(f"{URL}{basis.pk}/", {"purpose": "everything"}, format="json")
    assert answer.status_code == 405
    basis.refresh_from_db()
    assert basis.purpose == "the door"


def test_a_repeated_request_records_one(as_operator: APIClient, ada: Person) -> None:
    for _ in range(2):
        body = {"person": str(ada.pk), "purpose": "the door"}
        answer = as_operator.post(URL, body, format="json", HTTP_IDEMPOTENCY_KEY="0123456789abcdef")
        assert answer.status_code == 201
    assert Basis.objects.count() == 1


def test_whoever_is_limited_finds_the_bases_of_their_people_alone(stranger: User, basis: Basis) -> None:
    stranger.user_permissions.set(Permission.objects.filter(codename__in=["view_basis", "change_basis", "add_basis"]))
    client = client_of(stranger)
    assert client.get(URL).json()["count"] == 1
    PersonLimit.objects.create(user=stranger, group=PersonGroup.objects.create(name="Others"))
    assert client.get(URL).json()["count"] == 0
    for address in ("", "document/"):
        assert client.get(f"{URL}{basis.pk}/{address}").status_code == 404
    assert client.post(f"{URL}{basis.pk}/withdraw/").status_code == 404
    body = {"person": str(basis.person_id), "purpose": "the door"}
    assert client.post(URL, body, format="json").status_code == 400


def test_the_list_takes_as_many_queries_for_many(as_operator: APIClient, basis: Basis, ada: Person) -> None:
    before = queries_of(as_operator, URL)
    for _ in range(5):
        record_basis(person=ada, purpose="the door", by=None)
    assert queries_of(as_operator, URL) == before


def test_notices_are_for_whoever_may_see_bases(as_operator: APIClient, stranger: User, ada: Person) -> None:
    people = "/api/v1/people/"
    assert as_operator.get(people, {"basis": "lacking"}).json()["count"] == 1
    assert as_operator.get(people, {"basis": "luck"}).status_code == 400
    stranger.user_permissions.set(Permission.objects.filter(codename="view_person"))
    assert client_of(stranger).get(people, {"basis": "lacking"}).json()["count"] == 0


@pytest.mark.django_db(transaction=True)
def test_never_match_is_said_and_taken_back(as_operator: APIClient, photo: Photo, ada: Person, portrait: bytes) -> None:
    url = f"/api/v1/people/{ada.pk}/"
    said = as_operator.post(f"{url}never-match/").json()
    assert said["never_match_at"] and said["photos_rejected"] == 1
    assert as_operator.get("/api/v1/people/", {"never_match": True}).json()["count"] == 1
    told = as_operator.get(f"/api/v1/photos/{photo.pk}/").json()
    assert told["reason"]["code"] == "never_match" and "never to be recognised" in told["reason"]["message"]
    upload = {"person": str(ada.pk), "images": [SimpleUploadedFile("a.png", portrait + b"another")]}
    refused = as_operator.post("/api/v1/photos/", upload, format="multipart")
    assert refused.status_code == 400 and "never to be recognised" in refused.content.decode()
    assert as_operator.post(f"/api/v1/photos/{photo.pk}/retry/").status_code == 409
    back = as_operator.post(f"{url}allow-matching/").json()
    assert back["never_match_at"] is None and back["photos_waiting"] == 1


def test_an_upload_by_the_dialect_is_refused_before_it_is_read(
    operator: User, ada: Person, portrait: bytes, key_of: Callable[[User], str]
) -> None:
    client = APIClient()
    assert client_of(operator).post(f"/api/v1/people/{ada.pk}/never-match/").status_code == 200
    answer = client.post(
        "/api/v1/recognition/faces?subject=Ada Lovelace",
        {"file": SimpleUploadedFile("a.png", portrait)},
        format="multipart",
        HTTP_X_API_KEY=key_of(operator),
    )
    assert answer.status_code == 400 and "never to be recognised" in answer.json()["message"]
    assert not Photo.objects.exists()


@pytest.fixture
def key_of() -> Callable[[User], str]:
    return lambda user: make_key(name="k", scopes=["write_people", "read_people"], by=user)[1]
