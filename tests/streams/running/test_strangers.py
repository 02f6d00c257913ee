"""What is kept of strangers: everything as before, times alone, or nothing."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from channels.layers import get_channel_layer
from django.core.files.storage import default_storage

from people.recognition.types import Verdict
from people.records.person import Person
from streams.pipeline.messages import SightingChange
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.running.footage_store import FootageStore
from streams.running.outbox import SightingOutbox
from streams.running.recorder import Recorder
from streams.wire.announcing import camera_group
from tests.streams.said import encoding, new_detection, sighting_change

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]


def record(camera: Camera, *changes: SightingChange) -> list[dict[str, Any]]:
    """Records through the recorder, as a worker does; returns what viewers were told."""

    async def told() -> list[dict[str, Any]]:
        layer: Any = get_channel_layer()
        own = await layer.new_channel()
        await layer.group_add(camera_group(camera.pk), own)
        recorder = Recorder(SightingOutbox(), FootageStore())
        task = asyncio.create_task(recorder.run())
        for change in changes:
            recorder.outbox.put(camera.pk, change)
            assert await recorder.flush(10)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await recorder.close()
        heard = []
        while True:
            try:
                heard.append(await asyncio.wait_for(layer.receive(own), 0.1))
            except TimeoutError:
                return heard

    return asyncio.run(told())


def stored_pictures() -> list[str]:
    return default_storage.listdir("snapshots")[1] if default_storage.exists("snapshots") else []


def stranger(**fields: Any) -> SightingChange:
    return sighting_change(detections=(new_detection(),), encoding=encoding(), **fields)


def named(person: Person, sighting: UUID) -> SightingChange:
    seen = new_detection(verdict=Verdict.MATCH, person=str(person.pk))
    named_so = {"verdict": Verdict.MATCH, "person": str(person.pk), "distance": 0.3}
    return sighting_change(id=sighting, detections=(seen,), encoding=encoding(), **named_so)


def kept() -> tuple[int, int, int, int]:
    pictures = len(stored_pictures())
    return Sighting.objects.count(), Detection.objects.count(), SightingEncoding.objects.count(), pictures


@pytest.mark.parametrize(
    ("setting", "expected"), [("pictures", (1, 1, 1, 1)), ("numbers", (1, 0, 0, 0)), ("nothing", (0, 0, 0, 0))]
)
def test_of_a_stranger_is_kept_what_the_camera_says(
    hall: Camera, setting: str, expected: tuple[int, int, int, int]
) -> None:
    Camera.objects.update(strangers=setting)
    told = record(hall, stranger(), stranger(ended=True)) if setting == "nothing" else record(hall, stranger())
    assert kept() == expected
    assert [message["type"] for message in told] == (["sighting"] if expected[0] else [])


@pytest.mark.parametrize("setting", ["numbers", "nothing"])
@pytest.mark.parametrize("verdict", [Verdict.MATCH, Verdict.REVIEW])
def test_of_somebody_enrolled_everything_is_kept(hall: Camera, setting: str, verdict: Verdict) -> None:
    Camera.objects.update(strangers=setting)
    unknown = stranger()
    ada = Person.objects.create(name="Ada")
    record(hall, unknown, replace(named(ada, unknown.id), verdict=verdict))
    assert kept() == (1, 1, 1, 1)


@pytest.mark.parametrize(("setting", "expected"), [("numbers", (1, 0, 0, 0)), ("nothing", (0, 0, 0, 0))])
def test_somebody_who_is_enrolled_no_more_is_a_stranger_from_then_on(
    hall: Camera, setting: str, expected: tuple[int, int, int, int]
) -> None:
    Camera.objects.update(strangers=setting)
    first = stranger()
    ada = Person.objects.create(name="Ada")
    told = record(hall, named(ada, first.id), replace(first, ended=True))
    assert kept() == expected
    assert [message["type"] for message in told][-1] == ("sighting.gone" if setting == "nothing" else "sighting")


@pytest.mark.parametrize("setting", ["numbers", "nothing"])
def test_somebody_deleted_before_the_record_is_a_stranger_too(hall: Camera, setting: str) -> None:
    Camera.objects.update(strangers=setting)
    ada = Person.objects.create(name="Ada")
    change = named(ada, sighting_change().id)
    ada.delete()
    record(hall, change)
    assert kept()[1:] == (0, 0, 0)
