"""Sightings over the API."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from rest_framework.test import APIClient

from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from tests.api import client_of, queries_of
from tests.streams.seen import NOON, seen

URL = "/api/v1/sightings/"


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada Lovelace")


def test_a_sighting_says_who_where_when_and_why(as_viewer: APIClient, camera: Camera, ada: Person) -> None:
    sighting = seen(camera, ada)
    shown = as_viewer.get(f"{URL}{sighting.pk}/").json()
    assert shown["camera"] == {"slug": "door", "name": "Door"}
    assert shown["person"] == {"id": str(ada.pk), "name": "Ada Lovelace"}
    assert (shown["verdict"], shown["distance"], shown["match_threshold"]) == ("match", 0.3, 0.5)
    assert "0.30" in shown["explanation"]
    assert shown["snapshot_url"].endswith(f"/api/v1/detections/{sighting.detections.get().pk}/snapshot/")
    assert shown["page_url"].endswith(f"/sightings/{sighting.pk}/")


def test_an_infinite_margin_is_told_as_null(as_viewer: APIClient, camera: Camera, ada: Person) -> None:
    seen(camera, ada, margin=float("inf"))
    [shown] = as_viewer.get(URL).json()["results"]
    assert shown["margin"] is None


def test_sightings_are_found_by_camera_person_verdict_watchlist_and_time(
    as_viewer: APIClient, camera: Camera, ada: Person
) -> None:
    yard = Camera.objects.create(name="Yard", slug="yard", source="0")
    guests = Watchlist.objects.create(name="Guests")
    guests.people.add(ada)
    known, unknown = seen(camera, ada), seen(yard, at=NOON + timedelta(hours=1), ended_at=NOON + timedelta(hours=2))

    def found(**query: object) -> set[str]:
        return {row["id"] for row in as_viewer.get(URL, query).json()["results"]}

    of_ada, of_stranger = {str(known.pk)}, {str(unknown.pk)}
    assert found(camera="door") == found(person=ada.pk) == found(watchlist=guests.pk) == of_ada
    assert found(verdict="match") == found(open=True) == found(closer_than=0.5) == of_ada
    assert found(seen_before="2026-11-23T12:30:00Z") == of_ada
    assert found(verdict="unknown") == found(seen_after="2026-11-23T12:30:00Z") == found(open=False) == of_stranger
    assert found(verdict=["match", "unknown"]) == of_ada | of_stranger
    assert found(person=uuid4()) == set()


def test_a_sighting_counts_for_every_moment_of_it(as_viewer: APIClient, camera: Camera) -> None:
    seen(camera)  # from 12:00 to 12:01
    during = {"seen_after": "2026-11-23T12:00:30Z", "seen_before": "2026-11-23T12:00:31Z"}
    assert len(as_viewer.get(URL, during).json()["results"]) == 1


def test_pages_neither_repeat_nor_miss_sightings_of_the_same_moment(as_viewer: APIClient, camera: Camera) -> None:
    expected = {str(seen(camera).pk) for _ in range(7)}
    url, pages = f"{URL}?limit=2", []
    while url:
        page = as_viewer.get(url).json()
        pages += [row["id"] for row in page["results"]]
        url = page["next"]
        seen(camera, at=NOON + timedelta(hours=1))  # arrives while somebody turns pages
    assert len(pages) == 7
    assert set(pages) == expected


def test_pages_lead_back_to_where_one_came_from(as_viewer: APIClient, camera: Camera) -> None:
    for minute in range(5):
        seen(camera, at=NOON + timedelta(minutes=minute))
    first = as_viewer.get(f"{URL}?limit=2").json()
    second = as_viewer.get(first["next"]).json()
    third = as_viewer.get(second["next"]).json()
    assert (first["previous"], third["next"]) == (None, None)
    assert as_viewer.get(third["previous"]).json()["results"] == second["results"]
    assert as_viewer.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize(
    "query",
    [
        "camera=nowhere",
        "camera=%00",
        "person=x",
        "verdict=maybe",
        "watchlist=x",
        "seen_after=yesterday",
        "seen_after=99999-01-01",
        "seen_before=2026-02-30T00:00:00Z",
        "seen_before=%00",
        "closer_than=-1",
        "closer_than=nan",
        "closer_than=1e400",
        "closer_than=3",
        "limit=100000",
        "limit=-1",
        "camra=door",
    ],
)
def test_a_bad_filter_is_refused(as_viewer: APIClient, camera: Camera, query: str) -> None:
    answer = as_viewer.get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == query.split("=")[0]


@pytest.mark.parametrize(
    "query",
    ["seen_after=0001-01-01T00:00:00%2B23:59", "seen_before=9999-12-31T23:59:59-23:59", "seen_after=0001-01-01"],
)
def test_times_at_the_end_of_the_calendar_are_no_fault(as_viewer: APIClient, camera: Camera, query: str) -> None:
    assert as_viewer.get(f"{URL}?{query}").status_code in (200, 400)


@pytest.mark.parametrize(
    "place",
    [
        "",
        "older",
        "sideways_2026-11-23T12:00:00+00:00_9b2d7c1e-0000-4000-8000-000000000000",
        "older_yesterday_9b2d7c1e-0000-4000-8000-000000000000",
        "older_2026-02-30T00:00:00+00:00_9b2d7c1e-0000-4000-8000-000000000000",
        "older_2026-11-23T12:00:00_9b2d7c1e-0000-4000-8000-000000000000",
        "older_9999-12-31T23:59:59-23:59_9b2d7c1e-0000-4000-8000-000000000000",
        "older_2026-11-23T12:00:00+00:00_\0",
    ],
)
def test_a_forged_cursor_is_refused(as_viewer: APIClient, camera: Camera, place: str) -> None:
    for cursor in (place, urlsafe_b64encode(place.encode()).decode(), "ünïcode", "\0", "A"):
        answer = as_viewer.get(URL, {"cursor": cursor})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_whoever_may_see_cameras_only_sees_no_sightings(stranger: User, camera: Camera) -> None:
    sighting = seen(camera)
    stranger.user_permissions.set(Permission.objects.filter(codename__in=["view_camera", "view_detection"]))
    client = client_of(stranger)
    assert client.get(URL).status_code == 403
    # Detections are evidence of sightings: their own right is not enough to see them.
    assert client.get("/api/v1/detections/").json()["results"] == []
    assert client.get(f"/api/v1/detections/{sighting.detections.get().pk}/snapshot/").status_code == 404


def test_sightings_cannot_be_written(as_operator: APIClient, camera: Camera) -> None:
    sighting = seen(camera)
    for method in ("put", "patch", "delete"):
        assert getattr(as_operator, method)(f"{URL}{sighting.pk}/", {}).status_code == 405
    assert as_operator.post(URL, {}).status_code == 405
    assert Sighting.objects.count() == 1


def test_listing_sightings_takes_as_many_queries_for_many_as_for_one(
    as_viewer: APIClient, camera: Camera, ada: Person
) -> None:
    seen(camera, ada)
    expected = queries_of(as_viewer, URL)
    for number in range(5):
        seen(camera, Person.objects.create(name=f"Person {number}"))
    assert queries_of(as_viewer, URL) == expected
