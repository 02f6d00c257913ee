"""`manage.py benchmark_api` against a real server."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from facesite.management.commands.benchmark_api import COST, HEAD, Run, cpu_seconds, family, on_one_core
from people.accounts.making_keys import make_key
from people.accounts.rights import Scope

PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "while True: pass"])
print(child.pid, flush=True)
try:
    sys.stdin.read()
finally:
    child.kill()
"""


@pytest.fixture
def busy() -> Iterator[tuple[int, int]]:
    """Ids of a process that waits, and of its child that never does."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        yield parent.pid, int(parent.stdout.readline())


@pytest.mark.integration
@pytest.mark.alone
@pytest.mark.usefixtures("lookers")
def test_it_says_how_many_pictures_a_second_are_recognised(live_server: Any, operator: User, portraits: Path) -> None:
    _, key = make_key(name="benchmark", scopes=[Scope.RECOGNISE], by=operator)
    said = StringIO()
    asked = {"seconds": 1.5, "clients": [1, 2], "pid": os.getpid()}
    call_command("benchmark_api", live_server.url, key, str(portraits / "obama.jpg"), stdout=said, **asked)
    before, head, *lines, after = said.getvalue().splitlines()
    assert before.startswith("One view of a face by SFace takes ") and after.startswith("One view of a face by SFace")
    assert head == HEAD + COST
    assert [int(line.split()[0]) for line in lines] == [1, 2]
    assert all(float(value) > 0 for line in lines for value in line.split())


@pytest.mark.integration
@pytest.mark.alone
def test_a_refusal_ends_it_with_the_reason(live_server: Any, operator: User, portraits: Path) -> None:
    _, key = make_key(name="benchmark", scopes=[Scope.READ_PEOPLE], by=operator)
    with pytest.raises(CommandError, match="403"):
        call_command("benchmark_api", live_server.url, key, str(portraits / "obama.jpg"))


def test_the_cost_of_a_request_is_told_by_process() -> None:
    run = Run(clients=2, seconds=10.0, times=[0.1] * 200, spent={7: 2.0, 8: 6.0})
    assert run.line(7).split() == ["2", "20.0", "100", "100", "10.0", "30.0", "25.0"]
    assert run.line(None).split() == ["2", "20.0", "100", "100"]


def test_a_process_is_counted_with_all_that_it_has_started(busy: tuple[int, int]) -> None:
    parent, child = family(busy[0])
    assert (parent.pid, child.pid) == busy
    end = time.monotonic() + 20
    while cpu_seconds(child) < 0.1:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert cpu_seconds(parent) < 1


def test_what_has_ended_spends_nothing_and_what_never_was_is_refused() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as ending:
        (process,) = family(ending.pid)
        assert cpu_seconds(process) >= 0
        ending.communicate(b"\n")
    assert cpu_seconds(process) == 0
    with pytest.raises(CommandError, match=f"no process {ending.pid}"):
        family(ending.pid)


def test_the_site_is_kept_on_one_core_and_let_go_again(busy: tuple[int, int]) -> None:
    before = {pid: os.sched_getaffinity(pid) for pid in busy}
    core = min(os.sched_getaffinity(0))
    with on_one_core(family(busy[0]), core):
        assert [os.sched_getaffinity(pid) for pid in busy] == [{core}, {core}]
    assert {pid: os.sched_getaffinity(pid) for pid in busy} == before


def test_every_thread_is_moved_and_not_only_the_first() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    assert thread.native_id
    before, core = os.sched_getaffinity(thread.native_id), max(os.sched_getaffinity(0))
    with on_one_core(family(os.getpid())[:1], core):
        assert os.sched_getaffinity(thread.native_id) == {core}
    assert os.sched_getaffinity(thread.native_id) == before
    done.set()
    thread.join()
