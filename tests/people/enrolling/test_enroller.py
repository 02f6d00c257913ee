"""The enroller: every photo that is due is read, also after a doorbell was lost or a reader has died."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from people.editing import services
from people.enrolling import enroller as enroller_module
from people.enrolling.enroller import Enroller
from people.enrolling.enrollers import Enrollers
from people.errors import ReaderDied
from people.recognition.reading.photo import PhotoReading
from people.recognition.types import Quality
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import near, unit_vector

pytestmark = pytest.mark.django_db(transaction=True)
Add = Callable[..., Photo]


class FakeReader:
    """Finds a good face in every picture, the same person's at another moment each time, or does as it is told."""

    engine = "fake"

    def __init__(self, *readings: PhotoReading | Exception) -> None:
        self.readings = list(readings)
        self.read_count = 0
        self.boxes: list[Any] = []
        self.is_open = False

    def start(self) -> None:
        self.is_open = True

    def read(self, data: bytes, *, chosen_box: Any, max_bytes: int) -> PhotoReading:
        self.read_count += 1
        self.boxes.append(chosen_box)
        if self.readings:
            next_up = self.readings.pop(0)
            if isinstance(next_up, Exception):
                raise next_up
            return next_up
        quality = Quality(1.0, 1.0, 1.0, 1.0)
        return PhotoReading("ok", 64, 64, vector=near(unit_vector(1), 0.2, seed=100 + self.read_count), quality=quality)

    def kill(self) -> None: ...

    def close(self) -> None:
        self.is_open = False


async def state(photo: Photo) -> tuple[str, str, int]:
    await photo.arefresh_from_db()
    return photo.state, photo.reason, photo.attempts


async def until(condition: Callable[[], Any], timeout_s: float = 5) -> None:
    async with asyncio.timeout(timeout_s):
        while not await condition():
            await asyncio.sleep(0.02)


async def test_everything_that_is_due_is_enrolled(ada: Person, add: Add) -> None:
    photos = [await sync_to_async(add)(ada, seed=seed) for seed in range(3)]
    assert await Enroller(reader=FakeReader()).drain() == 3
    assert [await state(photo) for photo in photos] == [("enrolled", "", 1)] * 3


async def test_a_doorbell_starts_the_reading_at_once_and_the_cameras_hear_of_it(
    ada: Person, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enroller_module, "SWEEP_S", 60.0)
    layer = get_channel_layer()
    assert layer is not None
    await layer.group_add("workers", "listener")
    stop, wake = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(Enroller(reader=FakeReader()).run(stop, wake))
    await asyncio.sleep(0.2)
    photo = await sync_to_async(add)(ada)
    wake.set()

    async def enrolled() -> bool:
        return (await state(photo))[0] == "enrolled"

    await until(enrolled)
    stop.set()
    await asyncio.wait_for(running, 5)
    heard = [(await asyncio.wait_for(layer.receive("listener"), 1))["type"] for _ in range(2)]
    assert heard == ["photos.changed", "gallery.changed"]


async def test_without_a_doorbell_the_sweep_finds_the_photo(
    ada: Person, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enroller_module, "SWEEP_S", 0.1)
    stop = asyncio.Event()
    running = asyncio.create_task(Enroller(reader=FakeReader()).run(stop, asyncio.Event()))
    photo = await sync_to_async(add)(ada)

    async def enrolled() -> bool:
        return (await state(photo))[0] == "enrolled"

    await until(enrolled)
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_a_photo_that_crashes_the_reader_counts_an_attempt_and_the_next_is_read(ada: Person, add: Add) -> None:
    bad = await sync_to_async(add)(ada)
    good = await sync_to_async(add)(ada, seed=1)
    assert await Enroller(reader=FakeReader(ReaderDied("crashed"))).drain() == 2
    assert await state(bad) == ("pending", "", 1)
    assert await state(good) == ("enrolled", "", 1)


async def test_stopping_gives_the_photo_back_without_an_attempt(ada: Person, add: Add) -> None:
    photo = await sync_to_async(add)(ada)
    stop = asyncio.Event()

    class StoppedWhileReading(FakeReader):
        def read(self, data: bytes, *, chosen_box: Any, max_bytes: int) -> PhotoReading:
            loop.call_soon_threadsafe(stop.set)
            self.killed.wait(5)
            raise ReaderDied("killed")

        def kill(self) -> None:
            self.killed.set()

    import threading

    loop = asyncio.get_running_loop()
    reader = StoppedWhileReading()
    reader.killed = threading.Event()  # type: ignore[attr-defined]
    await asyncio.wait_for(Enroller(reader=reader).run(stop, asyncio.Event()), 5)
    assert await state(photo) == ("pending", "", 0)
    assert not reader.is_open


async def test_an_object_that_is_gone_rejects_the_photo(ada: Person, add: Add, media: Path) -> None:
    photo = await sync_to_async(add)(ada)
    (media / photo.image.name).unlink()
    await Enroller(reader=FakeReader()).drain()
    assert (await state(photo))[:2] == ("rejected", "file_missing")


async def test_a_photo_deleted_while_it_is_read_stops_nothing(ada: Person, add: Add) -> None:
    photo = await sync_to_async(add)(ada)
    other = await sync_to_async(add)(ada, seed=1)

    class Deleting(FakeReader):
        def read(self, data: bytes, *, chosen_box: Any, max_bytes: int) -> PhotoReading:
            if self.read_count == 0:
                from django.db import connection

                services.delete_photos(photos=[photo], by=None)
                connection.close()
            return super().read(data, chosen_box=chosen_box, max_bytes=max_bytes)

    assert await Enroller(reader=Deleting()).drain() == 2
    assert (await state(other))[0] == "enrolled"


async def test_the_chosen_face_is_handed_to_the_reader(ada: Person, add: Add) -> None:
    photo = await sync_to_async(add)(ada)
    await Photo.objects.filter(pk=photo.pk).aupdate(chosen_box=[1, 2, 30, 40])
    reader = FakeReader()
    await Enroller(reader=reader).drain()
    assert reader.boxes == [(1, 2, 30, 40)]


async def test_one_due_photo_starts_one_reader_and_several_start_more(ada: Person, add: Add) -> None:
    first, second = FakeReader(), FakeReader()
    here, beside = Enroller(reader=first), Enroller(reader=second, place=1)
    await sync_to_async(add)(ada, seed=1)
    assert not await beside.enrol_next() and not second.is_open
    await sync_to_async(add)(ada, seed=2)
    assert await beside.enrol_next() and second.read_count == 1
    assert await here.enrol_next() and first.read_count == 1


async def test_as_many_photos_are_read_at_once_as_there_are_readers(
    ada: Person, add: Add, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Both readings wait for each other: with one reader neither would end."""
    settings.PHOTO_READERS = 2
    together = threading.Barrier(2, timeout=20)
    numbers = itertools.count()

    class Meets(FakeReader):
        def read(self, data: bytes, *, chosen_box: Any, max_bytes: int) -> PhotoReading:
            self.read_count = next(numbers)
            if self.read_count < 2:
                together.wait()
            return super().read(data, chosen_box=chosen_box, max_bytes=max_bytes)

    monkeypatch.setattr(enroller_module, "PhotoReader", lambda *_args, **_more: Meets())
    photos = [await sync_to_async(add)(ada, seed=seed) for seed in range(3)]
    stop, wake = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(Enrollers().run(stop, wake))

    async def enrolled() -> bool:
        return [(await state(photo))[0] for photo in photos] == ["enrolled"] * 3

    await until(enrolled, 20)
    stop.set()
    wake.set()
    await asyncio.wait_for(running, 10)


async def test_an_error_of_one_enroller_ends_all_of_them(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.PHOTO_READERS = 2
    ended: list[int] = []

    async def run(self: Enroller, stop: asyncio.Event, wake: asyncio.Event) -> None:
        if self._place:
            raise ConnectionError
        try:
            await stop.wait()
        finally:
            ended.append(self._place)

    monkeypatch.setattr(Enroller, "run", run)
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(Enrollers().run(asyncio.Event(), asyncio.Event()), 5)
    assert ended == [0]
