"""Limits on open sockets and streams: what is told, what is masked, and what happens when a limit comes while one
looks."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import Permission, User
from PIL import Image

from people.base.doorbells import ring_viewers
from people.recognition.types import Box, Verdict
from people.records.gallery_version import GalleryVersion
from people.records.person import Person
from streams.live import guarded_socket, mjpeg
from streams.pipeline.messages import TrackedFace
from streams.pipeline.sources.addresses import BROWSER
from streams.records.camera import Camera
from streams.records.groups import CameraGroup, CameraLimit
from streams.running.recording import record_sighting
from streams.wire.announcing import announce_frame, announce_sighting, announce_state
from streams.wire.builders import camera_heard, camera_ref, frame_header, sighting_event, sighting_record
from streams.wire.frames import unpack_frame
from streams.wire.newest_pictures import put_annotated, put_frame
from streams.wire.watching import watched
from tests.streams.limited import World
from tests.streams.live.test_consumers import Connect, connect, next_of, refused, wait_until_watched
from tests.streams.live.test_mjpeg import open_stream, parts_of
from tests.streams.said import NOON, heartbeat, overlay, sighting_change

__all__ = ["connect"]  # the fixture
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(media: Path) -> World:
    return World.made()


@pytest.fixture
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded_socket, "LOOK_AGAIN_S", 0.1)


async def limit(world: World, what: str, user: User) -> None:
    await database_sync_to_async(getattr(world, f"limit_{what}"))(user)


def faces(world: World) -> tuple[TrackedFace, ...]:
    ada, bob = (
        TrackedFace(number, Box(100 * number, 10, 100 * number + 80, 90), Verdict.MATCH, str(person.pk), 0.3)
        for number, person in ((1, world.ada), (2, world.bob))
    )
    return ada, bob, TrackedFace(3, Box(300, 10, 380, 90), Verdict.UNKNOWN, None, 0.7)


def picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (640, 360), (30, 60, 160)).save(target, "JPEG")
    return target.getvalue()


async def show(world: World, camera: Camera, frame: int = 1) -> None:
    """A frame with Ada, Bob and an unknown face, as the worker publishes it."""
    names = {str(person.pk): person.name for person in (world.ada, world.bob)}
    said = overlay(frame, width_px=640, height_px=360, faces=faces(world))
    await put_frame(camera.pk, frame_header(camera.slug, said, names), picture())
    await announce_frame(camera.pk, frame)


async def tell(camera: Camera, person: Person | None = None, **fields: Any) -> str:
    """A sighting as the worker records and announces it; returns its id."""
    verdict = Verdict.MATCH if person else Verdict.UNKNOWN
    change = sighting_change(verdict=verdict, person=str(person.pk) if person else None, **fields)
    recorded = await database_sync_to_async(record_sighting)(camera_id=camera.pk, change=change, snapshots={})
    await announce_sighting(camera.pk, sighting_event(recorded.change, sighting_record(recorded.sighting, None), NOON))
    return str(change.id)


def ids(hello: dict[str, Any]) -> set[str]:
    return {sighting["id"] for sighting in hello["sightings"]}


def of(world: World, *places: str) -> set[str]:
    return {str(world.sightings[place].pk) for place in places}


async def test_the_greeting_is_within_the_limits(world: World, viewer: User, connect: Connect) -> None:
    await limit(world, "cameras", viewer)
    hello = await next_of(await connect(viewer), "hello")
    assert [camera["camera"]["slug"] for camera in hello["cameras"]] == ["hall"]
    assert ids(hello) == of(world, "hall ada", "hall bob", "hall unknown")
    await limit(world, "people", viewer)
    hello = await next_of(await connect(viewer), "hello")
    assert ids(hello) == of(world, "hall ada", "hall unknown")
    assert {sighting["distance"] for sighting in hello["sightings"]} == {0.32, None}
    assert "Bob" not in json.dumps(hello)


async def test_a_camera_beyond_the_limits_has_no_socket_and_no_stream(world: World, viewer: User) -> None:
    await limit(world, "cameras", viewer)
    assert await refused(viewer, "/ws/cameras/vault/") == 4404
    assert (await open_stream(viewer, "/cameras/vault/live.mjpeg")).status_code == 404
    assert (await open_stream(viewer, "/cameras/hall/live.mjpeg")).status_code == 200


async def test_nobody_sends_to_a_camera_beyond_their_limits(world: World, viewer: User) -> None:
    await Camera.objects.aupdate(source=BROWSER)
    await viewer.user_permissions.aadd(await Permission.objects.aget(codename="send_to_camera"))
    await limit(world, "cameras", viewer)
    assert await refused(viewer, "/ws/cameras/vault/send/") == 4404


async def test_states_and_pictures_come_from_cameras_within_the_limits(
    world: World, viewer: User, connect: Connect
) -> None:
    await limit(world, "cameras", viewer)
    browser = await connect(viewer)
    await next_of(browser, "hello")
    await browser.say({"type": "watch", "cameras": ["vault", "hall"]})
    await wait_until_watched(world.hall)
    for camera in (world.vault, world.hall):
        await announce_state(camera.pk, camera_heard(camera_ref(camera), heartbeat()))
        await show(world, camera)
    assert (await next_of(browser, "camera.state"))["camera"]["slug"] == "hall"
    header, _ = await next_picture(browser)
    assert header["camera"] == "hall" and await browser.receive_nothing(0.2)


async def next_picture(browser: Any) -> tuple[Any, bytes]:
    while not isinstance(said := await browser.hear(), bytes):
        pass
    return unpack_frame(said)


async def test_sightings_of_hidden_people_are_not_told_and_their_faces_have_no_name(
    world: World, viewer: User, operator: User, connect: Connect
) -> None:
    await limit(world, "people", viewer)
    limited, free = await connect(viewer), await connect(operator)
    for browser in (limited, free):
        await next_of(browser, "hello")
        await browser.say({"type": "watch", "cameras": ["hall"]})
    await wait_until_watched(world.hall)
    bob, ada = await tell(world.hall, world.bob), await tell(world.hall, world.ada)
    assert (await next_of(free, "sighting"))["sighting"]["id"] == bob
    assert (await next_of(limited, "sighting"))["sighting"]["id"] == ada
    await show(world, world.hall)
    header, _ = await next_picture(limited)
    assert [(face["verdict"], face["person"] and face["person"]["name"]) for face in header["faces"]] == [
        ("match", "Ada Lovelace"),
        ("withheld", None),
        ("unknown", None),
    ]
    assert [face["person"] and face["person"]["name"] for face in (await next_picture(free))[0]["faces"]] == [
        "Ada Lovelace",
        "Bob Hidden",
        None,
    ]


async def test_a_sighting_that_turns_out_to_be_of_a_hidden_person_is_taken_back(
    world: World, viewer: User, connect: Connect
) -> None:
    await limit(world, "people", viewer)
    browser = await connect(viewer)
    await next_of(browser, "hello")
    change = await tell(world.hall)
    assert (await next_of(browser, "sighting"))["sighting"]["withheld"] is True
    await tell(world.hall, world.bob, id=change)
    assert await next_of(browser, "sighting.gone") == {"type": "sighting.gone", "id": change}


async def test_somebody_who_comes_into_the_group_is_told_of_without_waiting(
    world: World, viewer: User, connect: Connect
) -> None:
    await limit(world, "people", viewer)
    browser = await connect(viewer)
    await next_of(browser, "hello")
    await database_sync_to_async(lambda: world.group_of_ada().people.add(world.bob))()
    newer, _ = await GalleryVersion.objects.aupdate_or_create(pk=1, defaults={"version": 1_000})
    first = await tell(world.hall, world.bob, gallery_version=newer.version)  # hidden, and a reason to look again
    for _try in range(40):
        again = await tell(world.hall, world.bob, id=first, gallery_version=newer.version)
        if not await browser.receive_nothing(0.1):
            break
    assert (await next_of(browser, "sighting"))["sighting"]["id"] == again


@pytest.mark.usefixtures("looks_often")
async def test_a_limit_to_people_takes_hold_of_an_open_socket(world: World, viewer: User, connect: Connect) -> None:
    browser = await connect(viewer)
    assert ids(await next_of(browser, "hello")) == {str(sighting.pk) for sighting in world.sightings.values()}
    await limit(world, "people", viewer)
    again = await next_of(browser, "hello")
    assert ids(again) == of(world, "hall ada", "hall unknown", "vault ada", "vault unknown")
    await browser.say({"type": "watch", "cameras": ["hall"]})
    await wait_until_watched(world.hall)
    await show(world, world.hall)
    assert "Bob" not in json.dumps((await next_picture(browser))[0])


async def test_a_limit_to_cameras_takes_hold_at_once_when_it_is_rung_for(
    world: World, viewer: User, connect: Connect
) -> None:
    all_of_them, one = await connect(viewer), await connect(viewer, "/ws/cameras/vault/")
    await limit(world, "cameras", viewer)
    await database_sync_to_async(ring_viewers)()
    assert (await next_of(all_of_them, "camera.gone"))["camera"]["slug"] == "vault"
    assert ids(await next_of(all_of_them, "hello")) == of(world, "hall ada", "hall bob", "hall unknown")
    assert await one.hear_close() == 4404


async def test_whoever_may_not_know_everybody_gets_a_stream_drawn_for_them(world: World, viewer: User) -> None:
    await limit(world, "people", viewer)
    await put_annotated(world.hall.pk, 1, b"with every name burnt in")
    await show(world, world.hall)
    parts = parts_of(await open_stream(viewer))
    first = await anext(parts)
    modes = await watched([world.hall.pk])
    assert modes is not None and modes[world.hall.pk].preview and not modes[world.hall.pk].annotated
    assert Image.open(io.BytesIO(first)).getpixel((240, 89)) == pytest.approx((120, 130, 144), abs=40)  # Bob: grey
    await show(world, world.hall, 2)
    assert (await anext(parts)).startswith(b"\xff\xd8")
    await parts.aclose()


async def test_a_limit_takes_hold_of_a_running_stream(
    world: World, viewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mjpeg, "LOOK_AGAIN_S", 0.0)
    await put_annotated(world.hall.pk, 1, b"with every name burnt in")
    await show(world, world.hall, 2)
    parts = parts_of(await open_stream(viewer))
    assert await anext(parts) == b"with every name burnt in"
    await limit(world, "people", viewer)
    assert (await anext(parts)).startswith(b"\xff\xd8")
    group = await CameraGroup.objects.acreate(name="Elsewhere")
    await CameraLimit.objects.acreate(group=group, user=viewer)
    assert len([part async for part in parts]) <= 1
