"""Merging over the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from tests.api import NOBODY, client_of

URL = "/api/v1/people/"


@pytest.fixture
def twin(db: None) -> Person:
    return Person.objects.create(name="A. Lovelace", notes="from the other system")


def test_the_kept_person_is_shown_and_the_other_is_gone(as_operator: APIClient, ada: Person, twin: Person) -> None:
    for _ in range(2):  # asked again it is the same answer
        answer = as_operator.post(f"{URL}{ada.pk}/merge/", {"person": str(twin.pk)}, format="json")
        assert answer.status_code == 200
        assert (answer.json()["id"], answer.json()["notes"]) == (str(ada.pk), "from the other system")
        assert answer.headers["ETag"] == as_operator.get(f"{URL}{ada.pk}/").headers["ETag"]
    assert as_operator.get(f"{URL}{twin.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "required"),
        ({"person": "x"}, "invalid"),
        ({"person": None}, "null"),
        ({"person": ["x"]}, "invalid"),
        ({"person": str(uuid4())}, "does_not_exist"),
        ({"other": str(uuid4())}, "invalid"),
    ],
)
def test_a_merge_with_nobody_is_refused(as_operator: APIClient, ada: Person, body: dict[str, Any], code: str) -> None:
    answer = as_operator.post(f"{URL}{ada.pk}/merge/", body, format="json")
    assert (answer.status_code, answer.json()["error"]["details"][0]["code"]) == (400, code)


def test_nobody_is_merged_with_themselves(as_operator: APIClient, ada: Person) -> None:
    answer = as_operator.post(f"{URL}{ada.pk}/merge/", {"person": str(ada.pk)}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "same_person")


@pytest.mark.parametrize("key", ["x", "%00", "0", NOBODY])
def test_merging_into_nobody_is_not_found(as_operator: APIClient, twin: Person, key: str) -> None:
    assert as_operator.post(f"{URL}{key}/merge/", {"person": str(twin.pk)}, format="json").status_code == 404
    assert Person.objects.filter(pk=twin.pk).exists()


def test_a_merge_into_somebody_who_changed_meanwhile_is_refused(
    as_operator: APIClient, ada: Person, twin: Person
) -> None:
    seen = as_operator.get(f"{URL}{ada.pk}/").headers["ETag"]
    Person.objects.filter(pk=ada.pk).update(notes="not the same person!")
    body = {"person": str(twin.pk)}
    answer = as_operator.post(f"{URL}{ada.pk}/merge/", body, format="json", headers={"If-Match": seen})
    assert answer.status_code == 412
    assert Person.objects.count() == 2


@pytest.mark.parametrize("lacking", ["change_person", "delete_person"])
def test_merging_asks_for_the_right_to_change_and_to_delete(
    stranger: User, ada: Person, twin: Person, lacking: str
) -> None:
    rights = {"view_person", "change_person", "delete_person"} - {lacking}
    stranger.user_permissions.set(Permission.objects.filter(codename__in=rights))
    answer = client_of(stranger).post(f"{URL}{ada.pk}/merge/", {"person": str(twin.pk)}, format="json")
    assert answer.status_code == 403


def test_somebody_beyond_ones_limits_is_not_to_be_merged(stranger: User, ada: Person, twin: Person) -> None:
    north = PersonGroup.objects.create(name="North")
    north.people.add(ada)
    PersonLimit.objects.create(group=north, user=stranger)
    stranger.user_permissions.set(
        Permission.objects.filter(codename__in=["view_person", "change_person", "delete_person"])
    )
    client = client_of(stranger)
    answer = client.post(f"{URL}{ada.pk}/merge/", {"person": str(twin.pk)}, format="json")
    assert (answer.status_code, answer.json()["error"]["details"][0]["code"]) == (400, "does_not_exist")
    assert client.post(f"{URL}{twin.pk}/merge/", {"person": str(ada.pk)}, format="json").status_code == 404
    assert Person.objects.count() == 2


# What the merge of such two people asks for beside the rights to change and to delete people.
RETIRING = """
kept      merged    without  with-the-right-to-retire
active    active    200      200
active    retired   403      200
retired   active    403      200
retired   retired   200      200
"""


@pytest.mark.parametrize("row", [line.split() for line in RETIRING.strip().splitlines()[1:]])
def test_merging_the_retired_with_the_active_asks_for_the_right_to_retire(
    stranger: User, ada: Person, twin: Person, row: list[str]
) -> None:
    """Either way it decides over who is recognised."""
    for person, state in ((ada, row[0]), (twin, row[1])):
        Person.objects.filter(pk=person.pk).update(retired_at=timezone.now() if state == "retired" else None)
    rights = {"view_person", "change_person", "delete_person"}
    for more, expected in ((set(), row[2]), ({"retire_person"}, row[3])):
        stranger.user_permissions.set(Permission.objects.filter(codename__in=rights | more))
        client = client_of(User.objects.get(pk=stranger.pk))
        with transaction.atomic():
            answer = client.post(f"{URL}{ada.pk}/merge/", {"person": str(twin.pk)}, format="json")
            transaction.set_rollback(True)
        assert str(answer.status_code) == expected
        assert answer.status_code == 200 or answer.json()["error"]["code"] == "may_not_retire"
