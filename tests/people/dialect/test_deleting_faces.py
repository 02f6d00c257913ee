"""Which of CompreFace's calls that delete faces delete the subject, too, and what stays of somebody with records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from rest_framework.test import APIClient

from people.editing.bases import record_basis, withdraw_basis
from people.editing.never_matching import never_match
from people.records.person import Person
from people.records.photo import Photo
from people.records.watchlist import Watchlist
from tests.streams.pages.rows import a_camera, a_sighting

URL = "/api/v1/recognition"


def enrolled(person: Person, state: str = "enrolled") -> Photo:
    return Photo.objects.create(
        person=person,
        sha256=uuid4().hex,
        state=state,
        reason="blurred" if state == "rejected" else "",
        image="photos/none",
    )


@pytest.fixture
def ada(db: None, media: Path) -> Person:
    """Two faces and nothing else, as a client of CompreFace makes somebody."""
    ada = Person.objects.create(name="Ada")
    enrolled(ada)
    enrolled(ada)
    return ada


def subjects(client: APIClient) -> Any:
    return client.get(f"{URL}/subjects").json()["subjects"]


def test_deleting_the_faces_of_a_subject_deletes_the_subject(client: APIClient, ada: Person) -> None:
    enrolled(Person.objects.create(name="Grace"))
    assert client.delete(f"{URL}/faces?subject=ada").json() == {"deleted": 2}
    assert subjects(client) == ["Grace"] and not Person.objects.filter(pk=ada.pk).exists()


def test_deleting_all_faces_deletes_all_subjects(client: APIClient, ada: Person) -> None:
    Person.objects.create(name="Without a face")
    assert client.delete(f"{URL}/faces").json() == {"deleted": 2}
    assert subjects(client) == [] and not Person.objects.exists()


def test_deleting_the_last_face_by_its_id_leaves_the_subject_as_compreface_does(client: APIClient, ada: Person) -> None:
    first, last = (str(photo.pk) for photo in ada.photos.all())
    client.delete(f"{URL}/faces/{first}")
    client.post(f"{URL}/faces/delete", [last], format="json")
    assert subjects(client) == ["Ada"] and not Photo.objects.exists()


def with_notes(ada: Person) -> None:
    Person.objects.filter(pk=ada.pk).update(notes="Has the spare keys")


def with_data(ada: Person) -> None:
    Person.objects.filter(pk=ada.pk).update(metadata={"badge": 17})


def with_another_id(ada: Person) -> None:
    Person.objects.filter(pk=ada.pk).update(external_id="P-17")


def on_a_watchlist(ada: Person) -> None:
    Watchlist.objects.create(name="Staff").people.add(ada)


def seen(ada: Person) -> None:
    a_sighting(a_camera(), ada)


def with_a_rejected_photo(ada: Person) -> None:
    enrolled(ada, state="rejected")


RECORDS = [with_notes, with_data, with_another_id, on_a_watchlist, seen, with_a_rejected_photo]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_somebody_with_records_is_retired_not_destroyed(
    record: Callable[[Person], None], client: APIClient, ada: Person
) -> None:
    record(ada)
    assert client.delete(f"{URL}/faces?subject=Ada").json() == {"deleted": 2}
    assert subjects(client) == []
    ada.refresh_from_db()
    assert ada.is_retired and not ada.photos.filter(state="enrolled").exists()
    # The name is free: it makes another person.
    assert client.post(f"{URL}/subjects", {"subject": "Ada"}, format="json").status_code == 201


def withdrawn(person: Person) -> None:
    withdraw_basis(basis=record_basis(person=person, purpose="the door", by=None), by=None)


def consenting(person: Person) -> None:
    record_basis(person=person, purpose="the door", by=None)


def never_recognised(person: Person) -> None:
    never_match(person=person, by=None)


@pytest.mark.parametrize("said", [withdrawn, consenting, never_recognised], ids=lambda said: said.__name__)
@pytest.mark.parametrize("asked", ["faces?subject=Ada", "faces"], ids=["theirs", "all"])
def test_whether_somebody_may_be_recognised_outlasts_their_faces(
    said: Callable[[Person], None], asked: str, client: APIClient, ada: Person
) -> None:
    """A client that deletes all faces and adds them again must not begin a record without refusals."""
    said(ada)
    before = Person.objects.matchable().filter(pk=ada.pk).exists()
    assert client.delete(f"{URL}/{asked}").status_code == 200
    assert subjects(client) == ["Ada"] and Person.objects.get() == ada
    assert Person.objects.matchable().filter(pk=ada.pk).exists() is before
    assert not ada.photos.filter(state="enrolled").exists()
    # A face that is added again is added to the same record.
    assert client.post(f"{URL}/subjects", {"subject": "Ada"}, format="json").status_code == 400


def test_whoever_may_delete_photos_only_leaves_the_subject(
    limited: Callable[..., APIClient], operator: User, ada: Person
) -> None:
    key = limited("write_people")
    operator.is_superuser = False
    operator.save()
    operator.user_permissions.set(Permission.objects.filter(codename__in=["delete_photo", "view_person"]))
    assert key.delete(f"{URL}/faces?subject=Ada").json() == {"deleted": 2}
    ada.refresh_from_db()
    assert not ada.is_retired and not ada.photos.exists()


@pytest.mark.parametrize("threshold", ["1.1", "-0.1", "nan", "x"])
def test_adding_a_face_refuses_a_threshold_that_is_no_share(client: APIClient, media: Path, threshold: str) -> None:
    answer = client.post(f"{URL}/faces?subject=Ada&det_prob_threshold={threshold}")
    assert (answer.status_code, answer.json()["code"]) == (400, 26) and "0.0 to 1.0" in answer.json()["message"]


@pytest.mark.integration
@pytest.mark.usefixtures("lookers", "media")
@pytest.mark.django_db(transaction=True)
def test_adding_a_face_uses_the_threshold(client: APIClient, face_file: Callable[[str], Any]) -> None:
    url = f"{URL}/faces?subject=Barack&det_prob_threshold="
    refused = client.post(url + "0.9999", {"file": face_file("obama.jpg")})
    assert (refused.status_code, refused.json()["code"]) == (400, 28) and not Person.objects.exists()
    assert client.post(url + "0.8", {"file": face_file("obama.jpg")}).status_code == 201
