"""A key that is limited to a group of people is what CompreFace calls a service with a collection of its own."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from rest_framework.test import APIClient

from people.records.groups import PersonGroup
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import picture, unit_vector
from tests.people.limits.conftest import Record, client_with_key

ROOT = "/api/v1/recognition"
# Status with the key of the collection about somebody in it, and about somebody who is not.
TABLE = """
                                           inside  outside
DELETE /faces/{photo}                      200     404
POST   /faces/{photo}/verify               400     404
POST   /embeddings/faces/{photo}/verify    200     404
PUT    /subjects/{name}                    200     404
DELETE /subjects/{name}                    200     404
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]


@pytest.fixture
def client(chief: User, staff: PersonGroup) -> APIClient:
    return client_with_key(chief, staff)


@pytest.fixture
def unlimited(chief: User) -> APIClient:
    return client_with_key(chief)


def embedding(seed: int) -> list[float]:
    return [float(number) for number in unit_vector(seed)]


def status_of(client: APIClient, method: str, path: str, record: Record) -> int:
    """Nothing of it stays."""
    body: dict[str, Any] = {"subject": "Another", "embeddings": [embedding(1)]}
    kind = "json"
    if path.startswith("/faces") and path.endswith("/verify"):
        body, kind = {"file": SimpleUploadedFile("a.jpg", b"no picture")}, "multipart"
    url = ROOT + path.format(photo=record.photo.pk, name=record.person.name)
    with transaction.atomic():
        status = int(getattr(client, method.lower())(url, body, format=kind).status_code)
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row[:2]))
def test_the_table_holds(
    row: list[str], client: APIClient, unlimited: APIClient, inside: Record, outside: Record
) -> None:
    assert [status_of(client, *row[:2], record) for record in (inside, outside)] == [int(row[2]), int(row[3])]
    assert status_of(unlimited, *row[:2], outside) == int(row[2])


def test_pictures_are_of_the_collection(client: APIClient, inside: Record, outside: Record) -> None:
    assert client.get(f"{ROOT}/faces/{inside.photo.pk}/img").content
    assert client.get(f"{ROOT}/faces/{outside.photo.pk}/img").content == b""


def test_lists_are_of_the_collection(client: APIClient, unlimited: APIClient, inside: Record, outside: Record) -> None:
    assert client.get(f"{ROOT}/subjects").json() == {"subjects": ["Ada Lovelace"]}
    assert client.get(f"{ROOT}/faces").json()["total_elements"] == 2
    assert client.get(f"{ROOT}/faces", {"subject": "Grace Hopper"}).json()["faces"] == []
    assert unlimited.get(f"{ROOT}/faces").json()["total_elements"] == 4


def test_a_new_subject_is_in_the_collection(
    client: APIClient, unlimited: APIClient, staff: PersonGroup, outside: Record
) -> None:
    assert client.post(f"{ROOT}/subjects", {"subject": "Katherine"}, format="json").status_code == 201
    assert client.get(f"{ROOT}/subjects").json() == {"subjects": ["Ada Lovelace", "Katherine"]}
    assert unlimited.post(f"{ROOT}/subjects", {"subject": "Dorothy"}, format="json").status_code == 201
    assert "Dorothy" not in client.get(f"{ROOT}/subjects").json()["subjects"]


def test_a_name_outside_of_the_collection_is_free(client: APIClient, outside: Record) -> None:
    assert client.post(f"{ROOT}/subjects", {"subject": "Grace Hopper"}, format="json").status_code == 201
    assert client.post(f"{ROOT}/subjects", {"subject": "Ada Lovelace"}, format="json").json()["code"] == 43
    assert client.delete(f"{ROOT}/subjects/Grace Hopper").status_code == 200
    assert Person.objects.filter(pk=outside.person.pk).exists()


def test_deleting_everybody_deletes_the_collection(client: APIClient, inside: Record, outside: Record) -> None:
    assert client.post(f"{ROOT}/faces/delete", [str(outside.photo.pk)], format="json").json() == []
    assert client.delete(f"{ROOT}/faces?subject=Grace Hopper").json() == {"deleted": 0}
    assert client.delete(f"{ROOT}/faces").json() == {"deleted": 2}
    assert Photo.objects.count() == 2
    assert client.delete(f"{ROOT}/subjects").json() == {"deleted": 0}  # they went with their faces
    assert list(Person.objects.all()) == [outside.person]


def test_embeddings_are_searched_in_the_collection(
    client: APIClient, unlimited: APIClient, inside: Record, outside: Record
) -> None:
    asked = {"embeddings": [embedding(2)]}  # the very face of somebody outside
    for caller, names in ((client, {"Ada Lovelace"}), (unlimited, {"Ada Lovelace", "Grace Hopper"})):
        answer = caller.post(f"{ROOT}/embeddings/recognize?prediction_count=5", asked, format="json").json()
        (found,) = answer["result"]
        assert {each["subject"] for each in found["similarities"]} == names


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("lookers")
def test_a_first_picture_makes_a_subject_of_the_collection(
    client: APIClient, unlimited: APIClient, staff: PersonGroup, portraits: Any
) -> None:
    """And recognises them there: to another collection the same face is unknown."""
    upload = {"file": SimpleUploadedFile("a.jpg", (portraits / "obama.jpg").read_bytes())}
    assert client.post(f"{ROOT}/faces?subject=Barack", upload).status_code == 201
    assert staff.people.filter(name="Barack").exists()
    other = client_with_key(User.objects.get(username="chief"), PersonGroup.objects.create(name="Empty"))
    for caller, subjects in ((client, ["Barack"]), (other, [])):
        sent = {"file": SimpleUploadedFile("b.jpg", (portraits / "obama2.jpg").read_bytes())}
        (face,) = caller.post(f"{ROOT}/recognize?extras=true", sent).json()["result"]
        assert [each["subject"] for each in face["subjects"]] == subjects
        assert face["is_match"] == bool(subjects)


def test_a_face_without_a_file_leaves_no_subject(client: APIClient, staff: PersonGroup, media: Any) -> None:
    sent = {"file": SimpleUploadedFile("a.jpg", picture()[:20])}
    assert client.post(f"{ROOT}/faces?subject=Nobody", sent).status_code == 400
    assert not Person.objects.filter(name="Nobody").exists()
