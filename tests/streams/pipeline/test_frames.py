"""The slot of one between capture and analysis."""

from datetime import datetime
from threading import Thread

import numpy as np
import pytest

from streams.pipeline.frames import Frame, LatestFrame
from tests.streams.pipeline.fakes import frame, picture


def test_only_the_newest_frame_is_taken_and_the_others_are_counted() -> None:
    latest = LatestFrame(8)
    for number in (1, 2, 3):
        latest.put(frame(number, number / 30, picture()))
    taken = latest.take(0)
    assert taken is not None
    assert taken.number == 3
    assert latest.dropped == 2


def test_a_frame_is_taken_once() -> None:
    latest = LatestFrame(8)
    latest.put(frame(1, 0, picture()))
    latest.take(0)
    assert latest.take(0) is None


@pytest.mark.parametrize(("source_fps", "analysis_fps", "expected"), [(10, 8, 8), (30, 8, 8), (15, 10, 10), (5, 8, 5)])
def test_frames_are_wanted_at_the_analysis_rate_whatever_the_source_gives(
    source_fps: int, analysis_fps: int, expected: int
) -> None:
    latest = LatestFrame(analysis_fps)
    taken = 0
    for number in range(source_fps * 10):
        if latest.wanted(number / source_fps + 1e-6):
            latest.put(frame(number, number / source_fps + 1e-6, picture()))
            taken += latest.take(0) is not None
    assert taken == pytest.approx(expected * 10, abs=2)


def test_after_a_pause_nothing_is_caught_up() -> None:
    latest = LatestFrame(10)
    latest.put(frame(1, 0, picture()))
    latest.take(0)
    latest.put(frame(2, 60, picture()))
    latest.take(0)
    assert not latest.wanted(59.95)
    assert latest.wanted(60.11)


def test_a_frame_that_waits_is_replaced_ten_times_a_second_and_not_by_every_one() -> None:
    latest = LatestFrame(8)
    wanted = []
    for number in range(30):  # half a second of a camera with 60 frames a second, and nobody takes any
        if latest.wanted(number / 60):
            latest.put(frame(number, number / 60, picture()))
            wanted.append(number)
    assert len(wanted) == 5


def test_a_capture_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Frame(1, np.zeros((2, 2, 3), np.uint8), datetime(2030, 1, 1), 0)


def test_a_slot_tells_for_five_seconds_that_the_analysis_is_behind() -> None:
    latest = LatestFrame(5)
    latest.put(frame(1, 0.0, picture()))
    assert not latest.is_behind(0.0)
    latest.put(frame(2, 0.2, picture()))
    assert latest.is_behind(5.0)
    assert not latest.is_behind(5.3)


def test_a_frame_of_the_past_waits_until_the_one_before_it_is_taken() -> None:
    latest = LatestFrame(5)
    latest.put(frame(1, 0.0, picture()))
    waiting = Thread(target=latest.put_when_taken, args=(frame(2, 0.2, picture()), 20))
    waiting.start()
    taken = [latest.take(20), latest.take(20)]
    waiting.join()
    assert [each.number for each in taken if each] == [1, 2]
    assert latest.dropped == 0
