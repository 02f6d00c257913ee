"""What Postgres, Valkey and the workers have cost up to a moment, by the kernel's and by Postgres' own figures."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from facesite.lab.processes import children_of, cpu_s

_TABLES = """
SELECT relname, n_tup_ins AS inserted, n_tup_upd AS updated, n_tup_hot_upd AS updated_in_place, seq_tup_read AS scanned,
    n_dead_tup AS dead, autovacuum_count AS vacuums
FROM pg_stat_user_tables WHERE n_tup_ins + n_tup_upd + seq_tup_read > 0
"""
_COUNTERS = ("inserted", "updated", "updated_in_place", "scanned", "vacuums")


@dataclass(frozen=True, slots=True)
class Costs:
    """Processor time in seconds, and counters, since each began."""

    at: float
    postgres_s: float
    valkey_s: float
    workers_s: float
    wal_bytes: int
    tables: dict[str, dict[str, int]]
    statements: Counter[str]


def costs_now(postgres: int, valkey: int, workers_s: float, statements: Counter[str]) -> Costs:
    """Takes process ids, of Postgres that of its first process, and what the workers tell of themselves."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        wal_bytes = int(cursor.fetchone()[0])
        cursor.execute(_TABLES)
        names = [column.name for column in cursor.description][1:]
        tables = {row[0]: dict(zip(names, row[1:], strict=True)) for row in cursor.fetchall()}
    return Costs(
        time.monotonic(), _family_cpu_s(postgres), cpu_s(valkey), workers_s, wal_bytes, tables, statements.copy()
    )


def spent(before: Costs, after: Costs, cameras: int) -> dict[str, Any]:
    """Returns what the time between cost: cores, and counts for each camera and minute."""
    seconds = after.at - before.at
    camera_minutes = cameras * seconds / 60

    def per_camera(number: float) -> float:
        return round(number / camera_minutes, 2)

    return {
        "seconds": round(seconds, 1),
        "postgres_cores": round((after.postgres_s - before.postgres_s) / seconds, 3),
        "valkey_cores": round((after.valkey_s - before.valkey_s) / seconds, 3),
        "workers_cores": round((after.workers_s - before.workers_s) / seconds, 2),
        "wal_kb_per_camera_minute": per_camera((after.wal_bytes - before.wal_bytes) / 1000),
        "statements_per_camera_minute": {
            who: per_camera(number) for who, number in (after.statements - before.statements).most_common()
        },
        "rows_per_camera_minute": {
            table: {
                **{name: per_camera(rows[name] - before.tables.get(table, {}).get(name, 0)) for name in _COUNTERS},
                "dead_now": rows["dead"],
            }
            for table, rows in after.tables.items()
            if any(rows[name] != before.tables.get(table, {}).get(name, 0) for name in ("inserted", "updated"))
        },
    }


def _family_cpu_s(first: int) -> float:
    """Returns the processor time of a process, of its children, and of those that have ended."""
    return cpu_s(first) + _ended_children_s(first) + sum(map(cpu_s, children_of(first)))


def _ended_children_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
