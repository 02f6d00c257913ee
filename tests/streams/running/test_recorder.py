"""The recorder: every sighting is written and then announced, whatever the database does meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.core.files.storage import default_storage
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from people.base.doorbells import GROUP, VIEWERS
from people.recognition.types import Verdict
from people.records.counter_example import CounterExample
from people.records.person import Person
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.delivery import Delivery
from streams.records.detection import Detection
from streams.records.sighting import Sighting
from streams.running import recorder as recording
from streams.running.footage_store import FootageStore
from streams.running.outbox import SightingOutbox
from streams.running.recorder import Recorder
from streams.wire.announcing import camera_group
from tests.streams.alerting_rows import a_channel, a_rule
from tests.streams.said import new_detection, sighting_change

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def recorder(media: Any) -> AsyncIterator[Recorder]:
    recorder = Recorder(SightingOutbox(), FootageStore())
    task = asyncio.create_task(recorder.run())
    yield recorder
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await recorder.close()


class FailingDatabase:
    """Fails the first `times` calls of `function` with `error`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: Exception, times: int) -> None:
        self.calls, self.times, self.error = 0, times, error
        self.real = recording.record_sighting
        monkeypatch.setattr(recording, "record_sighting", self)
        monkeypatch.setattr(recording, "FIRST_PAUSE_S", 0.01)

    def __call__(self, **asked: Any) -> Any:
        self.calls += 1
        if self.calls <= self.times:
            raise self.error
        return self.real(**asked)


async def test_a_sighting_is_recorded_and_then_announced(hall: Camera, recorder: Recorder) -> None:
    layer: Any = get_channel_layer()
    own = await layer.new_channel()
    await layer.group_add(camera_group(hall.pk), own)
    shown = new_detection()
    recorder.outbox.put(hall.pk, sighting_change(detections=(shown,)))
    message = await asyncio.wait_for(layer.receive(own), 5)
    event = message["event"]
    assert (event["type"], event["change"], event["sighting"]["camera"]["slug"]) == ("sighting", "started", "hall")
    assert str(shown.id) in event["sighting"]["snapshot_url"]
    assert 0 <= event["delay_ms"] < 5_000
    assert recorder.delays.summary() is not None
    detection = await Detection.objects.aget()
    with default_storage.open(detection.snapshot.name) as stored:
        assert stored.read() == shown.snapshot


async def test_an_alert_is_told_after_the_commit_to_dashboards_and_to_the_workers_that_deliver_it(
    hall: Camera, recorder: Recorder
) -> None:
    def ruled() -> None:
        for name in ("One", "Two"):
            a_rule(name).channels.add(a_channel(f"Channel {name}"))

    await sync_to_async(ruled)()
    layer: Any = get_channel_layer()
    own = await layer.new_channel()
    for group in (GROUP, VIEWERS):
        await layer.group_add(group, own)
    recorder.outbox.put(hall.pk, sighting_change(captured_at=timezone.now(), votes=3))
    heard = [await asyncio.wait_for(layer.receive(own), 5) for _ in range(3)]
    assert [message["type"] for message in heard] == ["deliveries.due", "alert", "alert"]  # once, however many
    ids = {str(pk) async for pk in Alert.objects.values_list("pk", flat=True)}
    assert {message["event"]["alert"]["id"] for message in heard[1:]} == ids
    assert heard[1]["event"]["alert"]["said"] == "An unknown person at Hall"
    assert heard[1]["event"]["alert"]["raised_at"].endswith("Z") and heard[1]["camera_id"] == hall.pk
    assert await Delivery.objects.acount() == 2


async def test_a_database_that_is_away_loses_no_sighting_and_keeps_their_order(
    hall: Camera, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = FailingDatabase(monkeypatch, OperationalError("gone"), times=6)
    said = [sighting_change(detections=(new_detection(),)) for _ in range(20)]
    for change in said:
        recorder.outbox.put(hall.pk, change)
    assert await recorder.flush(10)
    assert away.calls == 26
    ids = {pk async for pk in Sighting.objects.values_list("pk", flat=True)}
    assert ids == {change.id for change in said}


async def test_snapshots_are_stored_once_however_often_the_row_is_tried(
    hall: Camera, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, media: Any
) -> None:
    FailingDatabase(monkeypatch, OperationalError("gone"), times=4)
    recorder.outbox.put(hall.pk, sighting_change(detections=(new_detection(), new_detection())))
    assert await recorder.flush(5)
    assert len(list((media / "snapshots").iterdir())) == 2


async def test_a_sighting_that_cannot_be_written_does_not_hold_up_the_next(
    hall: Camera, recorder: Recorder, media: Any
) -> None:
    nonsense = sighting_change(gallery_version="not a number", detections=(new_detection(),))
    recorder.outbox.put(hall.pk, nonsense)
    recorder.outbox.put(hall.pk, sighting_change())
    assert await recorder.flush(5)
    assert await Sighting.objects.acount() == 1
    assert recorder.dropped == 1
    assert not list((media / "snapshots").iterdir())


async def test_a_person_deleted_in_the_middle_is_no_endless_loop(
    hall: Camera, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await Person.objects.acreate(name="Ann")
    real = recording.record_sighting

    def deleted_in_between(**asked: Any) -> Any:
        Person.objects.all().delete()
        monkeypatch.setattr(recording, "record_sighting", real)
        raise IntegrityError("foreign key")

    monkeypatch.setattr(recording, "record_sighting", deleted_in_between)
    recorder.outbox.put(hall.pk, sighting_change(verdict=Verdict.MATCH, person=str(person.pk)))
    assert await recorder.flush(5)
    sighting = await Sighting.objects.aget()
    assert sighting.verdict == "unknown"


async def test_the_sightings_of_a_deleted_camera_are_dropped(recorder: Recorder, media: Any) -> None:
    recorder.outbox.put(123_456, sighting_change(detections=(new_detection(),)))
    assert await recorder.flush(5)
    assert recorder.dropped == 1
    assert not list((media / "snapshots").iterdir())


async def test_a_storage_that_is_away_costs_the_picture_and_not_the_sighting(
    hall: Camera, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**asked: Any) -> str:
        raise OSError("no space left on device")

    monkeypatch.setattr(recording, "save_snapshot", full)
    recorder.outbox.put(hall.pk, sighting_change(detections=(new_detection(),)))
    assert await recorder.flush(5)
    assert (await Detection.objects.aget()).snapshot == ""


async def test_closing_ends_the_open_sightings_of_that_camera_alone(hall: Camera, recorder: Recorder) -> None:
    door = await Camera.objects.acreate(name="Door", slug="door", source="0")
    for camera in (hall, door):
        recorder.outbox.put(camera.pk, sighting_change())
    assert await recorder.flush(5)
    recorder.outbox.close_open(hall.pk)
    assert await recorder.flush(5)
    assert [pk async for pk in Sighting.objects.open().values_list("camera_id", flat=True)] == [door.pk]


@pytest.mark.parametrize("kept", ["pictures", "nothing"])
async def test_what_a_counter_example_decided_is_counted_once_at_the_end(
    hall: Camera, recorder: Recorder, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Camera.objects.filter(pk=hall.pk).aupdate(strangers=kept)
    ann = await Person.objects.acreate(name="Ann")
    known = await CounterExample.objects.acreate(
        person=ann, engine="e", vector=np.ones(128, np.float32), sighting_id=uuid4()
    )
    FailingDatabase(monkeypatch, OperationalError("server closed the connection"), times=2)
    change = sighting_change(refused_by=known.pk)
    for ended in (False, False, True):
        recorder.outbox.put(hall.pk, replace(change, ended=ended))
        assert await recorder.flush(5)
    recorder.outbox.put(hall.pk, sighting_change(refused_by=known.pk + 1, ended=True))  # removed meanwhile
    assert await recorder.flush(5)
    await known.arefresh_from_db()
    assert (known.decided, recorder.dropped) == (1, 0)
