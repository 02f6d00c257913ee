"""The list of sightings: filters, pages, and how much it asks of the database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.pages import paging
from streams.records.sighting import Sighting
from tests.streams.pages.rows import NOON, a_camera, a_detection, a_sighting


@pytest.fixture
def page(client: Client, viewer: User, media: Path) -> Any:
    """Sightings of the list's page for a query, in its order."""
    client.force_login(viewer)

    def get(**query: Any) -> list[Sighting]:
        answer = client.get(reverse("sightings"), query)
        assert answer.status_code == 200
        rows: list[Sighting] = answer.context["page"].rows
        return rows

    return get


def test_the_newest_sighting_comes_first(page: Any) -> None:
    camera = a_camera()
    early, late = a_sighting(camera), a_sighting(camera, at=NOON + timedelta(hours=1))
    assert page() == [late, early]


def test_filters_by_camera_person_name_outcome_and_watchlist(page: Any) -> None:
    door, yard = a_camera("Door"), a_camera("Yard")
    ada, bob = Person.objects.create(name="Ada Lovelace"), Person.objects.create(name="Bob")
    wanted = Watchlist.objects.create(name="Wanted")
    wanted.people.add(bob)
    seen_ada, seen_bob = a_sighting(door, ada), a_sighting(door, bob, verdict="review")
    nobody = a_sighting(yard)
    assert page(camera="yard") == [nobody]
    assert page(person=ada.pk) == page(name="love") == page(verdict="match") == [seen_ada]
    assert page(watchlist=wanted.pk) == page(verdict="review", camera="door") == [seen_bob]


def test_filters_by_day_in_the_time_zone_of_the_site(page: Any, settings: Any) -> None:
    settings.TIME_ZONE = "America/New_York"
    camera = a_camera()
    evening = a_sighting(camera, at=NOON.replace(hour=23))  # 19:00 of the 14th in New York
    night = a_sighting(camera, at=NOON.replace(day=15, hour=3, minute=30))  # 23:30 of the 14th there
    morning = a_sighting(camera, at=NOON.replace(day=15, hour=9))
    assert page(since="2026-03-14", until="2026-03-14") == [night, evening]
    assert page(since="2026-03-15") == [morning]


@pytest.mark.parametrize(
    "query",
    [
        {"since": "yesterday"},
        {"verdict": "guilty"},
        {"person": "not-an-id"},
        {"camera": "no-such-camera"},
        {"name": "\x00"},
        {"before": "somewhere"},
        {"after": "2026-03-14T12:00:00_4f3c1e2a-0000-4000-8000-000000000000"},
    ],
)
def test_a_query_without_sense_is_the_visitors_mistake(client: Client, viewer: User, query: dict[str, str]) -> None:
    client.force_login(viewer)
    assert client.get(reverse("sightings"), query).status_code == 400


def test_the_last_day_of_the_calendar_can_be_asked_for(page: Any) -> None:
    seen = a_sighting(a_camera())
    assert page(since="0001-01-01", until="9999-12-31") == [seen]


def test_pages_join_without_a_gap_or_a_repetition_even_at_equal_times(
    page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging.page_of, "__kwdefaults__", {**paging.page_of.__kwdefaults__, "size": 3})
    camera = a_camera()
    for number in range(8):
        a_sighting(camera, at=NOON + timedelta(seconds=number // 3))  # three of each second
    everything = list(Sighting.objects.all())
    first = page()
    second = page(before=paging.Cursor.of(first[-1]))
    third = page(before=paging.Cursor.of(second[-1]))
    assert first + second + third == everything
    assert page(after=paging.Cursor.of(third[0])) == second
    assert page(after=paging.Cursor.of(second[0])) == first


def test_the_ends_of_the_list_offer_no_further_page(page: Any) -> None:
    camera = a_camera()
    for number in range(3):
        a_sighting(camera, at=NOON + timedelta(minutes=number))
    rows = Sighting.objects.all()
    newest, oldest = paging.page_of(rows, size=2), paging.page_of(rows, size=3)
    assert newest.after is None and newest.before is not None
    assert oldest.after is None and oldest.before is None
    back = paging.page_of(rows, after=str(paging.Cursor.of(newest.rows[1])), size=2)
    assert back.rows == newest.rows[:1] and back.after is None and back.before is not None


def test_a_longer_list_asks_the_database_no_more_often(
    client: Client, viewer: User, media: Path, django_assert_num_queries: Any
) -> None:
    client.force_login(viewer)
    a_detection(a_sighting(a_camera("Door"), Person.objects.create(name="Ada")))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("sightings"))
    for number in range(6):
        person = Person.objects.create(name=f"Person {number}")
        a_detection(a_sighting(a_camera(f"Yard {number}"), person))
    with django_assert_num_queries(len(few)):
        answer = client.get(reverse("sightings"))
    assert answer.content.decode().count("<img src=") >= 7


def test_a_name_is_text_and_never_markup(client: Client, viewer: User, media: Path) -> None:
    client.force_login(viewer)
    a_sighting(a_camera(), Person.objects.create(name="<script>alert(1)</script>"))
    page = client.get(reverse("sightings")).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
