"""What is made of what the workers tell: which runs which camera, and whether two ran one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from facesite.lab.simulation.costs import Costs, spent
from facesite.lab.simulation.herd import Herd
from facesite.lab.simulation.workers import Order, Turned


def herd(*turned: Turned) -> Herd:
    told = Herd(Order(1, 1, 1.0, Path("log")), 0)
    told.turned.extend(turned)
    return told


def test_a_camera_that_moved_runs_on_its_new_worker() -> None:
    moved = herd(Turned(1, "a", True, 1.0), Turned(1, "a", False, 2.0), Turned(1, "b", True, 3.0))
    assert moved.running() == {1: "b"}
    assert moved.run_twice() == 0
    assert [turned.at for turned in moved.began_since(2.0)] == [3.0]


def test_a_camera_on_two_workers_is_told() -> None:
    assert herd(Turned(1, "a", True, 1.0), Turned(1, "b", True, 3.0)).run_twice() == 1
    assert herd(Turned(1, "a", True, 1.0), Turned(1, "b", True, 3.0)).run_twice(since=4.0) == 0
    # Messages of two processes come in any order.
    assert herd(Turned(1, "b", True, 3.0), Turned(1, "a", True, 1.0), Turned(1, "a", False, 2.0)).run_twice() == 0


def test_costs_are_told_for_each_camera_and_minute() -> None:
    rows = {"inserted": 0, "updated": 10, "updated_in_place": 10, "scanned": 0, "vacuums": 0, "dead": 3}
    before = Costs(0.0, 5.0, 1.0, 2.0, 1000, {"status": rows}, Counter(leases=5))
    after = Costs(30.0, 8.0, 1.3, 5.0, 11_000, {"status": rows | {"updated": 30}}, Counter(leases=15))
    told = spent(before, after, cameras=10)
    assert (told["postgres_cores"], told["valkey_cores"], told["workers_cores"]) == (0.1, 0.01, 0.1)
    assert told["wal_kb_per_camera_minute"] == 2.0
    assert told["statements_per_camera_minute"] == {"leases": 2.0}
    assert told["rows_per_camera_minute"]["status"]["updated"] == 4.0
