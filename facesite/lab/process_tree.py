"""Measures the processor time of a process and all that it started, and pins them to one core; Linux only (/proc)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PROC = Path("/proc")


def family(pid: int) -> list[int]:
    """Returns `pid` and every living process below it."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):  # it has just ended
                children.setdefault(int(_stat(int(entry.name))[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def cpu_seconds(pids: list[int]) -> dict[int, float]:
    """Returns user and system time of each so far, with all its threads; 0 for one that has ended."""
    spent = dict.fromkeys(pids, 0.0)
    for pid in pids:
        with suppress(OSError):
            fields = _stat(pid)
            spent[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


@contextmanager
def on_one_core(pids: list[int], core: int) -> Iterator[None]:
    """Keeps all threads of `pids` on `core` while the block runs. Raises PermissionError for another user's."""
    before = {thread: os.sched_getaffinity(thread) for pid in pids for thread in _threads(pid)}
    try:
        for thread in before:
            with suppress(ProcessLookupError):
                os.sched_setaffinity(thread, {core})
        yield
    finally:
        for pid in pids:
            for thread in _threads(pid):  # threads made meanwhile have inherited the core
                with suppress(ProcessLookupError):
                    os.sched_setaffinity(thread, before.get(thread, before[pid]))


def _threads(pid: int) -> list[int]:
    try:
        return [int(entry.name) for entry in (PROC / str(pid) / "task").iterdir()]
    except OSError:
        return []


def _stat(pid: int) -> list[str]:
    """Returns the fields of /proc/<pid>/stat behind the name, which may hold anything: state, parent, …"""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
