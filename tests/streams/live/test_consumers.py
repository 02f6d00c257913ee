"""The sockets: who is let in, the greeting, and what is told as it happens."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import Permission, User
from django.db import DatabaseError
from django.test import Client

from facesite.asgi import application
from people.audit.keeping import KeptEntries
from people.audit.words import Action
from streams.cameras.deleting import delete_camera
from streams.cameras.services import save_camera
from streams.live import live_looks, viewers
from streams.records.camera import Camera
from streams.running.recording import record_sighting
from streams.wire.announcing import announce_frame, announce_sighting, announce_state
from streams.wire.builders import camera_heard, camera_ref, frame_header, sighting_event, sighting_record
from streams.wire.frames import unpack_frame
from streams.wire.newest_pictures import put_frame
from streams.wire.watching import watched
from tests.streams.browser import BrowserSocket
from tests.streams.said import JPEG, heartbeat, new_detection, overlay, sighting_change

pytestmark = pytest.mark.django_db(transaction=True)
DASHBOARD = "/ws/dashboard/"
Connect = Callable[..., Awaitable[BrowserSocket]]


def cookie_of(user: User | None) -> list[tuple[bytes, bytes]]:
    if user is None:
        return []
    client = Client()
    client.force_login(user)
    return [(b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode())]


async def socket(user: User | None, path: str = DASHBOARD, origin: str = "http://localhost") -> BrowserSocket:
    headers = [(b"origin", origin.encode()), (b"host", b"localhost")]
    return BrowserSocket(application, path, [*headers, *await database_sync_to_async(cookie_of)(user)])


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Opens sockets, which are closed at the end of the test."""
    opened: list[BrowserSocket] = []

    async def open_one(user: User | None, path: str = DASHBOARD) -> BrowserSocket:
        communicator = await socket(user, path)
        assert await communicator.connect() is None
        opened.append(communicator)
        return communicator

    yield open_one
    for communicator in opened:
        await communicator.leave()


async def refused(user: User | None, path: str = DASHBOARD, **options: Any) -> int:
    code = await (await socket(user, path, **options)).connect()
    assert code is not None
    return code


async def next_of(communicator: BrowserSocket, kind: str) -> dict[str, Any]:
    """The next text message of this type; others before it are passed over."""
    while True:
        said = await communicator.hear()
        if isinstance(said, str) and (message := json.loads(said))["type"] == kind:
            return dict(message)


async def next_frame(communicator: BrowserSocket) -> int:
    """Number of the next picture."""
    while not isinstance(said := await communicator.hear(), bytes):
        pass
    header, jpeg = unpack_frame(said)
    assert jpeg == JPEG
    return header["frame"]


async def show(camera: Camera, frame: int) -> None:
    """What the worker does for each picture."""
    await put_frame(camera.pk, frame_header(camera.slug, overlay(frame), {}), JPEG)
    await announce_frame(camera.pk, frame)


async def test_nobody_and_strangers_are_refused_before_the_socket_opens(hall: Camera, stranger: User) -> None:
    for path in (DASHBOARD, "/ws/cameras/hall/"):
        assert await refused(None, path) == 4401
        assert await refused(stranger, path) == 4403


async def test_another_site_cannot_open_a_socket_with_the_visitors_cookie(viewer: User) -> None:
    assert await refused(viewer, origin="https://evil.example") == 1000


async def test_an_unknown_address_or_camera_is_refused(viewer: User) -> None:
    assert await refused(viewer, "/ws/nowhere/") == 1000
    assert await refused(viewer, "/ws/cameras/nowhere/") == 4404


async def test_the_greeting_tells_states_and_the_latest_sightings(hall: Camera, viewer: User, connect: Connect) -> None:
    change = sighting_change(detections=(new_detection(),))
    names = {change.detections[0].id: "snapshots/1.jpg"}
    await database_sync_to_async(record_sighting)(camera_id=hall.pk, change=change, snapshots=names)
    hello = await next_of(await connect(viewer), "hello")
    assert [camera["camera"]["slug"] for camera in hello["cameras"]] == ["hall"]
    assert [sighting["id"] for sighting in hello["sightings"]] == [str(change.id)]
    assert hello["sightings"][0]["snapshot_url"] == f"/media/detections/{change.detections[0].id}/"


async def test_the_socket_of_a_camera_tells_of_that_camera_alone(hall: Camera, viewer: User, connect: Connect) -> None:
    door = await Camera.objects.acreate(name="Door", slug="door", source="0")
    communicator = await connect(viewer, "/ws/cameras/door/")
    hello = await next_of(communicator, "hello")
    assert [camera["camera"]["slug"] for camera in hello["cameras"]] == ["door"]
    await announce_state(hall.pk, camera_heard(camera_ref(hall), heartbeat()))
    await announce_state(door.pk, camera_heard(camera_ref(door), heartbeat()))
    assert (await next_of(communicator, "camera.state"))["camera"]["slug"] == "door"


async def test_a_sighting_is_told_only_to_those_who_may_see_sightings(
    hall: Camera, viewer: User, stranger: User, connect: Connect
) -> None:
    watcher = await Permission.objects.aget(codename="view_camera")
    await stranger.user_permissions.aadd(watcher)
    may, may_not = await connect(viewer), await connect(stranger)
    recorded = await database_sync_to_async(record_sighting)(camera_id=hall.pk, change=sighting_change(), snapshots={})
    event = sighting_event("started", sighting_record(recorded.sighting, None), sighting_change().captured_at)
    await announce_sighting(hall.pk, event)
    assert (await next_of(may, "sighting"))["change"] == "started"
    assert (await next_of(may_not, "hello"))["sightings"] == []
    assert await may_not.receive_nothing(0.2)


async def test_pictures_come_only_to_who_watches(hall: Camera, viewer: User, connect: Connect) -> None:
    watching, not_watching = await connect(viewer), await connect(viewer)
    await watching.say({"type": "watch", "cameras": ["hall"]})
    await next_of(not_watching, "hello")
    await wait_until_watched(hall)
    await show(hall, 1)
    assert await next_frame(watching) == 1
    assert await not_watching.receive_nothing(0.2)


async def wait_until_watched(camera: Camera) -> None:
    for _ in range(50):
        modes = await watched([camera.pk])
        if modes and modes[camera.pk].preview:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody watches")


async def test_a_viewer_that_stalls_gets_the_newest_picture_and_no_old_one(
    hall: Camera, viewer: User, connect: Connect
) -> None:
    communicator = await connect(viewer)
    await communicator.say({"type": "watch", "cameras": ["hall"]})
    await wait_until_watched(hall)
    for frame in range(1, 301):
        await show(hall, frame)
    first = await next_frame(communicator)
    assert communicator.output_queue.qsize() == 0
    await communicator.say({"type": "ack", "camera": "hall", "frame": first})
    assert await next_frame(communicator) == 300
    assert communicator.output_queue.qsize() == 0


async def test_who_begins_to_watch_sees_the_newest_picture_at_once(
    hall: Camera, viewer: User, connect: Connect
) -> None:
    await show(hall, 41)
    communicator = await connect(viewer)
    await communicator.say({"type": "watch", "cameras": ["hall", "nowhere", "hall"]})
    assert await next_frame(communicator) == 41


@pytest.mark.parametrize("text", ["", "{}", "[1", '{"type": "shutdown"}', "x" * 20_000])
async def test_nonsense_closes_the_socket(text: str, viewer: User, connect: Connect) -> None:
    communicator = await connect(viewer)
    await communicator.send_input({"type": "websocket.receive", "text": text})
    assert await communicator.hear_close() == 4400


async def test_bytes_close_the_socket(viewer: User, connect: Connect) -> None:
    communicator = await connect(viewer)
    await communicator.send_input({"type": "websocket.receive", "bytes": b"\0"})
    assert await communicator.hear_close() == 4400


async def test_a_flood_closes_the_socket(viewer: User, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    communicator = await connect(viewer)
    for _ in range(1_500):
        await communicator.send_input({"type": "websocket.receive", "text": '{"type": "ping"}'})
    assert await communicator.hear_close() == 4429


async def test_a_ping_is_answered(viewer: User, connect: Connect) -> None:
    communicator = await connect(viewer)
    await communicator.say({"type": "ping"})
    assert (await next_of(communicator, "pong"))["now"].endswith("Z")


@pytest.fixture
def few_places(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(viewers, "MOST_PLACES", 3)
    return 3


async def test_a_user_has_a_limited_number_of_sockets(viewer: User, connect: Connect, few_places: int) -> None:
    for _ in range(few_places):
        await connect(viewer)
    assert await refused(viewer) == 4429


async def test_a_closed_socket_gives_its_place_back(viewer: User, few_places: int) -> None:
    for _ in range(few_places + 2):
        communicator = await socket(viewer)
        assert await communicator.connect() is None
        await communicator.leave()


async def test_a_new_camera_appears_and_a_deleted_one_goes_without_waiting(
    hall: Camera, viewer: User, connect: Connect
) -> None:
    communicator = await connect(viewer)
    door = Camera(name="Door", slug="door", source="0")
    await database_sync_to_async(save_camera)(camera=door, by=None)
    assert (await next_of(communicator, "camera.state"))["camera"]["slug"] == "door"
    await database_sync_to_async(delete_camera)(camera=door, by=None)
    assert (await next_of(communicator, "camera.gone"))["camera"]["slug"] == "door"


async def test_the_socket_of_a_deleted_camera_closes(hall: Camera, viewer: User, connect: Connect) -> None:
    communicator = await connect(viewer, "/ws/cameras/hall/")
    await database_sync_to_async(delete_camera)(camera=hall, by=None)
    assert await communicator.hear_close() == 4404


async def test_who_is_told_of_sightings_is_written_down_without_a_picture(
    connect: Connect, viewer: User, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = KeptEntries()
    monkeypatch.setattr(live_looks, "KEPT", kept)
    communicator = await connect(viewer)
    await next_of(communicator, "hello")
    said = (viewer.username, "sighting", (f"camera:{camera.pk}",))
    assert [(entry.actor.who, entry.kind, entry.about) for entry in kept._waiting] == [said]
    await communicator.leave()
    assert [entry.action for entry in kept._waiting] == [Action.WATCHED, Action.STOPPED_WATCHING]


async def test_a_strict_site_tells_nobody_of_sightings_without_an_entry(
    viewer: User, camera: Camera, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(entries: object) -> None:
        raise DatabaseError("away")

    settings.AUDIT_STRICT = True
    monkeypatch.setattr(live_looks, "store", away)
    communicator = await socket(viewer)
    await communicator.connect()
    assert (await communicator.receive_output(timeout=5))["code"] == 1011, "before any greeting"
