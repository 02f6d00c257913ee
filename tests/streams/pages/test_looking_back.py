"""Looking back on the page and over the API: when, at which cameras, and how sure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from people.records.person import Person
from streams.records.sighting import Sighting
from tests.streams.pages.rows import NOON, a_camera, a_sighting

TUESDAY = NOON.replace(day=10)
"""A Tuesday at noon in UTC, 13:00 in Berlin."""


@pytest.fixture
def evening(db: None, settings: Any) -> dict[str, Sighting]:
    """Some sightings of a Tuesday and a Wednesday at two doors, by name."""
    settings.TIME_ZONE = "Europe/Berlin"
    front, side = a_camera("Front door"), a_camera("Side door")
    ada = Person.objects.create(name="Ada")
    return {
        "noon": a_sighting(side, ada, at=TUESDAY),
        "evening": a_sighting(side, ada, at=TUESDAY + timedelta(hours=6)),
        "front": a_sighting(front, ada, at=TUESDAY + timedelta(hours=6)),
        "likely": a_sighting(side, ada, at=TUESDAY + timedelta(hours=7), verdict="review"),
        "night": a_sighting(side, at=TUESDAY + timedelta(hours=12)),
        "wednesday": a_sighting(side, ada, at=TUESDAY + timedelta(hours=30)),
    }


@pytest.fixture
def page(client: Client, viewer: User) -> Client:
    client.force_login(viewer)
    return client


@pytest.fixture
def api(viewer: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(viewer)
    return client


ASKED: list[tuple[str, str]] = [
    ("day=tue&time_from=18:00&camera=side-door", "likely evening"),
    ("day=tue&time_from=18:00&camera=side-door&camera=front-door", "likely evening front"),
    ("day=tue&time_from=18:00&camera=side-door&verdict=match", "evening"),
    ("time_from=18:00", "wednesday likely evening front"),
    ("time_from=22:00&time_to=02:00", "night"),
    ("time_from=22:00&time_to=02:00&day=tue", "night"),
    ("time_from=22:00&time_to=02:00&day=wed", ""),
    ("day=wed", "wednesday night"),
    ("day=tue&day=wed&verdict=unknown&verdict=review", "night likely"),
    ("when=today", ""),
]


def _names(evening: dict[str, Sighting], ids: list[str]) -> set[str]:
    return {name for name, row in evening.items() if str(row.pk) in ids}


@pytest.mark.parametrize(("query", "found"), ASKED)
def test_the_page_finds_what_was_asked_for(page: Client, evening: dict[str, Sighting], query: str, found: str) -> None:
    answer = page.get(f"/sightings/?{query}")
    assert _names(evening, [str(row.pk) for row in answer.context["page"].rows]) == set(found.split())


@pytest.mark.parametrize(("query", "found"), ASKED)
def test_the_api_finds_the_same(api: APIClient, evening: dict[str, Sighting], query: str, found: str) -> None:
    results = api.get(f"/api/v1/sightings/?{query}").json()["results"]
    assert _names(evening, [row["id"] for row in results]) == set(found.split())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("since=2026-03-10T19:00&until=2026-03-10T20:30", "evening front likely"),
        ("since=2026-03-10&until=2026-03-10", "noon evening front likely"),
        ("since=2026-03-11", "night wednesday"),
        ("since=2026-03-10T19:30:00&time_to=02:00", "night"),
    ],
)
def test_the_page_reads_days_and_times_of_the_site(
    page: Client, evening: dict[str, Sighting], query: str, found: str
) -> None:
    answer = page.get(f"/sightings/?{query}")
    assert _names(evening, [str(row.pk) for row in answer.context["page"].rows]) == set(found.split())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("since=2026-10-25&since_time=02:30", {45, 75, 105}),
        ("until=2026-10-25&until_time=02:30", {15, 45, 75}),
        ("since=2026-10-25T02:30&until=2026-10-25T02:30", {45, 75}),
    ],
)
def test_an_hour_that_comes_twice_is_found_whole(
    page: Client, evening: dict[str, Sighting], query: str, found: set[int]
) -> None:
    """At 3:00 in Berlin clocks go back to 2:00, which is 01:00 in UTC."""
    begin = datetime(2026, 10, 25, tzinfo=UTC)
    made = {a_sighting(evening["noon"].camera, at=begin + timedelta(minutes=at)).pk: at for at in (15, 45, 75, 105)}
    rows = page.get(f"/sightings/?{query}").context["page"].rows
    assert {made[row.pk] for row in rows if row.pk in made} == found


def test_an_hour_that_is_skipped_hides_nothing(page: Client, evening: dict[str, Sighting]) -> None:
    row = a_sighting(evening["noon"].camera, at=datetime(2026, 3, 29, 1, 10, tzinfo=UTC))
    answer = page.get("/sightings/?since=2026-03-29T02:30&until=2026-03-29T02:45")
    assert [each.pk for each in answer.context["page"].rows] == [row.pk]


def test_presets_find_what_happens_now(page: Client, api: APIClient, evening: dict[str, Sighting]) -> None:
    now = a_sighting(evening["noon"].camera, at=timezone.now() - timedelta(minutes=1))
    for preset in ("last_hour", "this_week"):
        assert [row.pk for row in page.get(f"/sightings/?when={preset}").context["page"].rows] == [now.pk]
        assert [row["id"] for row in api.get(f"/api/v1/sightings/?when={preset}").json()["results"]] == [str(now.pk)]


@pytest.mark.parametrize("query", ["when=soon", "day=someday", "time_from=25:00", "since=yesterday", "camera=nowhere"])
def test_what_cannot_be_read_is_said_at_its_field(page: Client, evening: dict[str, Sighting], query: str) -> None:
    answer = page.get(f"/sightings/?{query}")
    assert answer.status_code == 400
    assert answer.content.decode().count('class="field-error"') == 1


@pytest.mark.parametrize("query", ["when=soon", "day=someday", "time_from=25:00", "time_from=", "camera=nowhere"])
def test_the_api_refuses_what_it_cannot_read(api: APIClient, evening: dict[str, Sighting], query: str) -> None:
    answer = api.get(f"/api/v1/sightings/?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
@pytest.mark.parametrize("bound", ["seen_after", "seen_before"])
def test_hours_can_be_asked_for_at_the_ends_of_the_calendar(
    api: APIClient, evening: dict[str, Sighting], bound: str, moment: str
) -> None:
    assert api.get(f"/api/v1/sightings/?time_from=18:00&{bound}={moment}").status_code == 200


def test_pages_of_an_evening_go_on_where_the_last_one_ended(page: Client, evening: dict[str, Sighting]) -> None:
    camera = evening["noon"].camera
    for number in range(60):
        a_sighting(camera, at=TUESDAY - timedelta(days=7 * (number // 30), hours=-8, minutes=number % 30))
    first = page.get("/sightings/?day=tue&time_from=20:30").context["page"]
    second = page.get(f"/sightings/?day=tue&time_from=20:30&before={quote(str(first.before))}").context["page"]
    assert (len(first.rows), len(second.rows), second.before) == (40, 20, None)
    again = page.get(f"/sightings/?day=tue&time_from=20:30&after={quote(str(second.after))}").context["page"]
    assert [row.pk for row in again.rows] == [row.pk for row in first.rows]


def test_hours_ask_the_database_a_constant_number_of_times(
    page: Client, evening: dict[str, Sighting], django_assert_num_queries: Any
) -> None:
    # session, user, two of rights, two of limits, cameras, watchlists; the longest twice, the list
    with django_assert_num_queries(11):
        page.get("/sightings/?day=tue&time_from=18:00&since=2026-03-01")


def test_a_day_and_a_time_of_it_are_two_inputs(page: Client, evening: dict[str, Sighting]) -> None:
    answer = page.get("/sightings/?since=2026-03-10&since_time=19:30&until=2026-03-10&until_time=20:30")
    found = _names(evening, [str(row.pk) for row in answer.context["page"].rows])
    assert found == {"likely"}
    html = answer.content.decode()
    for name, value in (("since", "2026-03-10"), ("since_time", "19:30"), ("until_time", "20:30")):
        assert f'name="{name}" value="{value}"' in html


def test_a_time_without_its_day_is_refused(page: Client, evening: dict[str, Sighting]) -> None:
    answer = page.get("/sightings/?since_time=19:30")
    assert answer.status_code == 400
    assert "Give a day, and if you like a time of day such as 18:00." in answer.content.decode()


def test_a_link_may_have_the_whole_moment(page: Client, evening: dict[str, Sighting]) -> None:
    html = page.get("/sightings/?since=2026-03-10T19:30").content.decode()
    assert 'name="since" value="2026-03-10"' in html
    assert 'name="since_time" value="19:30"' in html
