"""Whom the API knows of: every address that names, shows or takes somebody, as one written table."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from rest_framework.test import APIClient

from facesite.api.docs import schema
from people.gallery.thresholds import DecisionThresholds
from people.recognition.engine.kinds import engine_key
from people.records.groups import PersonGroup
from people.records.person import Person
from people.records.watchlist import Watchlist
from tests.api import queries_of
from tests.people.conftest import picture
from tests.people.limits.conftest import Record

# What a limited caller is answered about somebody inside and outside of the limits; an unlimited one is answered
# about both as about somebody inside.
TABLE = """
                                      inside  outside
GET    /people/{person}/              200     404
PUT    /people/{person}/              200     404
PATCH  /people/{person}/              200     404
DELETE /people/{person}/              204     404
POST   /people/{person}/retire/       200     404
POST   /people/{person}/restore/      200     404
POST   /people/{person}/never-match/    200     404
POST   /people/{person}/allow-matching/ 200     404
POST   /people/{person}/merge/        200     404
POST   /people/{other}/merge/         200     400
GET    /photos/{photo}/               200     404
DELETE /photos/{photo}/               204     404
GET    /photos/{photo}/image/         200     404
GET    /photos/{photo}/crop/          200     404
GET    /photos/{photo}/links/         200     404
POST   /photos/{photo}/reject/        200     404
POST   /photos/{held}/choose-face/    400     404
POST   /photos/{held}/retry/          200     404
POST   /photos/{held}/confirm/        200     404
POST   /photos/{held}/move/           409     404
POST   /photos/                       201     400
POST   /watchlists/                   201     400
PATCH  /watchlists/{list}/            200     400
PUT    /watchlists/{list}/            200     400
POST   /verify/                       400     400
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]
LISTS = [
    "/people/",
    "/people/?search=e",
    "/people/?retired=false",
    "/people/?watchlist={list}",
    "/photos/",
    "/photos/?state=review",
    "/photos/?reason=looks_like_other",
    "/watchlists/",
    "/watchlists/{list}/",
]
LIMITED = ["limited user", "limited key", "key of a limited user"]


@pytest.fixture(autouse=True)
def other(staff: PersonGroup) -> Person:
    """A third person, inside."""
    person = Person.objects.create(name="Katherine Johnson")
    staff.people.add(person)
    return person


def body_of(method: str, path: str, person: str, other: str) -> tuple[dict[str, Any], str]:
    """What is sent, and as what."""
    match path:
        case "/people/{person}/merge/":
            return {"person": other}, "json"
        case "/people/{other}/merge/":
            return {"person": person}, "json"
        case "/photos/":
            return {"person": person, "images": [SimpleUploadedFile("a.jpg", picture(50))]}, "multipart"
        case "/verify/":
            return {"person": person, "image": SimpleUploadedFile("a.jpg", b"no picture")}, "multipart"
        case "/watchlists/" | "/watchlists/{list}/":
            return {"name": f"New {method}", "people": [person]}, "json"
        case "/photos/{held}/move/":
            return {"person": other}, "json"
        case "/photos/{held}/choose-face/":
            return {"face": 0}, "json"
        case _:
            return {"name": "Another"}, "json"


def answer_about(client: APIClient, row: list[str], record: Record, watchlist: Watchlist) -> Any:
    """Asked of `record`; nothing of it stays."""
    method, path = row[:2]
    other = Person.objects.get(name="Katherine Johnson").pk
    keys = {"person": record.person.pk, "photo": record.photo.pk, "held": record.held.pk, "list": watchlist.pk}
    keys["other"] = other
    body, kind = body_of(method, path, str(record.person.pk), str(other))
    with transaction.atomic():
        answer = getattr(client, method.lower())(
            f"/api/v1{path.format(**keys)}", body if method != "GET" else None, format=kind
        )
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("who", [*LIMITED, "unlimited"])
def test_the_table_holds(who: str, caller: APIClient, inside: Record, outside: Record, guests: Watchlist) -> None:
    wrong = []
    for row in ROWS:
        expected = [row[2], row[2] if who == "unlimited" else row[3]]
        found = [str(answer_about(caller, row, record, guests).status_code) for record in (inside, outside)]
        if found != expected:
            wrong.append((row[:2], found))
    assert not wrong


def test_the_table_names_every_operation_on_one_person_or_photo() -> None:
    paths = {path.removeprefix("/api/v1"): each for path, each in schema()["paths"].items()}
    offered = {
        (method.upper(), path)
        for path, each in paths.items()
        for method in each
        if path.startswith(("/people/{", "/photos/{"))
    }
    named = {(method, re.sub(r"{(person|other|photo|held)}", "{id}", path)) for method, path, *_ in ROWS}
    assert offered <= named


@pytest.mark.parametrize("who", LIMITED)
def test_a_link_to_a_picture_ends_with_the_limit(
    who: str, caller: APIClient, inside: Record, staff: PersonGroup
) -> None:
    link = caller.get(f"/api/v1/photos/{inside.photo.pk}/links/").json()["image"]
    assert APIClient().get(link).status_code == 200
    staff.people.remove(inside.person)
    assert APIClient().get(link).status_code == 404


@pytest.mark.parametrize("who", [*LIMITED, "unlimited"])
def test_what_the_thresholds_rest_on_is_told_to_those_who_see_the_whole_gallery(
    who: str, caller: APIClient, inside: Record
) -> None:
    DecisionThresholds.objects.create(engine=engine_key(), match=0.3, review=0.35, reason="Of 12 people.")
    told = caller.get("/api/v1/gallery/").json()["thresholds"]
    assert (told["match"], told["reason"]) == (0.3, "Of 12 people." if who == "unlimited" else "")


@pytest.mark.parametrize("who", LIMITED)
def test_somebody_outside_is_as_unknown_as_nobody(
    who: str, caller: APIClient, inside: Record, outside: Record, guests: Watchlist
) -> None:
    """The same refusal, word for word, as for an id that nobody has."""
    nobody = Record(Person(pk=uuid4()), type(inside.photo)(pk=uuid4()), type(inside.photo)(pk=uuid4()))
    for row in ROWS:
        hidden, unknown = (answer_about(caller, row, record, guests) for record in (outside, nobody))
        said = [
            answer.content.decode().replace(str(record.person.pk), "ID").split('"request_id"')[0]
            for answer, record in ((hidden, outside), (unknown, nobody))
        ]
        assert (said[0], hidden.status_code) == (said[1], unknown.status_code), row


@pytest.mark.parametrize("who", [*LIMITED, "unlimited"])
def test_lists_tell_of_those_who_exist_for_the_caller(
    who: str, caller: APIClient, inside: Record, outside: Record, guests: Watchlist
) -> None:
    for path in LISTS:
        answer = caller.get(f"/api/v1{path.format(list=guests.pk)}")
        text = answer.content.decode()
        assert answer.status_code == 200 and any(trace in text for trace in inside.traces), path
        assert any(trace in text for trace in outside.traces) == (who == "unlimited"), path


@pytest.mark.parametrize("who", [*LIMITED, "unlimited"])
def test_counts_are_of_those_who_exist_for_the_caller(
    who: str, caller: APIClient, outside: Record, guests: Watchlist
) -> None:
    people = 2 if who == "unlimited" else 1
    assert caller.get("/api/v1/people/").json()["count"] == people + 1  # Katherine, who has no photos
    assert caller.get("/api/v1/photos/").json()["count"] == 2 * people
    assert len(caller.get(f"/api/v1/watchlists/{guests.pk}/").json()["people"]) == people
    gallery = caller.get("/api/v1/gallery/").json()
    (share,) = gallery["engines"]
    assert (share["people"], share["encodings"]) == (people, people)
    assert gallery["photos_held"] == people


@pytest.mark.parametrize("who", LIMITED)
def test_filters_find_nothing_of_somebody_outside(
    who: str, caller: APIClient, outside: Record, guests: Watchlist
) -> None:
    Person.objects.filter(pk=outside.person.pk).update(external_id="G-1")
    key = outside.person.pk
    for path in (
        "/people/?external_id=G-1",
        "/people/?search=G-1",
        f"/photos/?person={key}",
        f"/watchlists/?person={key}",
    ):
        assert caller.get(f"/api/v1{path}").json()["count"] == 0, path


@pytest.mark.parametrize("who", [*LIMITED, "unlimited"])
def test_whom_a_held_photo_looks_like_is_told_to_those_who_may_know(
    who: str, caller: APIClient, inside: Record, outside: Record
) -> None:
    told = caller.get(f"/api/v1/photos/{inside.held.pk}/").json()["reason"]
    expected = str(outside.person.pk) if who == "unlimited" else None
    assert told["detail"] == {"person": expected, "distance": 0.31}
    listed = caller.get(f"/api/v1/photos/?person={inside.person.pk}").json()["results"]
    assert [each["reason"]["detail"]["person"] for each in listed if each["reason"]] == [expected]
    text = json.dumps(caller.post(f"/api/v1/photos/{inside.photo.pk}/reject/").json())
    assert str(outside.person.pk) not in text


@pytest.mark.parametrize("who", [*LIMITED, "unlimited"])
def test_a_photo_is_moved_to_somebody_who_exists_for_the_caller_alone(
    who: str, caller: APIClient, inside: Record, outside: Record
) -> None:
    url, body = f"/api/v1/photos/{inside.held.pk}/move/", {"person": str(outside.person.pk)}
    answer = caller.post(url, body, format="json")
    inside.held.refresh_from_db()
    if who == "unlimited":
        assert (answer.status_code, inside.held.person) == (200, outside.person)
    else:
        assert (answer.status_code, answer.json()["error"]["details"][0]["code"]) == (400, "does_not_exist")
        assert inside.held.person == inside.person


@pytest.mark.parametrize("who", [*LIMITED, "unlimited"])
def test_whom_a_limited_caller_adds_exists_for_them(who: str, caller: APIClient, staff: PersonGroup) -> None:
    made = caller.post("/api/v1/people/", {"name": "Katherine"}, format="json")
    assert made.status_code == 201
    assert caller.get(f"/api/v1/people/{made.json()['id']}/").status_code == 200
    assert staff.people.filter(name="Katherine").exists() == (who != "unlimited")


@pytest.mark.parametrize("who", LIMITED)
def test_members_out_of_sight_stay_on_their_watchlist(
    who: str, caller: APIClient, inside: Record, outside: Record, guests: Watchlist
) -> None:
    url = f"/api/v1/watchlists/{guests.pk}/"
    answer = caller.patch(url, {"people": []}, format="json")
    assert answer.json()["people"] == [] and list(guests.people.all()) == [outside.person]
    answer = caller.put(url, {"name": "Guests", "people": [str(inside.person.pk)]}, format="json")
    assert answer.json()["people"] == [str(inside.person.pk)] and guests.people.count() == 2
    assert caller.patch(url, {"name": "Visitors"}, format="json").json()["people"] == [str(inside.person.pk)]
    assert guests.people.count() == 2


@pytest.mark.parametrize("who", LIMITED)
def test_a_watchlist_with_members_out_of_sight_is_not_deleted(
    who: str, caller: APIClient, outside: Record, guests: Watchlist
) -> None:
    url = f"/api/v1/watchlists/{guests.pk}/"
    refused = caller.delete(url)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "hidden_members")
    guests.people.remove(outside.person)
    assert caller.delete(url).status_code == 204


@pytest.mark.parametrize("who", LIMITED)
def test_an_external_id_that_is_taken_out_of_sight_is_refused_without_saying_by_whom(
    who: str, caller: APIClient, outside: Record
) -> None:
    """An id in another system is one person's: that it is taken cannot be kept from whoever tries it."""
    Person.objects.filter(pk=outside.person.pk).update(external_id="G-1")
    refused = caller.post("/api/v1/people/", {"name": "Mine", "external_id": "G-1"}, format="json")
    assert refused.status_code == 400
    assert not any(trace in refused.content.decode() for trace in outside.traces)


@pytest.mark.parametrize("who", LIMITED)
@pytest.mark.parametrize("path", ["/people/", "/photos/", "/watchlists/", "/gallery/"])
def test_limits_cost_as_many_queries_for_many_people_as_for_one(
    who: str, path: str, caller: APIClient, guests: Watchlist, staff: PersonGroup, add: Any
) -> None:
    queries_of(caller, f"/api/v1{path}")  # the first use of a key is noted
    expected = queries_of(caller, f"/api/v1{path}")
    for number in range(5):
        person = Person.objects.create(name=f"Somebody {number}")
        staff.people.add(person)
        guests.people.add(person)
        add(person, 200 + number)
    assert queries_of(caller, f"/api/v1{path}") == expected
