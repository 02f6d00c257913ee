"""What a process has used, as Linux says it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.db import connection


def cpu_s(pid: int | None) -> float:
    """Returns user and system time so far, of all threads; 0 if there is no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_of(pid: int) -> list[int]:
    """Returns the processes that this one has started and that still run; none if there is no /proc."""
    listed = (path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(child) for children in listed for child in children.split()]


def memory_mb(pid: int | None) -> tuple[float, float]:
    """Returns a process's share of all memory that it uses (PSS), and what it has alone; zeros if there is no /proc."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return 0.0, 0.0
    rows = dict(line.split()[:2] for line in lines)
    own = int(rows["Private_Clean:"]) + int(rows["Private_Dirty:"])
    return int(rows["Pss:"]) / 1024, own / 1024


def cpu_with_database_ms() -> float:
    """Returns milliseconds of processor time used so far by this process, and by the database's process of its
    connection if that runs here: the same on a busy machine."""
    connection.ensure_connection()
    of_backend = cpu_s(connection.connection.info.backend_pid) if connection.settings_dict["HOST"][:1] == "/" else 0.0
    return 1000 * (time.process_time() + of_backend)
