"""Who is in view now: one entry for each, what changes is told, and only within rights and limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.editing.bases import record_basis, withdraw_basis
from people.records.person import Person
from streams.correcting.corrections import Correction, correct
from streams.live import consumers
from streams.live.in_view import InView
from streams.live.sight import read_hello, read_open, read_sight
from streams.records.camera import Camera, CameraStatus
from streams.records.in_view import SILENT_AFTER_S
from streams.records.sighting import Sighting
from streams.records.states import EditKind
from streams.wire.announcing import announce_sighting
from streams.wire.builders import sighting_event, sighting_record
from tests.streams.limited import World, fresh
from tests.streams.live.test_consumers import Connect, connect, next_of
from tests.streams.pages.rows import a_camera, a_detection, a_sighting
from tests.streams.pages.scripted_socket import sighting

__all__ = ["connect"]  # the fixture
ADA = {"id": "1", "name": "Ada"}
HALL, YARD = ({"slug": name.lower(), "name": name} for name in ("Hall", "Yard"))


def of_ada(second: int = 0, **fields: Any) -> Any:
    usual = {"camera": HALL, "person": ADA, "stranger": None, "first_seen_at": _at(second)}
    return sighting("Ada", **{**usual, **fields})


def _at(second: int) -> str:
    return f"2026-05-04T12:00:{second:02}.000Z"


def keys(entries: Any) -> list[str]:
    return [entry["key"] for entry in entries]


def test_a_person_before_two_cameras_is_one_entry_since_the_first() -> None:
    first, second = of_ada(3), of_ada(7, camera=YARD, snapshot_url="/2/")
    (entry,) = InView().greet([second, first], 0)
    assert (entry["key"], entry["since"]) == ("match:1", _at(3))
    assert [camera["name"] for camera in entry["cameras"]] == ["Hall", "Yard"]
    assert (entry["snapshot_url"], entry["url"]) == ("/2/", second["url"])


def test_certain_likely_and_unknown_faces_are_entries_of_their_own() -> None:
    stranger = sighting(None, stranger="Stranger 12", first_seen_at=_at(3))
    unknown = [sighting(None, stranger=None, first_seen_at=_at(second)) for second in (4, 5)]
    shown = InView().greet([of_ada(1), of_ada(2, verdict="review"), stranger, *unknown], 0)
    assert keys(shown) == [
        "match:1",
        "review:1",
        "stranger:Stranger 12",
        *(f"unknown:{each['id']}" for each in unknown),
    ]


def test_what_is_no_face_or_over_is_not_in_view() -> None:
    assert InView().greet([of_ada(no_face=True), of_ada(ended_at=_at(9))], 0) == []


def test_only_changes_are_told() -> None:
    in_view, ada = InView(), of_ada()
    in_view.greet([], 0)
    in_view.take(ada, 0)
    assert keys((in_view.change() or {})["came"]) == ["match:1"]
    in_view.take({**ada, "last_seen_at": _at(2), "distance": 0.2}, 2)
    assert in_view.change() is None
    in_view.take({**ada, "snapshot_url": "/1/"}, 4)
    change = in_view.change()
    assert change and (change["came"][0]["snapshot_url"], change["left"]) == ("/1/", [])
    in_view.take({**ada, "ended_at": _at(5)}, 5)
    assert in_view.change() == {"type": "presence", "came": [], "left": ["match:1"]}
    assert in_view.change() is None


def test_a_face_that_gets_another_name_leaves_under_the_first() -> None:
    in_view, ada = InView(), of_ada(verdict="review")
    in_view.greet([ada], 0)
    in_view.take({**ada, "verdict": "match"}, 1)
    change = in_view.change()
    assert change and (keys(change["came"]), change["left"]) == (["match:1"], ["review:1"])


def test_one_of_two_sightings_that_ends_leaves_the_person_in_view() -> None:
    in_view, first, second = InView(), of_ada(1), of_ada(2, camera=YARD)
    in_view.greet([first, second], 0)
    in_view.drop(first["id"])
    change = in_view.change()
    assert change and change["left"] == [] and change["came"][0]["cameras"] == [YARD]


def test_whoever_no_camera_confirms_is_out_of_view() -> None:
    in_view, silent, seen = InView(), of_ada(1), of_ada(2, person={"id": "2", "name": "Bob"})
    in_view.greet([silent, seen], 0)
    in_view.take(seen, 5)
    in_view.drop_silent(SILENT_AFTER_S + 1)
    change = in_view.change()
    assert change and change["left"] == ["match:1"]


def test_whoever_a_slow_camera_sees_stays_in_view_between_two_pictures() -> None:
    """A snapshot camera with a picture in 15 s confirms nobody sooner."""
    in_view, slow, quick = InView(), of_ada(1), of_ada(2, camera=YARD, person={"id": "2", "name": "Bob"})
    in_view.hear([pace(HALL, 1 / 15), pace(YARD, 5.0)])
    in_view.greet([slow, quick], 0)
    in_view.drop_silent(16)
    change = in_view.change()
    assert change and change["left"] == ["match:2"]
    in_view.drop_silent(10 + 2.5 * 15 + 1)  # it has looked twice without a word
    change = in_view.change()
    assert change and change["left"] == ["match:1"]


@pytest.mark.parametrize("fps", [None, 0.0])
def test_a_camera_whose_pace_is_not_known_counts_as_a_quick_one(fps: float | None) -> None:
    in_view = InView()
    in_view.hear([pace(HALL, fps)])
    in_view.greet([of_ada(1)], 0)
    in_view.drop_silent(SILENT_AFTER_S + 1)
    assert in_view.change()


def pace(camera: Any, fps: float | None) -> Any:
    return {"camera": camera, "fps_analysed": fps}


@pytest.fixture
def world(media: Any, db: None) -> World:
    return World.made()


def in_view_now(camera: Camera, who: Person | None, **fields: Any) -> Sighting:
    now = timezone.now()
    return a_sighting(
        camera, who, **{"at": now - timedelta(minutes=1), "last_seen_at": now, "ended_at": None, **fields}
    )


def whom(user: User) -> set[str]:
    sight = read_sight(fresh(user))
    assert sight is not None
    return {record["person"]["name"] if record["person"] else "?" for record in read_open(fresh(user), sight)}


def test_a_greeting_has_whoever_is_in_view_within_the_limits(world: World, viewer: User) -> None:
    in_view_now(world.hall, world.ada)
    in_view_now(world.vault, world.bob)
    in_view_now(world.hall, None)
    assert whom(viewer) == {"Ada Lovelace", "Bob Hidden", "?"}
    world.limit_cameras(viewer)
    assert whom(viewer) == {"Ada Lovelace", "?"}
    in_view_now(world.hall, world.bob)
    world.limit_people(viewer)
    assert whom(viewer) == {"Ada Lovelace", "?"}


def test_whoever_withdraws_is_in_view_by_name_no_more_although_somebody_said_it(world: World, viewer: User) -> None:
    Sighting.objects.all().delete()
    basis = record_basis(person=world.ada, purpose="the door", by=None)
    row = in_view_now(world.hall, None)
    correct(sighting=row.pk, says=Correction(EditKind.IS, world.ada.pk), by=None, page="")
    assert whom(viewer) == {"Ada Lovelace"}
    withdraw_basis(basis=basis, by=None)
    assert whom(viewer) == {"?"}
    sight = read_sight(fresh(viewer))
    assert sight is not None
    assert "Ada" not in str(read_hello(fresh(viewer), sight))
    assert Sighting.objects.get().person == world.ada  # what somebody said stays written


def test_a_sighting_that_its_camera_does_not_confirm_is_not_in_view(world: World, viewer: User) -> None:
    long_ago = datetime.now(UTC) - timedelta(seconds=SILENT_AFTER_S + 1)
    in_view_now(world.hall, world.ada, last_seen_at=long_ago)
    assert whom(viewer) == set()


def test_a_sighting_that_a_slow_camera_cannot_have_confirmed_yet_is_in_view(world: World, viewer: User) -> None:
    CameraStatus.objects.update_or_create(camera=world.hall, defaults={"fps_analysed": 1 / 15})
    in_view_now(world.hall, world.ada, last_seen_at=datetime.now(UTC) - timedelta(seconds=SILENT_AFTER_S + 4))
    assert whom(viewer) == {"Ada Lovelace"}


@pytest.mark.parametrize("right", ["view_presence", "view_sighting"])
def test_without_the_right_nobody_is_in_view(world: World, viewer: User, right: str) -> None:
    in_view_now(world.hall, world.ada)
    viewer.user_permissions.remove(Permission.objects.get(codename=right))
    assert whom(viewer) == set()


def test_who_is_in_view_takes_as_many_queries_for_many_as_for_few(world: World, viewer: User) -> None:
    world.limit_cameras(viewer)
    world.limit_people(viewer)
    user = fresh(viewer)
    sight = read_sight(user)
    assert sight is not None
    counts = []
    for number in (1, 10):
        for _ in range(number):
            a_detection(in_view_now(world.hall, world.ada))
        with CaptureQueriesContext(connection) as captured:
            read_open(user, sight)
        counts.append(len(captured))
    assert counts == [3, 3]  # two of them read the limits


@database_sync_to_async
def _saved(sighting_id: Any, **changes: Any) -> Any:
    Sighting.objects.filter(pk=sighting_id).update(**changes)
    row = Sighting.objects.with_snapshot().get(pk=sighting_id)
    return row.camera_id, sighting_record(row, row.snapshot_id)


async def tell(row: Sighting, change: Any = "updated", **changes: Any) -> None:
    camera, record = await _saved(row.pk, last_seen_at=timezone.now(), **changes)
    await announce_sighting(camera, sighting_event(change, record, timezone.now()))


@pytest.mark.django_db(transaction=True)
async def test_presence_is_told_as_it_changes(viewer: User, connect: Connect, media: Any) -> None:
    hall = await sync_to_async(a_camera)("Hall")
    ada, bob = [await Person.objects.acreate(name=name) for name in ("Ada", "Bob")]
    there = await sync_to_async(in_view_now)(hall, ada)
    browser = await connect(viewer)
    hello = await next_of(browser, "hello")
    assert keys(hello["in_view"]) == [f"match:{ada.pk}"]
    comes = await sync_to_async(in_view_now)(hall, bob)
    await tell(comes, "started")
    assert keys((await next_of(browser, "presence"))["came"]) == [f"match:{bob.pk}"]
    await tell(there)  # still there: nothing is told
    await tell(there, "ended", ended_at=timezone.now())
    assert await next_of(browser, "presence") == {"type": "presence", "came": [], "left": [f"match:{ada.pk}"]}


@pytest.mark.django_db(transaction=True)
async def test_presence_is_not_told_beyond_rights_and_limits(
    viewer: User, operator: User, connect: Connect, media: Any
) -> None:
    world = await sync_to_async(World.made)()
    await sync_to_async(world.limit_people)(viewer)
    limited, free = await connect(viewer), await connect(operator)
    for browser in (limited, free):
        await next_of(browser, "hello")
    hidden, shown = [await sync_to_async(in_view_now)(world.hall, who) for who in (world.bob, world.ada)]
    for row in (hidden, shown):
        await tell(row, "started")
    assert keys((await next_of(free, "presence"))["came"]) == [f"match:{world.bob.pk}"]
    assert keys((await next_of(limited, "presence"))["came"]) == [f"match:{world.ada.pk}"]
    await tell(shown, person=world.bob)  # it is somebody else, whom this viewer may not see
    assert (await next_of(limited, "presence"))["left"] == [f"match:{world.ada.pk}"]


@pytest.mark.django_db(transaction=True)
async def test_whoever_may_not_see_who_is_here_is_told_nothing(viewer: User, connect: Connect, media: Any) -> None:
    await viewer.user_permissions.aremove(await Permission.objects.aget(codename="view_presence"))
    hall = await sync_to_async(a_camera)("Hall")
    row = await sync_to_async(in_view_now)(hall, await Person.objects.acreate(name="Ada"))
    browser = await connect(viewer)
    assert (await next_of(browser, "hello"))["in_view"] is None
    await tell(row, "started")
    assert (await next_of(browser, "sighting"))["change"] == "started"
    assert await browser.receive_nothing(0.2)


@pytest.mark.django_db(transaction=True)
async def test_whoever_falls_silent_leaves(
    viewer: User, connect: Connect, media: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "RENEW_EVERY_S", 0.05)
    monkeypatch.setattr("streams.live.in_view.silent_after_s", lambda fps: 0.1)
    hall = await sync_to_async(a_camera)("Hall")
    ada = await Person.objects.acreate(name="Ada")
    await sync_to_async(in_view_now)(hall, ada)
    browser = await connect(viewer)
    assert (await next_of(browser, "presence"))["left"] == [f"match:{ada.pk}"]


@pytest.mark.django_db(transaction=True)
async def test_whoever_is_named_stays_in_view_though_the_feed_has_dropped_the_sighting(
    viewer: User, connect: Connect, media: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.live.sight.LATEST", 0)
    hall = await sync_to_async(a_camera)("Hall")
    ada = await Person.objects.acreate(name="Ada")
    row = await sync_to_async(in_view_now)(hall, None)
    browser = await connect(viewer)
    (entry,) = (await next_of(browser, "hello"))["in_view"]
    await tell(row, "corrected", person=ada, verdict="match")
    change = await next_of(browser, "presence")
    assert (keys(change["came"]), change["left"]) == ([f"match:{ada.pk}"], [entry["key"]])
