"""Heartbeats in the cameras' rows: of all of a worker's cameras together, and only of those that it holds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from streams.records.camera import Camera, CameraStatus
from streams.running import leases
from streams.running.heartbeats import Facts, record_heartbeats
from tests.streams.running.test_leases import cameras
from tests.streams.said import heartbeat

pytestmark = pytest.mark.django_db


def test_only_the_holder_of_the_lease_writes_a_heartbeat(hall: Camera) -> None:
    CameraStatus.objects.create(camera=hall, lease_holder="mine", lease_expires_at=datetime.now(UTC))
    assert record_heartbeats(holder="other", heartbeats={hall.pk: heartbeat()}) == set()
    assert CameraStatus.objects.get().state == "waiting"
    assert record_heartbeats(holder="mine", heartbeats={hall.pk: heartbeat(reason="x" * 999)}) == {hall.pk}
    assert CameraStatus.objects.get().state == "live"


def test_all_that_a_heartbeat_says_stands_in_the_row(hall: Camera) -> None:
    CameraStatus.objects.create(camera=hall, lease_holder="mine", lease_expires_at=datetime.now(UTC))
    beat = heartbeat(reason='It says "no" – once', fps_read=float("nan"), last_frame_at=None, frame_age_ms=None)
    record_heartbeats(holder="mine", heartbeats={hall.pk: beat})
    row = CameraStatus.objects.get()
    assert (row.reason, row.heartbeat_at, row.fps_read) == (beat.reason, beat.sent_at, None)
    assert (row.last_frame_at, row.frame_age_ms, row.frame_width_px) == (None, None, beat.frame_width_px)
    assert (row.fps_analysed, row.frames_dropped, row.gallery_version) == (8.0, 3, 1)


def test_a_camera_without_a_picture_for_a_month_is_written_like_the_others(hall: Camera) -> None:
    CameraStatus.objects.create(camera=hall, lease_holder="mine", lease_expires_at=datetime.now(UTC))
    month_ms = 30 * 24 * 3_600_000
    assert record_heartbeats(holder="mine", heartbeats={hall.pk: heartbeat(frame_age_ms=month_ms)}) == {hall.pk}
    assert CameraStatus.objects.get().frame_age_ms == 2**31 - 1


def test_twenty_cameras_are_one_statement() -> None:
    pks = {camera.pk for camera in cameras(20)}
    leases.sweep(holder="mine", running=(), capacity=20)
    with CaptureQueriesContext(connection) as queries:
        assert record_heartbeats(holder="mine", heartbeats={pk: heartbeat() for pk in pks}) == pks
    assert len(queries) == 1


@pytest.mark.parametrize(
    "change", [{"state": "down"}, {"reason": "It lacks a network."}, {"gallery_version": 2}, {"frame_width_px": 640}]
)
def test_what_people_wait_for_is_a_new_fact(change: dict[str, object]) -> None:
    assert Facts.of(heartbeat(**change)) != Facts.of(heartbeat())


def test_rates_and_seconds_that_pass_are_no_new_facts() -> None:
    assert Facts.of(heartbeat(fps_read=12.0, frames_dropped=9)) == Facts.of(heartbeat())
    before, after = (heartbeat(state="stalled", reason=f"No picture for {s} s.") for s in ("9.5", "10"))
    assert Facts.of(before) == Facts.of(after)


def test_no_index_covers_what_a_running_camera_changes() -> None:
    """Then Postgres writes a new version beside the old one, and no index (a HOT update)."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, CameraStatus._meta.db_table)
    covered = {column for each in found.values() if each["index"] or each["unique"] for column in each["columns"]}
    assert covered <= {"camera_id"}


@pytest.mark.django_db(transaction=True)
def test_heartbeats_and_renewals_at_the_same_time_miss_no_row_and_never_deadlock() -> None:
    pks = sorted(camera.pk for camera in cameras(20))
    leases.sweep(holder="mine", running=(), capacity=20)
    found: list[set[int]] = []

    def often(write: Callable[[], set[int]]) -> None:
        try:
            found.extend(write() for _ in range(100))
        finally:
            connection.close()

    beats = {pk: heartbeat() for pk in reversed(pks)}  # not in the order in which rows are locked
    writes = [lambda: record_heartbeats(holder="mine", heartbeats=beats), lambda: leases.renew(holder="mine")] * 2
    threads = [threading.Thread(target=often, args=(write,)) for write in writes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [set(pks)] * 400
