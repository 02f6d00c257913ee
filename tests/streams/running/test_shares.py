"""Cameras are shared evenly between the workers that are here, and never run twice while they move."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from streams.records.camera import Camera, CameraStatus
from streams.records.worker_presence import WorkerPresence
from streams.running import leases, pace, shares
from tests.streams.conftest import Start
from tests.streams.running.test_leases import cameras, sweep
from tests.streams.waiting import until

pytestmark = pytest.mark.django_db


class Worker:
    """What a supervisor does with its sweeps, without children."""

    def __init__(self, holder: str, capacity: int = 8) -> None:
        self.holder, self.capacity = holder, capacity
        self.running: set[int] = set()

    def sweep(self) -> Worker:
        holding = leases.sweep(holder=self.holder, running=self.running, capacity=self.capacity)
        self.running = {camera.pk for camera in holding.cameras}
        if holding.surplus:
            leases.hand_over(holder=self.holder, cameras=holding.surplus)
        return self


def settle(*workers: Worker) -> list[int]:
    """Sweep in turns; how many cameras each runs in the end. No camera is run by two at any time."""
    for _ in range(8):
        for worker in workers:
            worker.sweep()
            everywhere = [pk for each in workers for pk in each.running]
            assert len(everywhere) == len(set(everywhere))
    return [len(worker.running) for worker in workers]


def test_a_worker_that_comes_gets_its_share() -> None:
    cameras(6)
    first = Worker("a").sweep()
    assert len(first.running) == 6
    second = Worker("b")
    assert settle(first, second) == [3, 3]
    assert settle(first, second, Worker("c")) == [2, 2, 2]


def test_shares_follow_what_each_worker_can_run() -> None:
    cameras(9)
    assert settle(Worker("small", capacity=4), Worker("large", capacity=8)) == [3, 6]


def test_a_worker_knows_how_many_more_it_should_run_than_it_can() -> None:
    cameras(9)
    leases.sweep(holder="a", running=(), capacity=2)
    holding = leases.sweep(holder="b", running=(), capacity=2)
    assert (len(holding.cameras), holding.wanted) == (2, 4.5)


def test_an_odd_camera_does_not_move_to_and_fro() -> None:
    cameras(3)
    first, second = Worker("a"), Worker("b")
    assert sorted(settle(first, second)) == [1, 2]
    before = set(first.running)
    settle(first, second)
    assert first.running == before


def test_only_a_few_cameras_move_at_a_time() -> None:
    cameras(16)
    first = Worker("a", capacity=16).sweep()
    Worker("b", capacity=16).sweep()
    assert len(first.sweep().running) == 16 - shares.MOST_MOVED


def test_no_camera_waits_for_a_worker_while_there_is_room() -> None:
    cameras(7)
    assert sum(settle(Worker("a", capacity=3), Worker("b", capacity=3), Worker("c", capacity=3))) == 7


def test_a_worker_that_leaves_is_no_longer_counted() -> None:
    cameras(4)
    first, second = Worker("a"), Worker("b")
    settle(first, second)
    leases.leave(holder="b", cameras=second.running)
    assert len(first.sweep().running) == 4


def test_a_dead_worker_counts_until_its_leases_end_and_is_forgotten_later() -> None:
    cameras(4)
    first, second = Worker("a"), Worker("b")
    settle(first, second)
    WorkerPresence.objects.filter(holder="b").update(expires_at=Now() - timedelta(hours=2))
    CameraStatus.objects.filter(lease_holder="b").update(lease_expires_at=Now() - timedelta(seconds=1))
    assert len(first.sweep().running) == 4
    leases.leave(holder="a", cameras=first.running)
    assert not WorkerPresence.objects.exists()


def test_nobody_here_shares_nothing() -> None:
    cameras(2)
    assert shares.fair_share(capacity=5, total=0, awake=2) == shares.Share(0.0, 0)
    assert sweep("without room", capacity=0) == set()


@pytest.mark.integration
@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
async def test_children_move_to_a_second_worker_and_back(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "SWEEP_EVERY_S", 0.2)
    for number in range(4):
        await Camera.objects.acreate(name=f"Camera {number}", slug=f"camera-{number}", source="0")
    first = start()
    await until(lambda: len(first.fleet) == 4 and first.is_ready)
    second = start()
    await until(lambda: _pids(first, 2) and _pids(second, 2))
    assert not first.fleet.runners.keys() & second.fleet.runners.keys()
    holders = {status.lease_holder async for status in CameraStatus.objects.all()}
    assert holders == {first.holder, second.holder}
    await asyncio.sleep(0.5)
    assert len(first.fleet) == len(second.fleet) == 2


def _pids(worker: Any, number: int) -> bool:
    return sum(runner.pid is not None for runner in worker.fleet.runners.values()) == number


def reasons() -> set[str]:
    return set(CameraStatus.objects.filter(state="waiting").values_list("reason", flat=True))


def test_a_camera_that_finds_no_place_says_so_until_there_is_one() -> None:
    cameras(3)
    Worker("a", capacity=2).sweep()
    (reason,) = reasons()
    assert reason.startswith("The workers can run only 2 cameras at a time, and all places are taken")
    other = Worker("b", capacity=2).sweep()
    assert len(other.running) == 1
    assert not CameraStatus.objects.exclude(reason="").exists()


def test_what_a_worker_said_of_places_does_not_outlive_it() -> None:
    cameras(3)
    worker = Worker("a", capacity=2).sweep()
    leases.leave(holder="a", cameras=worker.running)
    assert reasons() == {""}
