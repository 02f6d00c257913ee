"""Deadlines: a source is given up in time, and a slow one gets time by its own pace."""

from __future__ import annotations

import socket
import time

import pytest

from streams.pipeline.sources import connection
from streams.pipeline.sources.connection import Line, ReadPatience


class Hours:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Hours:
    hours = Hours()
    monkeypatch.setattr(connection, "time", hours)
    return hours


def received(patience: ReadPatience, clock: Hours, *gaps_s: float) -> None:
    """Lets a picture come after each of these times."""
    for gap_s in gaps_s:
        patience.next_picture()
        clock.now_s += gap_s
        patience.left_s()
    patience.next_picture()


def test_the_first_picture_belongs_to_the_opening(clock: Hours) -> None:
    patience = ReadPatience(10, 5)
    clock.now_s += 4
    patience.next_picture()
    assert patience.left_s() == pytest.approx(6)
    clock.now_s += 6
    with pytest.raises(TimeoutError):
        patience.left_s()


def test_a_quick_source_is_given_up_after_the_read_limit(clock: Hours) -> None:
    patience = ReadPatience(10, 5)
    received(patience, clock, 0.1, 0.1, 0.1)
    assert patience.left_s() == pytest.approx(5)


def test_a_picture_in_seven_seconds_is_waited_for(clock: Hours) -> None:
    patience = ReadPatience(10, 5)
    received(patience, clock, 0.1, 7, 7, 7)
    assert patience.left_s() == pytest.approx(21)


def test_nothing_is_waited_for_until_the_process_counts_as_stuck(clock: Hours) -> None:
    patience = ReadPatience(10, 5)
    received(patience, clock, 0.1, 29, 44)
    assert patience.left_s() == pytest.approx(45)


def test_bytes_that_trickle_do_not_extend_the_deadline() -> None:
    here, there = socket.socketpair()
    with there:
        line = Line(here, ReadPatience(0.3, 5))
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            while True:
                there.sendall(b"x")
                line.read(1)
                time.sleep(0.05)
        assert time.monotonic() - began < 2
        line.close()
