"""Whole frames are stored beside the recording of sightings, with the look that decided and no other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError

from people.recognition.types import Verdict
from people.records.person import Person
from streams.pipeline.messages import FootageKind, NewDetection, SightingChange
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.sighting import Sighting
from streams.running import footage as keeping
from streams.running import footage_store
from streams.running.footage import keep_footage
from streams.running.footage_store import FootageStore
from streams.running.outbox import PendingFootage, SightingOutbox
from streams.running.recorder import Recorder
from streams.running.recording import record_sighting
from tests.streams.said import JPEG, footage, new_detection, sighting_change

FRAMES = "sighting-frames"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def recorder(media: Path) -> AsyncIterator[Recorder]:
    store = FootageStore()
    recorder = Recorder(SightingOutbox(), store)
    tasks = [asyncio.create_task(part.run()) for part in (recorder, store)]
    yield recorder
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await recorder.close()
    await store.close()


def recorded(camera: Camera, *looks: NewDetection, **fields: Any) -> SightingChange:
    change = sighting_change(detections=looks or (new_detection(),), **fields)
    record_sighting(camera_id=camera.pk, change=change, snapshots={})
    return change


def frames(media: Path) -> set[str]:
    folder = media / FRAMES
    return {f"{FRAMES}/{path.name}" for path in folder.iterdir()} if folder.exists() else set()


def test_a_frame_is_stored_and_named_by_its_look(hall: Camera, media: Path) -> None:
    assert keep_footage(camera_id=hall.pk, footage=footage(recorded(hall)))
    name = Detection.objects.get().frame.name
    assert frames(media) == {name}
    with default_storage.open(name) as stored:
        assert stored.read() == JPEG


def test_a_clip_is_stored_beside_the_frame(hall: Camera, media: Path) -> None:
    Camera.objects.update(clip_seconds=6)
    change = recorded(hall)
    for kind in FootageKind:
        assert keep_footage(camera_id=hall.pk, footage=footage(change, kind))
    look = Detection.objects.get()
    assert look.frame.name.startswith(f"{FRAMES}/") and look.clip.name.startswith("sighting-clips/")
    Camera.objects.update(clip_seconds=0)
    assert not keep_footage(camera_id=hall.pk, footage=footage(change, FootageKind.CLIP))


def test_of_a_sightings_looks_only_the_one_that_decides_keeps_its_frame(hall: Camera, media: Path) -> None:
    ada = Person.objects.create(name="Ada")
    named = {"verdict": Verdict.MATCH, "person": str(ada.pk)}
    unsure, good, better = new_detection(quality=0.99), new_detection(**named), new_detection(quality=0.9, **named)
    change = recorded(hall, unsure, good, better, **named)
    for look, is_kept in ((unsure, True), (good, True), (better, True), (unsure, False)):
        told = footage(change, detection=look.id)
        assert keep_footage(camera_id=hall.pk, footage=told) is is_kept
    kept = Detection.objects.exclude(frame="").get()
    assert kept.pk == better.id
    assert frames(media) == {kept.frame.name}


@pytest.mark.parametrize(
    "setting", [{"keeps_whole_frame": False}, {"strangers": "numbers"}, {"strangers": "nothing"}], ids=str
)
def test_a_camera_that_may_keep_none_stores_none_even_of_a_known_person(
    hall: Camera, media: Path, setting: dict[str, Any]
) -> None:
    """A whole frame shows strangers who stand beside."""
    ada = Person.objects.create(name="Ada")
    change = recorded(hall, verdict=Verdict.MATCH, person=str(ada.pk))
    Camera.objects.update(**setting)
    assert not keep_footage(camera_id=hall.pk, footage=footage(change))
    assert frames(media) == set()


def test_what_was_forgotten_meanwhile_gets_no_frame(hall: Camera, media: Path) -> None:
    change = recorded(hall)
    Sighting.objects.all().delete()
    assert not keep_footage(camera_id=hall.pk, footage=footage(change))
    assert not keep_footage(camera_id=hall.pk + 1, footage=footage(change))
    assert frames(media) == set()


def test_what_is_forgotten_while_it_is_stored_leaves_nothing(
    hall: Camera, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        def save(self, name: str, content: Any) -> str:
            Sighting.objects.all().delete()
            return default_storage.save(name, content)

    change = recorded(hall)
    monkeypatch.setattr(keeping, "default_storage", Slow())
    assert not keep_footage(camera_id=hall.pk, footage=footage(change))
    assert frames(media) == set()


def test_a_row_that_cannot_be_written_leaves_no_frame_and_no_name(
    hall: Camera, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*asked: Any) -> list[str]:
        raise OperationalError("gone")

    change = recorded(hall)
    monkeypatch.setattr(keeping, "_without_others", broken)
    with pytest.raises(OperationalError):
        keep_footage(camera_id=hall.pk, footage=footage(change))
    assert (frames(media), Detection.objects.get().frame) == (set(), "")


async def test_a_frame_finds_its_look_however_long_that_waits(hall: Camera, recorder: Recorder) -> None:
    change = sighting_change(detections=(new_detection(),))
    recorder.outbox.put(hall.pk, change)
    recorder.outbox.put_footage(hall.pk, footage(change))
    assert await recorder.flush(10) and await recorder.footage.flush(10)
    assert (await Detection.objects.aget()).frame


async def test_a_storage_that_takes_its_time_holds_up_no_sighting(
    hall: Camera, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()

    def slow(**asked: Any) -> bool:
        return may_go_on.wait(20)

    monkeypatch.setattr(footage_store, "keep_footage", slow)
    change = sighting_change(detections=(new_detection(),))
    recorder.outbox.put_footage(hall.pk, footage(change))
    for _ in range(20):
        recorder.outbox.put(hall.pk, sighting_change())
    assert await recorder.flush(10)
    assert await Sighting.objects.acount() == 20
    assert not await recorder.footage.flush(0.05)
    may_go_on.set()
    assert await recorder.footage.flush(10)


async def test_a_database_that_is_away_is_waited_for_and_a_full_storage_is_not(
    hall: Camera, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = keep_footage, [OperationalError("gone"), OperationalError("gone"), OSError("no space left")]

    def unsteady(**asked: Any) -> bool:
        if failures:
            raise failures.pop(0)
        return real(**asked)

    monkeypatch.setattr(footage_store, "keep_footage", unsteady)
    monkeypatch.setattr(footage_store, "PAUSE_S", 0.01)
    change = sighting_change(detections=(new_detection(), new_detection()))
    recorder.outbox.put(hall.pk, change)
    for look in change.detections:
        recorder.outbox.put_footage(hall.pk, footage(change, detection=look.id))
    assert await recorder.flush(10) and await recorder.footage.flush(10)
    assert recorder.footage.dropped == 1
    assert (await Detection.objects.exclude(frame="").aget()).pk == change.detections[1].id


async def test_what_waits_is_bounded_and_the_oldest_goes_first() -> None:
    store, change = FootageStore(most_bytes=2_500), sighting_change(detections=(new_detection(),))
    waiting = [PendingFootage(1, footage(change, detection=uuid4(), content=bytes(1_000))) for _ in range(5)]
    for pending in waiting:
        store.put(pending)
    assert store.dropped == 3
    assert list(store._waiting) == waiting[3:]
    await store.close()
