"""What is written about cameras, and whom it wakes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import transaction

from people.base.doorbells import GROUP
from people.recognition.engine.kinds import FUSED
from streams.cameras import services
from streams.records.camera import Camera, CameraStatus
from streams.records.sighting import Sighting
from streams.running.recording import record_sighting
from tests.streams.said import NOON, encoding, sighting_change

pytestmark = pytest.mark.django_db


class Rung(list[str]):
    """Doorbells that were rung, instead of a channel layer."""


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> Rung:
    rung = Rung()
    monkeypatch.setattr("people.base.doorbells._send", lambda kind, group: rung.append(f"{kind} to {group}"))
    return rung


BOTH = ["cameras.changed to workers", "cameras.changed to viewers"]


def test_saving_a_camera_rings_after_the_commit(rung: Rung, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.save_camera(camera=Camera(name="Door", slug="door", source="0"), by=None)
        assert rung == []
    assert rung == BOTH


def test_nothing_rings_for_what_was_rolled_back(rung: Rung, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError), transaction.atomic():
        services.save_camera(camera=Camera(name="Door", slug="door", source="0"), by=None)
        raise ZeroDivisionError
    assert rung == []


def test_a_camera_that_makes_no_sense_is_not_saved() -> None:
    with pytest.raises(ValidationError):
        services.save_camera(camera=Camera(name="Door", slug="door", source="0", analysis_fps=1000), by=None)
    assert not Camera.objects.exists()


def test_switching_cameras_counts_those_that_changed(hall: Camera, rung: Rung) -> None:
    Camera.objects.create(name="Door", slug="door", source="0", enabled=False)
    assert services.enable_cameras(cameras=Camera.objects.all(), enabled=False, by=None) == 1
    assert not Camera.objects.enabled().exists()


def test_only_the_holder_of_the_lease_writes_the_status(hall: Camera) -> None:
    CameraStatus.objects.create(camera=hall, lease_holder="mine", lease_expires_at=datetime.now(UTC))
    assert not services.record_down(camera_id=hall.pk, holder="other", reason="gone")
    assert CameraStatus.objects.get().state == "waiting"
    assert services.record_down(camera_id=hall.pk, holder="mine", reason="gone")
    assert CameraStatus.objects.values_list("state", "reason").get() == ("down", "gone")


def test_closing_ends_open_sightings_when_they_were_last_seen(hall: Camera) -> None:
    record_sighting(camera_id=hall.pk, change=sighting_change(), snapshots={})
    ended = record_sighting(camera_id=hall.pk, change=sighting_change(ended=True), snapshots={}).sighting
    closed = services.close_open_sightings(camera_id=hall.pk)
    assert ended not in closed
    assert len(closed) == 1
    assert not Sighting.objects.open().exists()
    assert services.close_open_sightings(camera_id=hall.pk) == []


def test_closing_late_leaves_what_another_worker_has_begun_meanwhile(hall: Camera) -> None:
    begun = record_sighting(camera_id=hall.pk, change=sighting_change(first_seen_at=NOON), snapshots={}).sighting
    assert services.close_open_sightings(camera_id=hall.pk, begun_before=NOON) == []
    assert services.close_open_sightings(camera_id=hall.pk, begun_before=NOON + timedelta(seconds=1)) == [begun]


def test_closing_leaves_unknown_faces_to_the_joiner_of_strangers(hall: Camera) -> None:
    record_sighting(camera_id=hall.pk, change=sighting_change(encoding=encoding()), snapshots={})
    services.close_open_sightings(camera_id=hall.pk)
    assert Sighting.objects.get().stranger_due


@pytest.mark.django_db(transaction=True)
def test_a_doorbell_reaches_workers_and_viewers(hall: Camera) -> None:
    layer: Any = get_channel_layer()

    async def ring() -> list[str]:
        from asgiref.sync import sync_to_async

        for group in (GROUP, services.VIEWERS):
            await layer.group_add(group, f"test.{group}")
        await sync_to_async(services.camera_changed)()
        return [(await layer.receive(f"test.{group}"))["type"] for group in (GROUP, services.VIEWERS)]

    assert async_to_sync(ring)() == ["cameras.changed", "cameras.changed"]


def test_a_new_cameras_own_threshold_is_a_distance_of_the_engine_in_use() -> None:
    door = services.save_camera(camera=Camera(name="Door", slug="door", source="0", match_threshold=0.6), by=None)
    assert door.threshold_engine == FUSED.key


def test_the_history_does_not_tell_a_translation_of_the_threshold(django_user_model: Any) -> None:
    door = Camera.objects.create(name="Door", slug="door", source="0", match_threshold=0.31)
    door.translate_threshold(FUSED.key)
    door.loop = True
    services.save_camera(camera=door, by=django_user_model.objects.create_user("olga"))
    door.refresh_from_db()
    assert (door.match_threshold, door.threshold_engine) == (FUSED.distances.thresholds.match, FUSED.key)
    (entry,) = LogEntry.objects.filter(object_id=door.pk)
    assert "limit" not in entry.get_change_message().lower()
    assert "threshold" not in entry.get_change_message().lower()
