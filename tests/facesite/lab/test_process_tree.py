"""What a process and its children spend, for benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from facesite.lab.process_tree import cpu_seconds, family, on_one_core

PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "while True: pass"])
print(child.pid, flush=True)
try:
    sys.stdin.read()
finally:
    child.kill()
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")


@pytest.fixture
def busy() -> Iterator[tuple[int, int]]:
    """Ids of a process that waits, and of its child that never does."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        yield parent.pid, int(parent.stdout.readline())


def test_a_process_is_counted_with_all_that_it_has_started(busy: tuple[int, int]) -> None:
    parent, child = busy
    assert sorted(family(parent)) == sorted(busy)
    assert {parent, child} < set(family(os.getpid()))
    end = time.monotonic() + 20
    while cpu_seconds([child])[child] < 0.1:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert cpu_seconds([parent])[parent] < 1


def test_what_has_ended_spends_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
        assert cpu_seconds([ended.pid]) == {ended.pid: 0.0}


def test_the_site_is_kept_on_one_core_and_let_go_again(busy: tuple[int, int]) -> None:
    before = {pid: os.sched_getaffinity(pid) for pid in busy}
    core = min(os.sched_getaffinity(0))
    with on_one_core(list(busy), core):
        assert [os.sched_getaffinity(pid) for pid in busy] == [{core}, {core}]
    assert {pid: os.sched_getaffinity(pid) for pid in busy} == before
