"""The schedule over the API: read and changed with scopes of its own, refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.records.groups import PersonGroup, PersonLimit
from people.records.keeping_term import KeptKind, days_kept
from streams.records.camera import Camera
from streams.records.camera_keeping import CameraKeeping
from streams.records.groups import CameraGroup, CameraLimit
from tests.api import client_of
from tests.streams.keeping.test_enforcing import a_seen

pytestmark = pytest.mark.django_db
URL = "/api/v1/keeping/"
SHORTER = {"terms": [{"kind": "sightings_strangers", "days": 30}]}


def with_key(operator: User, *scopes: Scope) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=make_key(name="officer", scopes=list(scopes), by=operator)[1])
    return client


def test_it_shows_the_whole_schedule(as_operator: APIClient, hall: Camera) -> None:
    CameraKeeping.objects.create(camera=hall, footage_days=7)
    shown = as_operator.get(URL).json()
    assert [term["kind"] for term in shown["terms"]] == list(KeptKind)
    assert shown["cameras"] == [{"camera": "hall", "named_days": None, "strangers_days": None, "footage_days": 7}]
    assert shown["notice"] == {"place": "", "contact": "", "names_cameras": False}


def test_one_scope_reads_and_the_other_changes(operator: User) -> None:
    reads, writes = with_key(operator, Scope.READ_KEEPING), with_key(operator, Scope.MANAGE_KEEPING)
    assert (reads.get(URL).status_code, reads.patch(URL, {}, format="json").status_code) == (200, 403)
    assert (writes.get(URL).status_code, writes.patch(URL, {}, format="json").status_code) == (200, 200)
    assert with_key(operator, Scope.MANAGE_CAMERAS).get(URL).status_code == 403


def test_what_shortens_needs_a_yes(as_operator: APIClient, hall: Camera) -> None:
    a_seen(hall, 31)
    refused = as_operator.patch(URL, SHORTER, format="json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_confirmed")
    assert "Sightings of strangers: 1" in refused.json()["error"]["message"]
    assert days_kept(KeptKind.SIGHTINGS_STRANGERS) is None
    assert as_operator.patch(URL, {**SHORTER, "confirmed": True}, format="json").status_code == 200
    assert days_kept(KeptKind.SIGHTINGS_STRANGERS) == 30


def test_a_camera_gets_days_of_its_own_and_loses_them(as_operator: APIClient, hall: Camera) -> None:
    said = {"cameras": [{"camera": "hall", "strangers_days": 9}], "confirmed": True}
    assert as_operator.patch(URL, said, format="json").json()["cameras"][0]["strangers_days"] == 9
    assert as_operator.patch(URL, {"cameras": [{"camera": "hall"}]}, format="json").json()["cameras"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"terms": [{"kind": "cats", "days": 1}]},
        {"terms": [{"kind": "cases", "days": None}], "confirmed": True},
        {"terms": [{"kind": "alerts", "days": 0}], "confirmed": True},
        {"terms": [{"kind": "alerts", "days": "soon"}]},
        {"terms": [{"kind": "alerts", "purpose": " "}]},
        {"terms": {"kind": "alerts"}},
        {"cameras": [{"camera": "nowhere", "named_days": 1}]},
        {"notice": {"contact": 7}},
        {"notice": {"phone": "1"}},
        {"kinds": []},
        [],
    ],
)
def test_bad_input_is_refused_with_a_sentence(as_operator: APIClient, wrong: Any) -> None:
    answer = as_operator.patch(URL, wrong, format="json")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_whoever_sees_only_some_groups_does_not_see_it(viewer: User) -> None:
    assert client_of(viewer).get(URL).status_code == 200
    group = CameraGroup.objects.create(name="Yard")
    limit = CameraLimit.objects.create(user=viewer, group=group)
    assert client_of(viewer).get(URL).status_code == 403
    limit.delete()
    PersonLimit.objects.create(user=viewer, group=PersonGroup.objects.create(name="Staff"))
    assert client_of(viewer).get(URL).status_code == 403
