"""What a camera's status says between two times that its worker writes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from streams.records.camera import CameraStatus

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("passed_s", "age_ms"), [(0, 40), (7, 40), (8, 8040), (60, 60_040)])
def test_the_newest_picture_is_as_old_as_last_told_while_its_worker_is_heard(passed_s: float, age_ms: int) -> None:
    status = CameraStatus(last_frame_at=NOON - timedelta(milliseconds=40), heartbeat_at=NOON)
    assert status.frame_age_ms_at(NOON + timedelta(seconds=passed_s)) == age_ms


def test_a_camera_without_a_picture_has_no_age() -> None:
    assert CameraStatus(heartbeat_at=NOON).frame_age_ms_at(NOON) is None
    assert CameraStatus(last_frame_at=NOON).frame_age_ms_at(NOON - timedelta(seconds=1)) == 0
