"""When a worker sweeps: in time for its leases, soon after a doorbell, and not in step with all others."""

from __future__ import annotations

import pytest

from streams.running import pace
from streams.running.leases import LEASE_S
from streams.running.pace import SweepPace
from streams.running.supervisor import GIVE_UP_BEFORE_S


class Time:
    now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    monkeypatch.setattr(pace, "time", time := Time())
    return time


def test_a_sweep_renews_unless_it_comes_soon_after_one_that_did(time: Time) -> None:
    paced = SweepPace()
    assert paced.begin()
    time.now_s += 1.0
    assert not paced.begin()
    time.now_s += paced.until_next_s()
    assert paced.begin()


def test_doorbells_do_not_put_a_renewal_off(time: Time) -> None:
    paced, renewed_s = SweepPace(), time.now_s
    paced.begin()
    for _ in range(200):
        time.now_s += min(0.5, paced.until_next_s())
        if paced.begin():
            assert time.now_s - renewed_s <= pace.SWEEP_EVERY_S
            renewed_s = time.now_s
    assert 2 * pace.SWEEP_EVERY_S < LEASE_S - GIVE_UP_BEFORE_S, "two renewals may fail before cameras are given up"


def test_workers_that_were_woken_together_do_not_sweep_together_again() -> None:
    paces = [SweepPace() for _ in range(50)]
    assert all(paced.begin() for paced in paces)
    waits = [paced.until_next_s() for paced in paces]
    assert max(waits) <= pace.SWEEP_EVERY_S
    assert max(waits) - min(waits) > 0.5


def test_a_single_ring_is_heard_at_once_and_many_rings_are_heard_together(time: Time) -> None:
    paced = SweepPace()
    paced.begin()
    assert paced.after_a_ring_s() >= pace.APART_S * (1 - pace.SOONER)
    time.now_s += 3.0
    assert 0.0 <= paced.after_a_ring_s() <= pace.HEARD_WITHIN_S
