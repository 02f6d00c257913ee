"""Strangers over the API: what is shown and to whom, and each edit with what it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from people.records.person import Person
from people.records.photo import Photo
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.sighting import Sighting
from streams.records.stranger import Stranger
from tests.api import client_of
from tests.streams.limited import World, fresh
from tests.streams.strangers.conftest import Seen
from tests.streams.strangers.passers_by import joined, passer_by

URL = "/api/v1/strangers/"


def of(stranger: Stranger, what: str = "") -> str:
    return f"{URL}{stranger.pk}/" + (f"{what}/" if what else "")


def numbers(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [each["number"] for each in answer.json()["results"]]


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_stranger_is_shown_with_cameras_and_times(as_viewer: APIClient, seen_twice: Seen, hall: Camera) -> None:
    stranger = seen_twice()
    (row,) = as_viewer.get(URL).json()["results"]
    assert (row["id"], row["number"], row["state"], row["times"]) == (str(stranger.pk), stranger.number, "open", 2)
    assert row["cameras"] == [{"slug": "hall", "name": "Hall"}]
    assert row["page_url"].endswith(f"/strangers/{stranger.number}/") and row["snapshot_url"]
    assert as_viewer.get(of(stranger)).json() == row


def test_the_list_is_filtered_and_paged(as_viewer: APIClient, seen_twice: Seen, camera: Camera) -> None:
    one, two = seen_twice(1), seen_twice(2, camera, camera)
    assert numbers(as_viewer.get(URL, {"camera": "door"})) == [two.number]
    assert numbers(as_viewer.get(URL, {"number": one.number})) == [one.number]
    assert numbers(as_viewer.get(URL, {"seen_after": "2027-01-01T00:00:00Z"})) == []
    assert numbers(as_viewer.get(URL, {"state": "ignored"})) == []
    first = as_viewer.get(URL, {"limit": 1})
    assert (
        numbers(first) + numbers(as_viewer.get(first.json()["next"])) in ([1, 2], [2, 1])
        or len({*numbers(first), *numbers(as_viewer.get(first.json()["next"]))}) == 2
    )


@pytest.mark.parametrize(
    "query", [{"camera": "x"}, {"state": "gone"}, {"number": "0"}, {"seen_after": "x"}, {"a": "1"}]
)
def test_a_filter_that_means_nothing_is_refused(as_viewer: APIClient, query: dict[str, str], db: None) -> None:
    assert as_viewer.get(URL, query).status_code == 400


def test_ten_rows_cost_no_more_queries_than_one(as_viewer: APIClient, hall: Camera) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_viewer.get(URL)
        return len(captured)

    passer_by(hall, 0), passer_by(hall, 0)
    joined()
    as_viewer.get(URL)
    with_one = queries()
    for face in range(1, 10):
        passer_by(hall, face), passer_by(hall, face)
    joined()
    assert queries() == with_one


def test_naming_answers_with_person_photos_and_edit(
    as_operator: APIClient, seen_twice: Seen, pictured: Callable[[Sighting], Detection]
) -> None:
    stranger = seen_twice()
    picture = pictured(Sighting.objects.all()[0])
    answer = as_operator.post(of(stranger, "name"), {"name": "Ann", "pictures": [str(picture.pk)]}, format="json")
    assert answer.status_code == 200, answer.content
    said, ann = answer.json(), Person.objects.get(name="Ann")
    assert (said["person"], said["stranger"]["state"]) == (str(ann.pk), "named")
    assert said["stranger"]["person"] == {"id": str(ann.pk), "name": "Ann"}
    assert said["photos"] == [str(Photo.objects.get().pk)]
    undone = as_operator.post(f"/api/v1/edits/{said['edit']}/undo/")
    assert undone.status_code == 200
    assert as_operator.get(of(stranger)).json()["state"] == "open"


def test_a_name_that_is_taken_is_asked_about(as_operator: APIClient, seen_twice: Seen) -> None:
    stranger = seen_twice()
    Person.objects.create(name="Ann")
    assert code(as_operator.post(of(stranger, "name"), {"name": "Ann"}, format="json")) == (409, "name_taken")
    again = {"name": "Ann", "same_name": True}
    assert as_operator.post(of(stranger, "name"), again, format="json").status_code == 200


def test_it_is_somebody_joined_different_split_ignored_and_forgotten(as_operator: APIClient, seen_twice: Seen) -> None:
    def post(whom: Stranger, what: str, **body: Any) -> Any:
        answer = as_operator.post(of(whom, what), body, format="json")
        assert answer.status_code == 200, answer.content
        return answer.json()

    ann = Person.objects.create(name="Ann")
    one, two, three = (seen_twice(face) for face in (1, 2, 3))
    assert post(one, "is", person=str(ann.pk))["stranger"]["person"]["name"] == "Ann"
    assert post(two, "different", stranger=str(three.pk))["stranger"]["state"] == "open"
    assert post(three, "ignore")["stranger"]["state"] == "ignored"
    assert post(three, "unignore")["stranger"]["state"] == "open"
    chosen = Sighting.objects.filter(stranger=three)[0]
    split = post(three, "split", sightings=[str(chosen.pk)])
    assert Stranger.objects.get(pk=split["other_stranger"]).sightings == split["stranger"]["times"] == 1
    post(two, "join", stranger=str(three.pk))
    assert as_operator.get(URL, {"number": two.number}).json()["results"] == []
    assert post(three, "forget")["stranger"] is None


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("name", {}),
        ("name", {"name": ""}),
        ("name", {"name": "Ann", "pictures": ["x"]}),
        ("name", {"name": "Ann", "pictures": [str(uuid4())] * 11}),
        ("name", {"name": "a\0b"}),
        ("is", {"person": "x"}),
        ("is", {}),
        ("join", {"stranger": "x"}),
        ("join", {"other": str(uuid4())}),
        ("split", {"sightings": []}),
        ("split", {"sightings": [str(uuid4())]}),
    ],
)
def test_a_bad_body_is_refused(as_operator: APIClient, seen_twice: Seen, what: str, body: dict[str, Any]) -> None:
    answer = as_operator.post(of(seen_twice(), what), body, format="json")
    assert answer.status_code == 400, answer.content
    assert not Person.objects.exists()


def test_the_same_gone_and_named_are_told_apart(as_operator: APIClient, seen_twice: Seen) -> None:
    one, two = seen_twice(1), seen_twice(2)
    join = {"stranger": str(one.pk)}
    assert code(as_operator.post(of(one, "join"), join, format="json")) == (400, "same_stranger")
    assert code(as_operator.post(of(one, "join"), {"stranger": str(uuid4())}, format="json")) == (409, "stranger_gone")
    as_operator.post(of(one, "name"), {"name": "Ann"}, format="json")
    assert code(as_operator.post(of(two, "join"), join, format="json")) == (409, "stranger_changed")
    Sighting.objects.filter(stranger=two).delete()
    assert code(as_operator.post(of(two, "name"), {"name": "Bea"}, format="json")) == (409, "stranger_gone")
    assert as_operator.get(f"{URL}{uuid4()}/").status_code == 404


def may(user: User, *rights: str) -> APIClient:
    user.is_superuser = False
    user.save()
    wanted = ("view_stranger", "edit_strangers", *rights)
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    return client_of(fresh(user))


def test_pictures_for_somebody_enrolled_need_the_right_to_add_photos(operator: User, seen_twice: Seen) -> None:
    stranger, ada = seen_twice(), Person.objects.create(name="Ada")
    body = {"person": str(ada.pk), "pictures": [str(Detection.objects.all()[0].pk)]}
    assert may(operator).post(of(stranger, "is"), body, format="json").status_code == 403
    assert may(operator).post(of(stranger, "is"), {"person": str(ada.pk)}, format="json").status_code == 200


def test_a_new_person_needs_the_right_to_name_strangers_and_no_other(
    operator: User, seen_twice: Seen, pictured: Callable[[Sighting], Detection]
) -> None:
    stranger = seen_twice()
    picture = pictured(Sighting.objects.filter(stranger=stranger)[0])
    body = {"name": "Ann", "pictures": [str(picture.pk)]}
    assert may(operator, "add_person", "add_photo").post(of(stranger, "name"), body, format="json").status_code == 403
    assert not Person.objects.exists()
    answer = may(operator, "name_stranger").post(of(stranger, "name"), body, format="json")
    assert (answer.status_code, len(answer.json()["photos"])) == (200, 1)


def test_a_limited_caller_sees_and_joins_their_part_alone(operator: User, seen_twice: Seen) -> None:
    world = World.made()
    Sighting.objects.all().delete()
    operator.is_superuser = False
    operator.save()
    operator.user_permissions.set(Permission.objects.all())
    world.limit_cameras(operator)
    mixed, hidden = seen_twice(1, world.hall, world.vault), seen_twice(2, world.vault, world.vault)
    client = client_of(fresh(operator))
    (row,) = client.get(URL).json()["results"]
    assert (row["id"], row["times"], [each["slug"] for each in row["cameras"]]) == (str(mixed.pk), 1, ["hall"])
    assert client.post(of(hidden, "forget")).status_code == 404
    refused = client.post(of(mixed, "join"), {"stranger": str(hidden.pk)}, format="json")
    assert code(refused) == (409, "stranger_gone")
