"""Reports of attendance: days of the site's time zone, times joined, within one's limits."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.attendance import csv as attendance_csv
from streams.attendance.report import Attendance
from streams.cameras.services import save_camera
from streams.records.camera import Camera
from streams.records.groups import CameraGroup, CameraLimit
from streams.records.sighting import Sighting
from tests.api import queries_of

URL, CSV, PAGE = "/api/v1/reports/attendance/", "/api/v1/reports/attendance/csv/", "/sightings/attendance/"


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


@pytest.fixture
def yard(db: None) -> Camera:
    return save_camera(camera=Camera(name="Yard", slug="yard", source="0"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def seen(camera: Camera, person: Person | None, since: str, until: str, verdict: str = "match") -> Sighting:
    return Sighting.objects.create(
        id=uuid4(), camera=camera, person=person, verdict=verdict, first_seen_at=at(since), last_seen_at=at(until),
        distance=0.3, match_threshold=0.34, review_threshold=0.39, gallery_version=1,
    )  # fmt: skip


def days(client: APIClient, first: str, last: str, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(URL, {"from": first, "to": last, **query})
    assert answer.status_code == 200, answer.content
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def test_a_day_of_somebody_is_one_row(as_viewer: APIClient, camera: Camera, yard: Camera, ada: Person) -> None:
    seen(camera, ada, "2026-05-04 08:00:00", "2026-05-04 08:01:00")
    seen(yard, ada, "2026-05-04 17:00:00", "2026-05-04 17:00:30")
    assert days(as_viewer, "2026-05-04", "2026-05-04") == [
        {
            "day": "2026-05-04",
            "person": {"id": str(ada.pk), "name": "Ada"},
            "first_seen_at": "2026-05-04T08:00:00Z",
            "last_seen_at": "2026-05-04T17:00:30Z",
            "sightings": 2,
            "seconds": 90.0,
            "cameras": [{"slug": "door", "name": "Door"}, {"slug": "yard", "name": "Yard"}],
        }
    ]


@pytest.mark.django_db
def test_every_part_of_a_report_is_the_same_part_of_the_whole(camera: Camera, yard: Camera) -> None:
    for number in range(4):  # of several days, over midnights, and with days between on which nobody came
        person = Person.objects.create(name=f"Person {number}")
        seen(camera, person, f"2026-05-0{1 + number} 08:00:00", f"2026-05-0{2 + number} 09:00:00")
        seen(yard, person, "2026-05-09 21:59:59", f"2026-05-{10 + number % 2} 00:00:00")
    found = Attendance(Sighting.objects.all(), date(2026, 4, 1), date(2026, 5, 31))
    whole = found[0:1000]
    assert len(whole) == found.count() > 10
    assert whole == sorted(whole, key=lambda row: (-row.day.toordinal(), row.name))
    for start in range(len(whole) + 2):
        for stop in range(len(whole) + 2):
            assert found[start:stop] == whole[start:stop]


def test_only_names_count(as_viewer: APIClient, camera: Camera, ada: Person) -> None:
    seen(camera, ada, "2026-05-04 08:00:00", "2026-05-04 08:01:00", verdict="review")
    seen(camera, None, "2026-05-04 08:00:00", "2026-05-04 08:01:00", verdict="unknown")
    assert days(as_viewer, "2026-05-04", "2026-05-04") == []


def test_two_cameras_at_once_count_once(as_viewer: APIClient, camera: Camera, yard: Camera, ada: Person) -> None:
    seen(camera, ada, "2026-05-04 08:00:00", "2026-05-04 08:01:00")
    seen(yard, ada, "2026-05-04 08:00:30", "2026-05-04 08:02:00")
    seen(yard, ada, "2026-05-04 09:00:00", "2026-05-04 09:00:00")
    (row,) = days(as_viewer, "2026-05-04", "2026-05-04")
    assert (row["sightings"], row["seconds"]) == (3, 120.0)


def test_a_sighting_over_midnight_counts_in_each_day_with_its_part(
    as_viewer: APIClient, camera: Camera, ada: Person
) -> None:
    seen(camera, ada, "2026-05-04 23:00:00", "2026-05-06 01:30:00")
    rows = days(as_viewer, "2026-05-01", "2026-05-31")
    assert [(row["day"][-2:], row["seconds"] / 3600) for row in rows] == [("06", 1.5), ("05", 24), ("04", 1)]
    assert rows[1]["first_seen_at"] == "2026-05-05T00:00:00Z" and rows[1]["last_seen_at"] == "2026-05-06T00:00:00Z"
    assert [row["day"] for row in days(as_viewer, "2026-05-05", "2026-05-05")] == ["2026-05-05"]


def test_a_sighting_that_ends_at_midnight_is_not_there_the_next_day(
    as_viewer: APIClient, camera: Camera, ada: Person
) -> None:
    seen(camera, ada, "2026-05-04 23:00:00", "2026-05-05 00:00:00")
    assert [row["day"] for row in days(as_viewer, "2026-05-04", "2026-05-05")] == ["2026-05-04"]


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", "2026-03-28 23:00:00", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-24 22:00:00", 25),
        ("America/New_York", "2026-05-04", "2026-05-04 04:00:00", 24),
        ("Asia/Kathmandu", "2026-05-04", "2026-05-03 18:15:00", 24),
    ],
)
def test_a_day_is_that_of_the_site_also_when_clocks_change(
    as_viewer: APIClient, camera: Camera, ada: Person, settings: Any, zone: str, day: str, begins: str, hours: int
) -> None:
    settings.TIME_ZONE = zone
    begin = at(begins)
    around = [begin - timedelta(hours=1), begin + timedelta(hours=hours + 1)]
    seen(camera, ada, *(moment.replace(tzinfo=None).isoformat() for moment in around))
    (row,) = days(as_viewer, day, day)
    assert (row["day"], row["seconds"]) == (day, hours * 3600)
    assert datetime.fromisoformat(row["first_seen_at"]) == begin
    assert as_viewer.get(URL).json()["time_zone"] == zone


def test_filters_by_person_name_camera_and_watchlist(
    as_viewer: APIClient, camera: Camera, yard: Camera, ada: Person
) -> None:
    bob = Person.objects.create(name="Bob")
    wanted = Watchlist.objects.create(name="Wanted")
    wanted.people.add(bob)
    seen(camera, ada, "2026-05-04 08:00:00", "2026-05-04 08:01:00")
    seen(yard, bob, "2026-05-04 08:00:00", "2026-05-04 08:01:00")

    def found(**query: Any) -> list[str]:
        return [row["person"]["name"] for row in days(as_viewer, "2026-05-04", "2026-05-04", **query)]

    assert found() == ["Ada", "Bob"]
    assert found(person=ada.pk) == found(camera="door") == found(name="AD") == ["Ada"]
    assert found(watchlist=wanted.pk) == ["Bob"]


def test_the_newest_day_comes_first_and_pages_join(as_viewer: APIClient, camera: Camera, ada: Person) -> None:
    for day in range(1, 8):
        seen(camera, ada, f"2026-05-0{day} 08:00:00", f"2026-05-0{day} 08:01:00")
    whole = days(as_viewer, "2026-05-01", "2026-05-07")
    assert [row["day"][-1] for row in whole] == list("7654321")
    answer = as_viewer.get(URL, {"from": "2026-05-01", "to": "2026-05-07", "limit": 3}).json()
    pages = [answer["results"]]
    while answer["next"]:
        answer = as_viewer.get(answer["next"]).json()
        pages.append(answer["results"])
    assert answer["count"] == 7 and [len(page) for page in pages] == [3, 3, 1]
    assert [row for page in pages for row in page] == whole


def test_without_days_it_is_today(as_viewer: APIClient, camera: Camera, ada: Person) -> None:
    now = timezone.now()
    Sighting.objects.filter(pk=seen(camera, ada, "2026-05-04 08:00:00", "2026-05-04 08:01:00").pk).update(
        first_seen_at=now, last_seen_at=now
    )
    (row,) = as_viewer.get(URL).json()["results"]
    assert row["day"] == timezone.localdate().isoformat()


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-05-05", "to": "2026-05-04"},
        {"from": "2025-01-01", "to": "2026-01-02"},
        {"from": "0001-01-01", "to": "0001-01-01"},
        {"from": "9999-12-31", "to": "9999-12-31"},
        {"from": "yesterday"},
        {"camera": "nowhere"},
        {"person": str(uuid4())},
        {"name": "\x00"},
        {"since": "2026-05-04"},
        {"limit": "0"},
    ],
)
def test_a_query_without_sense_is_refused(as_viewer: APIClient, query: dict[str, str], db: None) -> None:
    assert as_viewer.get(URL, query).status_code == 400
    if query.keys() != {"limit"}:
        assert as_viewer.get(CSV, query).status_code == 400


def test_a_year_may_be_asked_for(as_viewer: APIClient, db: None) -> None:
    assert days(as_viewer, "2024-01-01", "2024-12-31") == []


def test_a_longer_report_asks_the_database_no_more_often(as_viewer: APIClient, camera: Camera, ada: Person) -> None:
    url = f"{URL}?from=2026-05-01&to=2026-05-31"
    seen(camera, ada, "2026-05-04 08:00:00", "2026-05-04 08:01:00")
    few = queries_of(as_viewer, url)
    for number in range(9):
        yard = Camera.objects.create(name=f"Yard {number}", slug=f"yard-{number}", source="0")
        seen(yard, Person.objects.create(name=f"P{number}"), "2026-05-04 08:00:00", "2026-05-05 08:01:00")
    assert queries_of(as_viewer, url) == few


def test_the_csv_says_the_same_in_the_sites_time_and_runs_no_formula(
    as_viewer: APIClient, camera: Camera, settings: Any
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    seen(camera, Person.objects.create(name="=1+1"), "2026-05-04 08:00:00", "2026-05-04 08:01:00")
    answer = as_viewer.get(CSV, {"from": "2026-05-04", "to": "2026-05-04"}, headers={"accept": "text/csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(StringIO(answer.content.decode()))
    assert tuple(row) == attendance_csv.COLUMNS
    assert (row["person"], row["first_seen_at"], row["seconds"]) == ("'=1+1", "2026-05-04T10:00:00+02:00", "60")
    assert (row["cameras"], row["sightings"]) == ("door", "1")


def test_too_many_lines_are_refused_with_advice(
    as_viewer: APIClient, camera: Camera, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendance_csv, "MOST_ROWS", 1)
    seen(camera, ada, "2026-05-04 23:00:00", "2026-05-05 01:00:00")
    answer = as_viewer.get(CSV, {"from": "2026-05-01", "to": "2026-05-31"})
    assert answer.status_code == 400 and "shorter time" in answer.content.decode()


def test_what_lies_beyond_ones_limits_is_not_in_it(
    as_viewer: APIClient, viewer: Any, camera: Camera, yard: Camera, ada: Person
) -> None:
    group = CameraGroup.objects.create(name="Doors")
    group.cameras.add(camera)
    CameraLimit.objects.create(group=group, user=viewer)
    seen(camera, ada, "2026-05-04 08:00:00", "2026-05-04 08:01:00")
    seen(yard, ada, "2026-05-04 18:00:00", "2026-05-04 18:01:00")
    (row,) = days(as_viewer, "2026-05-04", "2026-05-04")
    assert row["last_seen_at"] == "2026-05-04T08:01:00Z" and [each["slug"] for each in row["cameras"]] == ["door"]
    assert as_viewer.get(URL, {"camera": "yard"}).status_code == 400


class TestPage:
    def test_it_is_a_table_with_the_same_as_a_file(
        self, client: Client, viewer: Any, camera: Camera, ada: Person
    ) -> None:
        client.force_login(viewer)
        seen(camera, ada, "2026-05-04 22:58:51", "2026-05-05 01:00:00")
        query = {"from": "2026-05-04", "to": "2026-05-04", "name": "ada"}
        page = client.get(PAGE, query).content.decode()
        assert "Ada" in page and "22:58:51" in page and "24:00:00" in page and "1:01:09" in page
        assert f"{CSV}?from=2026-05-04&amp;to=2026-05-04&amp;name=ada" in page
        assert client.get(CSV, query).content.decode().count("Ada") == 1

    def test_pages_join(self, client: Client, viewer: Any, camera: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("streams.attendance.page.PAGE_SIZE", 2)
        client.force_login(viewer)
        for number in range(5):
            seen(camera, Person.objects.create(name=f"P{number}"), "2026-05-04 08:00:00", "2026-05-04 08:01:00")
        query = {"from": "2026-05-04", "to": "2026-05-04"}
        found = [client.get(PAGE, {**query, "offset": offset}).context["rows"] for offset in (0, 2, 4)]
        assert [row.name for page in found for row in page] == [f"P{number}" for number in range(5)]

    def test_nonsense_is_400_and_no_right_403(self, client: Client, viewer: Any, stranger: Any) -> None:
        client.force_login(viewer)
        assert client.get(PAGE, {"from": "2026-05-05", "to": "2026-05-04"}).status_code == 400
        assert client.get(PAGE, {"offset": "-1"}).status_code == 400
        assert "Nobody was seen" in client.get(PAGE).content.decode()
        client.force_login(stranger)
        assert client.get(PAGE).status_code == 403

    def test_more_rows_ask_the_database_no_more_often(
        self, client: Client, viewer: Any, camera: Camera, ada: Person
    ) -> None:
        client.force_login(viewer)

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                client.get(PAGE, {"from": "2026-05-04", "to": "2026-05-04"})
            return len(captured)

        seen(camera, ada, "2026-05-04 08:00:00", "2026-05-04 08:01:00")
        few = queries()
        for number in range(5):
            seen(camera, Person.objects.create(name=f"P{number}"), "2026-05-04 08:00:00", "2026-05-04 08:01:00")
        assert queries() == few
