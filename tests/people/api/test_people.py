"""People over the API."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from rest_framework.test import APIClient

from people.gallery.stored import current_version
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from people.records.watchlist import Watchlist
from tests.api import NOBODY, client_of, queries_of
from tests.people.api.conftest import held_for_review

URL = "/api/v1/people/"


def test_a_person_is_added_and_shown(as_operator: APIClient) -> None:
    made = as_operator.post(URL, {"name": " Grace Hopper ", "external_id": "", "notes": "visitor"}, format="json")
    assert made.status_code == 201
    shown = as_operator.get(f"{URL}{made.json()['id']}/").json()
    assert shown == made.json()
    assert (shown["name"], shown["external_id"], shown["photos_total"], shown["portrait_url"]) == (
        "Grace Hopper",
        None,
        0,
        None,
    )


def test_the_list_counts_photos_by_what_became_of_them(as_viewer: APIClient, photo: Photo) -> None:
    [person] = as_viewer.get(URL).json()["results"]
    assert (person["photos_total"], person["photos_waiting"], person["photos_enrolled"]) == (1, 1, 0)
    held_for_review(photo)
    [person] = as_viewer.get(URL).json()["results"]
    assert (person["photos_waiting"], person["photos_held"]) == (0, 1)


def test_a_persons_portrait_is_a_link_that_opens(as_viewer: APIClient, photo: Photo) -> None:
    Photo.objects.filter(pk=photo.pk).update(state="enrolled", crop=photo.image.name)
    [person] = as_viewer.get(URL).json()["results"]
    assert as_viewer.get(person["portrait_url"]).headers["Content-Type"] == "image/png"


def test_people_are_found_by_name_external_id_retirement_and_watchlist(as_viewer: APIClient, ada: Person) -> None:
    grace = Person.objects.create(name="Grace Hopper")
    guests = Watchlist.objects.create(name="Guests")
    guests.people.add(grace)
    grace.retired_at = grace.created_at
    grace.save()

    def names(**query: object) -> list[str]:
        return [person["name"] for person in as_viewer.get(URL, query).json()["results"]]

    assert names(search="lace") == names(external_id="A-1") == names(retired=False) == ["Ada Lovelace"]
    assert names(retired=True) == names(watchlist=guests.pk) == ["Grace Hopper"]
    assert names(search="nobody") == []
    assert names(search="HOPPER gra") == names(search="gràce") == ["Grace Hopper"]


def test_a_rename_raises_the_gallery_version(as_operator: APIClient, ada: Person) -> None:
    before = current_version()
    assert as_operator.patch(f"{URL}{ada.pk}/", {"name": "Ada King"}, format="json").json()["name"] == "Ada King"
    assert current_version() == before + 1


def test_retiring_and_restoring_are_shown_at_once(as_operator: APIClient, ada: Person) -> None:
    assert as_operator.post(f"{URL}{ada.pk}/retire/").json()["retired_at"] is not None
    assert as_operator.post(f"{URL}{ada.pk}/restore/").json()["retired_at"] is None


def test_whoever_may_only_change_people_cannot_retire_them(stranger: User, ada: Person) -> None:
    stranger.user_permissions.set(Permission.objects.filter(codename__in=["view_person", "change_person"]))
    client = client_of(stranger)
    assert client.patch(f"{URL}{ada.pk}/", {"notes": "seen"}, format="json").status_code == 200
    assert client.post(f"{URL}{ada.pk}/retire/").status_code == 403
    ada.refresh_from_db()
    assert not ada.is_retired


def test_deleting_a_person_removes_photos_and_stored_pictures(
    as_operator: APIClient, photo: Photo, media: Path, django_capture_on_commit_callbacks: object
) -> None:
    stored = media / photo.image.name
    assert stored.exists()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert as_operator.delete(f"{URL}{photo.person_id}/").status_code == 204
    assert not Person.objects.exists() and not Photo.objects.exists() and not stored.exists()


def test_an_external_id_belongs_to_one_person(as_operator: APIClient, ada: Person) -> None:
    answer = as_operator.post(URL, {"name": "Other", "external_id": "A-1"}, format="json")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == "external_id"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": None}, "name"),
        ({"name": 5.5e300}, "name"),
        ({"name": "x", "external_id": ["x"]}, "external_id"),
        ({"name": "x" * 201}, "name"),
        ({"name": "NUL \0"}, "name"),
        ({"name": "x", "notes": "x" * 10_001}, "notes"),
        ({"name": "x", "external_id": {"a": 1}}, "external_id"),
        ({"name": "x", "nmae": "y"}, "nmae"),
        ([], ""),
        ("text", ""),
        (None, ""),
        ({"name": "half a character \ud800"}, "name"),
    ],
)
def test_a_bad_person_is_refused_by_field(as_operator: APIClient, body: object, field: str) -> None:
    answer = as_operator.post(URL, json.dumps(body), content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == field
    assert not Person.objects.exists()


@pytest.mark.parametrize("query", ["search=%00", "watchlist=99999999999999999999", "watchlist=x", "retird=1", "x%00=1"])
def test_a_bad_filter_is_refused(as_operator: APIClient, query: str) -> None:
    assert as_operator.get(f"{URL}?{query}").status_code == 400


@pytest.mark.parametrize("query", ["search=%ff%fe", "external_id=%ed%a0%80", "search=%25_\\"])
def test_a_strange_filter_finds_nobody(as_operator: APIClient, query: str) -> None:
    assert as_operator.get(f"{URL}?{query}").status_code == 200


@pytest.mark.parametrize("key", ["x", "1", "%00", NOBODY, "0" * 5000, "%ff", "..", "a%2Fb"])
def test_an_unknown_person_is_not_found(as_operator: APIClient, key: str) -> None:
    answer = as_operator.get(f"{URL}{key}/")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "page",
    ["limit=0", "limit=501", "limit=-1", "limit=1e3", "limit=x", "offset=-1", "offset=99999999999999999999", "limit="],
)
def test_pages_outside_the_bounds_are_refused(as_operator: APIClient, page: str) -> None:
    assert as_operator.get(f"{URL}?{page}").status_code == 400


def test_pages_are_turned_by_links(as_operator: APIClient) -> None:
    Person.objects.bulk_create(Person(name=f"Person {number}") for number in range(3))
    first = as_operator.get(f"{URL}?limit=2").json()
    assert (first["count"], len(first["results"])) == (3, 2)
    assert [person["name"] for person in as_operator.get(first["next"]).json()["results"]] == ["Person 2"]


def test_encodings_are_nowhere_in_the_answers(as_operator: APIClient, photo: Photo) -> None:
    Encoding.objects.create(photo=photo, engine="e", vector=[0.123456] * 128, quality=1)
    Photo.objects.filter(pk=photo.pk).update(state="enrolled")
    for url in (URL, "/api/v1/photos/", f"/api/v1/photos/{photo.pk}/", "/api/v1/gallery/"):
        assert "0.12345" not in as_operator.get(url).content.decode()


def test_listing_people_takes_as_many_queries_for_many_as_for_one(as_viewer: APIClient, ada: Person) -> None:
    expected = queries_of(as_viewer, URL)
    for number in range(5):
        person = Person.objects.create(name=f"Person {number}")
        Photo.objects.create(person=person, image="photos/x", crop="crops/x.jpg", sha256=str(number), state="enrolled")
    assert queries_of(as_viewer, URL) == expected


@pytest.mark.parametrize(
    "query", ["external_id=", "watchlist=", "retired=", "retired=yes", "retired=null", "search=a&search=b", "search="]
)
def test_a_parameter_that_says_nothing_clear_never_lists_everybody(
    as_viewer: APIClient, ada: Person, query: str
) -> None:
    answer = as_viewer.get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == query.split("=")[0]


def test_the_form_of_the_browsable_page_may_send_empty_fields(client: Client, operator: User, ada: Person) -> None:
    client.force_login(operator)
    answer = client.get(f"{URL}?search=&external_id=&retired=&watchlist=", headers={"Accept": "text/html"})
    assert answer.status_code == 200 and "Ada" in answer.content.decode()


@pytest.mark.parametrize("field, value", [("name", 5), ("name", True), ("notes", 0), ("external_id", 1815)])
def test_a_json_value_of_another_type_is_refused_not_bent(as_operator: APIClient, field: str, value: object) -> None:
    answer = as_operator.post(URL, {"name": "Grace", field: value}, format="json")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == field
