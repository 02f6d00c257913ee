"""Photos that may show somebody else, as the API names and decides them, within rights and limits."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from rest_framework.test import APIClient

from people.imports.jobs import ImportEntry, ImportJob
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from people.records.states import ImportState
from tests.api import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def grace(db: None) -> Person:
    return Person.objects.create(name="Grace Hopper")


@pytest.fixture
def odd(photo: Photo, grace: Person) -> Photo:
    detail = {"person": str(grace.pk), "distance": 0.41}
    Photo.objects.filter(pk=photo.pk).update(state="review", reason="unlike_own", reason_detail=detail)
    photo.refresh_from_db()
    return photo


@pytest.fixture
def job(odd: Photo, operator: User) -> ImportJob:
    job = ImportJob.objects.create(
        size_bytes=1, entries_total=1, entries_seen=1, state=ImportState.DONE, finished_at=odd.created_at,
        created_by=operator,
    )  # fmt: skip
    ImportEntry.objects.create(job=job, number=0, path="x", person=odd.person, photo=odd, status="queued")
    return job


@pytest.fixture
def limited(stranger: User, odd: Photo) -> APIClient:
    rights = {"view_person", "view_photo", "add_person", "add_photo", "change_photo", "delete_photo"}
    stranger.user_permissions.set(Permission.objects.filter(codename__in=rights))
    group = PersonGroup.objects.create(name="North")
    group.people.add(odd.person)
    PersonLimit.objects.create(group=group, user=stranger)
    return client_of(stranger)


def told(client: APIClient, photo: Photo) -> Any:
    return client.get(f"/api/v1/photos/{photo.pk}/").json()["reason"]


def test_the_reason_names_whom_it_resembles_to_those_who_may_see_them(
    as_operator: APIClient, limited: APIClient, odd: Photo, grace: Person
) -> None:
    reason = told(as_operator, odd)
    assert reason["code"] == "unlike_own" and reason["detail"]["person"] == str(grace.pk)
    assert "unlike the other photos" in reason["message"]
    assert told(limited, odd)["detail"] == {"person": None}


def test_it_moves_to_anybody_whom_the_caller_may_see(
    as_operator: APIClient, limited: APIClient, odd: Photo, grace: Person
) -> None:
    mary = Person.objects.create(name="Mary")
    move = f"/api/v1/photos/{odd.pk}/move/"
    assert limited.post(move, {"person": grace.pk}, format="json").status_code == 400
    answer = as_operator.post(move, {"person": mary.pk}, format="json")
    assert (answer.status_code, answer.json()["person"], answer.json()["state"]) == (200, str(mary.pk), "pending")


def test_an_enrolled_photo_that_nothing_speaks_against_does_not_move(
    as_operator: APIClient, odd: Photo, grace: Person
) -> None:
    Photo.objects.filter(pk=odd.pk).update(state="enrolled", reason="")
    answer = as_operator.post(f"/api/v1/photos/{odd.pk}/move/", {"person": grace.pk}, format="json")
    assert answer.status_code == 409


def test_an_import_names_its_odd_photos(as_operator: APIClient, job: ImportJob, odd: Photo, grace: Person) -> None:
    (named,) = as_operator.get(f"/api/v1/imports/{job.pk}/").json()["odd"]
    assert named == {
        "photo": str(odd.pk),
        "person": str(odd.person_id),
        "name": "ada.png",
        "code": "unlike_own",
        "message": named["message"],
        "resembles": str(grace.pk),
    }


def test_an_import_names_nobody_beyond_the_limits_and_no_photos_without_the_right(
    limited: APIClient, stranger: User, job: ImportJob, odd: Photo
) -> None:
    ImportJob.objects.update(created_by=stranger)
    (named,) = limited.get(f"/api/v1/imports/{job.pk}/").json()["odd"]
    assert named["resembles"] is None
    stranger.user_permissions.remove(Permission.objects.get(codename="view_photo"))
    assert client_of(User.objects.get(pk=stranger.pk)).get(f"/api/v1/imports/{job.pk}/").json()["odd"] == []
    PersonGroup.people.through.objects.all().delete()
    stranger.user_permissions.add(Permission.objects.get(codename="view_photo"))
    assert client_of(User.objects.get(pk=stranger.pk)).get(f"/api/v1/imports/{job.pk}/").json()["odd"] == []


def test_an_import_is_over_only_after_the_second_look(as_operator: APIClient, job: ImportJob, odd: Photo) -> None:
    from people.imports.progress import Progress

    assert Progress.of(job, None).is_over
    Photo.objects.filter(pk=odd.pk).update(state="enrolled", reason="", second_look=True)
    assert not Progress.of(job, None).is_over
