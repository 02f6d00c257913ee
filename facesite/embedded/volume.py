"""Who uses a folder with an embedded database: processes of one machine or container, never of two.

A Postgres in another container looks like none at all: its process is not seen, and two of them over one folder would
destroy it. Only a lock on a file of the folder is seen by both.
"""

from __future__ import annotations

import fcntl
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

# 5 s: whoever has just come holds the lock alone for some microseconds, whoever is going for none.
PATIENCE_S = 5.0


def join(lock: Path, first: Callable[[], None]) -> None:
    """Holds `lock` as long as this process lives; calls `first` before anybody else can join, if nobody else has.

    Raises ImproperlyConfigured if somebody holds it whose processes are not seen here.
    """
    descriptor = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    deadline = time.monotonic() + PATIENCE_S
    while not _joined(descriptor, first):
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise ImproperlyConfigured(
                f"{lock.parent} is in use by another container or machine. Two sites over one folder would destroy its "
                "database: stop the other one first."
            )
        time.sleep(0.1)


def _joined(descriptor: int, first: Callable[[], None]) -> bool:
    if _locked(descriptor, fcntl.LOCK_EX):
        first()
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, _here().encode(), 0)
    # Between the two locks another may get it alone, and then it says who it is.
    return _locked(descriptor, fcntl.LOCK_SH) and os.pread(descriptor, 1000, 0).decode() == _here()


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _here() -> str:
    """Names the container: the kernel's start, and its namespace of process numbers. Without these, the machine."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return platform.node()
