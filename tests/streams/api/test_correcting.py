"""Corrections and the ledger over the API: what is taken, what it answers, and how it refuses."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from people.records.person import Person
from streams.api.newest_first import Place
from streams.correcting import restoring, undoing
from streams.correcting.working import work_on_next
from streams.records.camera import Camera
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from tests.api import client_of
from tests.streams.seen import seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


def correct(client: APIClient, sighting: Sighting, **says: Any) -> Any:
    body = {name.rstrip("_"): value for name, value in says.items()}
    return client.post(f"/api/v1/sightings/{sighting.pk}/correct/", body, format="json")


def test_a_correction_answers_with_the_sighting_as_it_is_now(as_operator: APIClient, hall: Camera, ada: Person) -> None:
    grace = Person.objects.create(name="Grace")
    said = correct(as_operator, seen(hall, ada), is_=str(grace.pk)).json()
    assert said["person"] == {"id": str(grace.pk), "name": "Grace"}
    assert said["machine"] == {"verdict": "match", "person": {"id": str(ada.pk), "name": "Ada"}}
    assert said["edited"] == "corrected by operator"
    assert said["explanation"] == "Corrected by operator. The camera says: Ada."
    assert said["edit"] == IdentityEdit.objects.get().pk
    assert IdentityEdit.objects.get().page == f"/api/v1/sightings/{said['id']}/correct/"


def test_it_is_not_somebody_and_it_is_no_face(as_operator: APIClient, hall: Camera, ada: Person) -> None:
    rejected = correct(as_operator, seen(hall, ada), is_not=str(ada.pk)).json()
    assert (rejected["verdict"], rejected["person"], rejected["no_face"]) == ("unknown", None, False)
    nothing = correct(as_operator, seen(hall, ada), no_face=True).json()
    assert (nothing["verdict"], nothing["no_face"]) == ("unknown", True)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"is": str(uuid4()), "no_face": True},
        {"no_face": False},
        {"no_face": "yes"},
        {"is": None},
        {"is": "Ada"},
        {"who": "Ada"},
        {"no_face": True, "edit": "1"},
        {"is": str(uuid4())},
    ],
)
def test_what_says_nothing_clear_is_refused(as_operator: APIClient, hall: Camera, body: dict[str, Any]) -> None:
    answer = as_operator.post(f"/api/v1/sightings/{seen(hall).pk}/correct/", body, format="json")
    assert answer.status_code == 400 and answer.json()["error"]["message"]
    assert not IdentityEdit.objects.exists()


def test_conflicts_say_what_is_in_the_way(as_operator: APIClient, hall: Camera, ada: Person) -> None:
    sighting = seen(hall, ada)
    retired = Person.objects.create(name="Grace", retired_at="2026-01-01T00:00Z")
    for says, code in (({"is_": str(retired.pk)}, "retired"), ({"is_not": str(retired.pk)}, "not_said")):
        refused = correct(as_operator, sighting, **says)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, code)
    correct(as_operator, sighting, no_face=True, edit=None)
    late = correct(as_operator, sighting, is_=str(ada.pk), edit=None)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "edited_meanwhile")
    assert "corrected by operator: no face" in late.json()["error"]["message"]


def test_the_ledger_says_who_said_what_of_whom(as_operator: APIClient, hall: Camera, ada: Person) -> None:
    sighting = seen(hall, ada)
    correct(as_operator, sighting, is_not=str(ada.pk))
    (row,) = as_operator.get(f"/api/v1/edits/?kind=is_not&person={ada.pk}&sighting={sighting.pk}").json()["results"]
    assert (row["who"], row["said"], row["person"]["name"]) == ("operator", "It is not Ada", "Ada")
    assert (row["sighting"], row["changed"], row["state"], row["why_not"]) == (str(sighting.pk), 1, "done", "")
    assert as_operator.get(f"/api/v1/edits/{row['id']}/").json() == row
    assert not as_operator.get("/api/v1/edits/?kind=is").json()["results"]


def test_the_ledger_asks_the_same_for_one_edit_and_for_many(as_operator: APIClient, hall: Camera, ada: Person) -> None:
    counts = []
    for number in (1, 6):
        for _ in range(number):
            correct(as_operator, seen(hall, ada), is_not=str(ada.pk))
        with CaptureQueriesContext(connection) as captured:
            as_operator.get("/api/v1/edits/")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 10


def test_the_ledger_has_pages_that_join_without_a_gap(as_operator: APIClient, hall: Camera, ada: Person) -> None:
    for _ in range(5):
        correct(as_operator, seen(hall, ada), is_not=str(ada.pk))
    pages, url = [], "/api/v1/edits/?limit=2"
    while url:
        page = as_operator.get(url).json()
        pages.append([row["id"] for row in page["results"]])
        url = page["next"]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [pk for page in pages for pk in page] == list(IdentityEdit.objects.values_list("pk", flat=True))
    previous = as_operator.get(page["previous"]).json()["results"]
    assert [row["id"] for row in previous] == pages[1]


def test_a_place_that_the_ledger_never_gave_out_is_not_found(as_operator: APIClient) -> None:
    of_sightings = str(Place(older=True, at=timezone.now(), id=uuid4()))
    for cursor in ("nonsense", of_sightings):
        assert as_operator.get("/api/v1/edits/", {"cursor": cursor}).status_code == 404


def test_an_undo_answers_with_its_own_row_and_is_refused_twice(
    as_operator: APIClient, hall: Camera, ada: Person
) -> None:
    sighting = seen(hall, ada)
    edit = correct(as_operator, sighting, no_face=True).json()["edit"]
    undone = as_operator.post(f"/api/v1/edits/{edit}/undo/")
    assert (undone.status_code, undone.json()["undoes"]) == (200, edit)
    assert undone.json()["said"] == "Undone: “It is no face”"
    assert as_operator.get(f"/api/v1/edits/{edit}/").json()["undone_by"] == undone.json()["id"]
    again = as_operator.post(f"/api/v1/edits/{edit}/undo/")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "cannot_undo")
    undo_of_undo = as_operator.post(f"/api/v1/edits/{undone.json()['id']}/undo/")
    assert (undo_of_undo.status_code, undo_of_undo.json()["error"]["code"]) == (409, "cannot_undo")
    assert Sighting.objects.get().person == ada


def test_a_long_undo_is_accepted_and_goes_on_without_the_request(
    as_operator: APIClient, hall: Camera, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = correct(as_operator, seen(hall, ada), no_face=True).json()["edit"]
    monkeypatch.setattr(undoing, "BATCH", 0)
    accepted = as_operator.post(f"/api/v1/edits/{edit}/undo/")
    assert (accepted.status_code, accepted.json()["state"]) == (202, "working")
    monkeypatch.setattr(restoring, "BATCH", 5)
    assert work_on_next()
    assert as_operator.get(f"/api/v1/edits/{accepted.json()['id']}/").json()["state"] == "done"


def test_whoever_may_only_read_the_ledger_undoes_nothing(viewer: User, as_operator: APIClient, hall: Camera) -> None:
    edit = correct(as_operator, seen(hall), no_face=True).json()["edit"]
    answer = client_of(viewer).post(f"/api/v1/edits/{edit}/undo/")
    assert answer.status_code == 403 and "right" in answer.json()["error"]["message"]
    viewer.user_permissions.add(Permission.objects.get(codename="correct_sighting"))
    assert client_of(User.objects.get(pk=viewer.pk)).post(f"/api/v1/edits/{edit}/undo/").status_code == 200


def test_names_beyond_ones_limits_stand_in_no_edit(as_operator: APIClient, hall: Camera, ada: Person) -> None:
    correct(as_operator, seen(hall, ada), is_not=str(ada.pk))
    ada.delete()
    (row,) = as_operator.get("/api/v1/edits/").json()["results"]
    assert (row["person"], row["said"]) == (None, "It is not somebody who was deleted")
