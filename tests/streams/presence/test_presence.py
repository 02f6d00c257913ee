"""Who is here: the page, the roll call and the API, within rights and limits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.alerting.exits import note_exits
from streams.correcting.corrections import Correction, correct
from streams.presence.report import WhoIsHere, day_began, presence
from streams.presence.whereabouts import Where, WhyGuessed
from streams.records.camera import Camera, CameraStatus
from streams.records.exit_watch import ExitWatch
from streams.records.groups import CameraGroup, CameraLimit
from streams.records.in_view import SILENT_AFTER_S
from streams.records.sighting import Sighting
from streams.records.states import EditKind
from streams.records.stranger import Stranger
from tests.api import client_of, queries_of
from tests.streams.pages.rows import a_camera, a_detection, a_sighting

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
URL, PAGE, ROLL_CALL = "/api/v1/presence/", "/presence/", "/presence/roll-call/"


@pytest.fixture
def guard(viewer: User) -> User:
    """May see who is here."""
    assert viewer.has_perm("streams.view_presence")
    return viewer


@pytest.fixture
def doors(db: None) -> dict[str, Camera]:
    return {role: a_camera(role.title(), role=role) for role in ("entrance", "exit", "inside", "none")}


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pages and the API ask at noon."""
    for place in ("pages", "api"):
        monkeypatch.setattr(f"streams.presence.{place}.timezone.now", lambda: NOON)
    yield


def person(name: str) -> Person:
    return Person.objects.get_or_create(name=name)[0]


def seen(camera: Camera, who: Person | None, hours_ago: float, **fields: Any) -> Sighting:
    return a_sighting(camera, who, at=NOON - timedelta(hours=hours_ago), **fields)


def in_view(camera: Camera, who: Person | None, **fields: Any) -> Sighting:
    return seen(camera, who, 0.01, last_seen_at=NOON - timedelta(seconds=2), ended_at=None, **fields)


def where(found: WhoIsHere) -> dict[str, str]:
    return {each.name: each.where.value for each in found.people.at(tuple(Where))}


def test_whoever_left_the_gallery_is_in_view_no_more_although_somebody_said_it(
    guard: User, doors: dict[str, Camera]
) -> None:
    row = in_view(doors["inside"], None)
    correct(sighting=row.pk, says=Correction(EditKind.IS, person("Ada").pk), by=None, page="")
    assert where(presence(guard, NOON)) == {"Ada": "in_view"}
    Person.objects.update(retired_at=NOON)
    assert where(presence(guard, NOON)) == {}


def test_cameras_roles_say_who_is_here_and_who_has_left(guard: User, doors: dict[str, Camera]) -> None:
    for name in ("Ada", "Bob", "Cleo", "Dan"):
        seen(doors["entrance"], person(name), 3)
    seen(doors["exit"], person("Bob"), 1)
    seen(doors["exit"], person("Cleo"), 1)
    seen(doors["inside"], person("Cleo"), 0.5)
    in_view(doors["none"], person("Dan"))
    seen(doors["none"], person("Eve"), 1)
    found = presence(guard, NOON)
    assert where(found) == {"Dan": "in_view", "Ada": "here", "Cleo": "here", "Bob": "left", "Eve": "seen"}
    assert dict(found.people.counts) == {Where.IN_VIEW: 1, Where.HERE: 2, Where.LEFT: 1, Where.SEEN: 1}
    assert [each.name for each in found.inside] == ["Ada", "Cleo", "Dan"]
    assert found.people.guessed == 0


def test_only_certain_sightings_since_the_day_began_count(guard: User, doors: dict[str, Camera]) -> None:
    seen(doors["entrance"], person("Ada"), 9)  # at 3:00, before the day began
    seen(doors["entrance"], person("Bob"), 7.9)
    seen(doors["entrance"], person("Cleo"), 1, verdict="review")
    assert where(presence(guard, NOON)) == {"Bob": "here"}


@pytest.mark.parametrize(
    ("now", "began"),
    [
        ("2026-05-04 12:00", "2026-05-04 04:00"),
        ("2026-05-04 03:59", "2026-05-03 04:00"),
        ("2026-05-04 04:00", "2026-05-04 04:00"),
    ],
)
def test_a_day_begins_when_the_site_says(now: str, began: str) -> None:
    assert day_began(datetime.fromisoformat(now).replace(tzinfo=UTC)) == datetime.fromisoformat(began).replace(
        tzinfo=UTC
    )


def test_a_day_begins_by_the_sites_clock_also_when_clocks_change(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    timezone.get_default_timezone.cache_clear()  # type: ignore[attr-defined]
    try:
        assert day_began(datetime(2026, 3, 29, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 2, tzinfo=UTC)
        assert day_began(datetime(2026, 3, 29, 1, tzinfo=UTC)) == datetime(2026, 3, 28, 3, tzinfo=UTC)
    finally:
        settings.TIME_ZONE = "UTC"
        timezone.get_default_timezone.cache_clear()  # type: ignore[attr-defined]


def test_a_camera_that_fell_silent_shows_nobody_in_view(guard: User, doors: dict[str, Camera]) -> None:
    seen(doors["inside"], person("Ada"), 1, last_seen_at=NOON - timedelta(seconds=SILENT_AFTER_S + 1), ended_at=None)
    assert where(presence(guard, NOON)) == {"Ada": "here"}


@pytest.mark.parametrize(("fps", "ago_s", "expected"), [(0.05, 55, "in_view"), (0.05, 61, "here"), (5, 12, "here")])
def test_whoever_a_slow_camera_saw_is_in_view_until_it_can_have_looked_again(
    guard: User, doors: dict[str, Camera], fps: float, ago_s: float, expected: str
) -> None:
    CameraStatus.objects.update_or_create(camera=doors["inside"], defaults={"fps_analysed": fps})
    seen(doors["inside"], person("Ada"), 1, last_seen_at=NOON - timedelta(seconds=ago_s), ended_at=None)
    assert where(presence(guard, NOON)) == {"Ada": expected}


def test_without_a_camera_at_an_exit_being_here_is_a_guess_and_shown_as_one(
    client: Client, guard: User, at_noon: None
) -> None:
    seen(a_camera("Door", role="entrance"), person("Ada"), 1)
    assert presence(guard, NOON).people.at(tuple(Where))[0].guess is WhyGuessed.NO_EXIT
    client.force_login(guard)
    for url in (PAGE, ROLL_CALL):
        assert "probably here: no camera sees who leaves" in client.get(url).content.decode()


def test_an_exit_that_is_switched_off_sees_nobody_leave(guard: User, doors: dict[str, Camera]) -> None:
    seen(doors["entrance"], person("Ada"), 1)
    assert presence(guard, NOON).people.at(tuple(Where))[0].guess is None
    Camera.objects.filter(role="exit").update(enabled=False)
    assert presence(guard, NOON).people.at(tuple(Where))[0].guess is WhyGuessed.NO_EXIT


def watched(camera: Camera, *minutes: float) -> None:
    """The workers found that the exit gave pictures so many minutes after 10:00."""
    CameraStatus.objects.update_or_create(
        camera=camera,
        defaults={"state": "live", "heartbeat_at": NOON, "lease_holder": "w", "lease_expires_at": NOON},
    )
    for each in minutes:
        note_exits(TEN + timedelta(minutes=each))


TEN = NOON - timedelta(hours=2)
ALL_DAY = [minute / 2 for minute in range(241)]


def whole_but(since: float, until: float) -> list[float]:
    return [minute for minute in ALL_DAY if not since < minute < until]


@pytest.mark.parametrize(
    ("minutes", "seen_at", "words"),
    [
        (ALL_DAY, 30, "here"),
        (whole_but(60, 78), 30, "the exit “Exit” gave no pictures from 11:00:00 UTC to 11:18:00 UTC"),
        (whole_but(60, 78), 90, "here"),  # seen inside since
        (whole_but(60, 61), 30, "here"),
        (whole_but(90, 999), 30, "the exit “Exit” has given no pictures since 11:30:00 UTC"),
        (whole_but(90, 999), 110, "the exit “Exit” has given no pictures since 11:30:00 UTC"),
        ((), 30, "the exit “Exit” gives no pictures"),
    ],
)
def test_whoever_may_have_left_while_an_exit_was_down_is_here_by_a_guess_that_says_so(
    client: Client,
    guard: User,
    doors: dict[str, Camera],
    at_noon: None,
    minutes: list[float],
    seen_at: float,
    words: str,
) -> None:
    watched(doors["exit"], *minutes)
    if not minutes:
        CameraStatus.objects.update(state="down")
    seen(doors["inside"], person("Ada"), 2 - seen_at / 60)
    (ada,) = presence(guard, NOON).people.at(tuple(Where))
    guess = None if words == "here" else WhyGuessed.EXIT_DOWN
    expected = words if words == "here" else f"probably here: {words}"
    assert (ada.where, ada.guess, ada.whereabouts.words) == (Where.HERE, guess, expected)
    client.force_login(guard)
    assert expected in client.get(PAGE).content.decode()
    (row,) = client_of(guard).get(URL).json()["results"]
    assert (row["guess"], row["words"]) == (guess, expected)


def test_an_exit_beyond_ones_limits_is_not_named(guard: User, doors: dict[str, Camera]) -> None:
    watched(doors["exit"], *whole_but(60, 78))
    seen(doors["inside"], person("Ada"), 1.5)
    ground = CameraGroup.objects.create(name="Ground")
    ground.cameras.add(doors["inside"])
    CameraLimit.objects.create(group=ground, user=guard)
    (ada,) = presence(User.objects.get(pk=guard.pk), NOON).people.at(tuple(Where))
    assert ada.guess is WhyGuessed.NO_EXIT and "Exit" not in ada.whereabouts.words


def test_times_of_exits_are_forgotten_after_some_days(doors: dict[str, Camera]) -> None:
    watched(doors["exit"], 0)
    CameraStatus.objects.update(heartbeat_at=NOON + timedelta(days=9), lease_expires_at=NOON + timedelta(days=9))
    note_exits(NOON + timedelta(days=4))
    assert [each.began for each in ExitWatch.objects.all()] == [NOON + timedelta(days=4)]


def test_without_roles_the_page_says_what_is_missing(client: Client, guard: User, at_noon: None) -> None:
    seen(a_camera("Door"), person("Ada"), 1)
    client.force_login(guard)
    page = client.get(PAGE).content.decode()
    assert "Give cameras a role" in page and "not known whether here" in page


def test_a_person_is_one_entry_with_the_newest_sighting_and_its_picture(
    client: Client, guard: User, doors: dict[str, Camera], media: Any, at_noon: None
) -> None:
    seen(doors["entrance"], person("Ada"), 3)
    newest = in_view(doors["inside"], person("Ada"))
    picture = a_detection(newest)
    client.force_login(guard)
    (entry,) = client.get(PAGE).context["people"]
    assert (entry.sighting, entry.sighting.snapshot_id) == (newest, picture.pk)


def test_strangers_are_counted_with_pictures_each_once(
    client: Client, guard: User, doors: dict[str, Camera], at_noon: None
) -> None:
    known = Stranger.objects.create(number=12, first_seen_at=NOON, last_seen_at=NOON)
    once = Stranger.objects.create(first_seen_at=NOON, last_seen_at=NOON)
    seen(doors["entrance"], None, 2, stranger=known)
    in_view(doors["inside"], None, stranger=known)
    seen(doors["entrance"], None, 1, stranger=once)
    found = presence(guard, NOON)
    assert [(each.name, each.where.value) for each in found.strangers.at(tuple(Where))] == [
        ("Stranger 12", "in_view"),
        ("Seen once", "here"),
    ]
    client.force_login(guard)
    assert "Stranger 12" in client.get(ROLL_CALL).content.decode()
    assert presence(guard, NOON, name="Ada").strangers.total == 0


def test_the_page_lists_by_place_name_and_watchlist(
    client: Client, guard: User, doors: dict[str, Camera], at_noon: None
) -> None:
    staff = Watchlist.objects.create(name="Staff")
    for name in ("Ada Lovelace", "Bob"):
        seen(doors["entrance"], person(name), 2)
    seen(doors["exit"], person("Bob"), 1)
    staff.people.add(person("Bob"))
    client.force_login(guard)

    def listed(query: str) -> list[str]:
        return [entry.present.name for entry in client.get(PAGE + query).context["people"]]

    assert listed("") == ["Ada Lovelace", "Bob"]
    assert listed("?where=left") == ["Bob"]
    assert listed("?where=here&where=left") == ["Ada Lovelace", "Bob"]
    assert listed("?name=love") == ["Ada Lovelace"]
    assert listed(f"?watchlist={staff.pk}") == ["Bob"]
    assert client.get(PAGE + "?where=moon").status_code == 400
    assert client.get(ROLL_CALL + "?watchlist=999").status_code == 400


def test_limits_hide_cameras_and_people(guard: User, doors: dict[str, Camera]) -> None:
    for name in ("Ada", "Bob"):
        seen(doors["entrance"], person(name), 2)
        seen(doors["exit"], person(name), 1)
    ground, staff = CameraGroup.objects.create(name="Ground"), PersonGroup.objects.create(name="Staff")
    ground.cameras.add(doors["entrance"])
    staff.people.add(person("Ada"))
    CameraLimit.objects.create(group=ground, user=guard)
    assert where(presence(guard, NOON)) == {"Ada": "here", "Bob": "here"}
    PersonLimit.objects.create(group=staff, user=guard)
    assert where(presence(User.objects.get(pk=guard.pk), NOON)) == {"Ada": "here"}


def test_whoever_may_not_see_who_is_here_gets_nothing(client: Client, viewer: User) -> None:
    viewer.user_permissions.remove(Permission.objects.get(codename="view_presence"))
    client.force_login(viewer)
    assert {client.get(url).status_code for url in (PAGE, ROLL_CALL)} == {403}
    assert client_of(viewer).get(URL).status_code == 403


def test_the_api_gives_pages_with_counts(guard: User, doors: dict[str, Camera], at_noon: None) -> None:
    for name in ("Ada", "Bob", "Cleo"):
        seen(doors["entrance"], person(name), 2)
    seen(doors["exit"], person("Cleo"), 1)
    api = client_of(guard)
    answer = api.get(URL, {"where": "here", "limit": "1"}).json()
    assert answer["people"] == {"in_view": 0, "here": 2, "left": 1, "seen": 0}
    assert (answer["count"], answer["at"], answer["since"]) == (2, "2026-05-04T12:00:00Z", "2026-05-04T04:00:00Z")
    assert answer["next"] and answer["results"] == [
        {
            "person": {"id": str(person("Ada").pk), "name": "Ada"},
            "where": "here",
            "guess": None,
            "words": "here",
            "first_seen_at": "2026-05-04T10:00:00Z",
            "last_seen_at": "2026-05-04T10:00:03Z",
        }
    ]
    assert api.get(URL, {"where": "moon"}).status_code == 400
    assert api.get(URL, {"who": "Ada"}).status_code == 400


def test_many_people_take_as_many_queries_as_few(guard: User, doors: dict[str, Camera], at_noon: None) -> None:
    seen(doors["entrance"], person("Ada"), 2)
    api = client_of(guard)
    few = queries_of(api, URL)
    for number in range(20):
        seen(doors["entrance"], person(f"Person {number}"), 2)
    assert queries_of(api, URL) == few


def test_many_people_are_on_several_pages(
    client: Client, guard: User, doors: dict[str, Camera], at_noon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.presence.pages.PAGE_SIZE", 2)
    for name in ("Cleo", "ada", "Bob"):
        seen(doors["entrance"], person(name), 1)
    client.force_login(guard)
    first, second = client.get(PAGE), client.get(f"{PAGE}?page=2")
    assert [entry.present.name for entry in first.context["people"]] == ["ada", "Bob"]
    assert [entry.present.name for entry in second.context["people"]] == ["Cleo"]
    assert "?page=2" in first.content.decode()
