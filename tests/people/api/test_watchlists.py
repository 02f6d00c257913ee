"""Watchlists over the API."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from rest_framework.test import APIClient

from people.records.person import Person
from people.records.watchlist import Watchlist
from tests.api import client_of, queries_of

URL = "/api/v1/watchlists/"


def test_a_watchlist_is_made_changed_and_deleted(as_operator: APIClient, ada: Person) -> None:
    made = as_operator.post(URL, {"name": "Guests", "people": [str(ada.pk)]}, format="json")
    assert (made.status_code, made.json()["people"]) == (201, [str(ada.pk)])
    url = f"{URL}{made.json()['id']}/"
    assert as_operator.patch(url, {"description": "Expected"}, format="json").json()["people"] == [str(ada.pk)]
    assert as_operator.patch(url, {"people": []}, format="json").json()["people"] == []
    assert as_operator.delete(url).status_code == 204
    assert Person.objects.filter(pk=ada.pk).exists()


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Guests"},
        {"name": "x", "people": "all"},
        {"name": "x", "people": [str(uuid4())]},
        {"name": "x", "people": [None]},
        {"name": "x", "people": {"a": 1}},
        {"name": "x\0"},
        {"people": []},
        {"name": "x", "members": []},
    ],
)
def test_a_bad_watchlist_is_refused(as_operator: APIClient, body: object, db: None) -> None:
    Watchlist.objects.create(name="Guests")
    assert as_operator.post(URL, body, format="json").status_code == 400
    assert Watchlist.objects.count() == 1


@pytest.mark.parametrize("key", ["0", "x", "9" * 30, "9" * 5000, "-1", "%00"])
def test_an_unknown_watchlist_is_not_found(as_operator: APIClient, key: str) -> None:
    assert as_operator.get(f"{URL}{key}/").status_code == 404


def test_members_are_not_to_be_guessed_without_the_right_to_see_watchlists(stranger: User, ada: Person) -> None:
    guests = Watchlist.objects.create(name="Guests")
    guests.people.add(ada)
    stranger.user_permissions.set(Permission.objects.filter(codename="view_person"))
    answer = client_of(stranger).get("/api/v1/people/", {"watchlist": guests.pk})
    assert answer.status_code == 400


def test_lists_are_found_by_a_member(as_viewer: APIClient, ada: Person) -> None:
    Watchlist.objects.create(name="Others")
    Watchlist.objects.create(name="Guests").people.add(ada)
    assert [each["name"] for each in as_viewer.get(URL, {"person": ada.pk}).json()["results"]] == ["Guests"]


def test_listing_watchlists_takes_as_many_queries_for_many_as_for_one(as_viewer: APIClient, ada: Person) -> None:
    Watchlist.objects.create(name="0").people.add(ada)
    expected = queries_of(as_viewer, URL)
    for number in range(1, 5):
        Watchlist.objects.create(name=str(number)).people.add(ada)
    assert queries_of(as_viewer, URL) == expected
