"""What the chaos tests ask of a running cluster: its database, and until when something holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg2

from facesite.lab.cluster import Cluster

WITHIN_S = 30.0


def ask(cluster: Cluster, question: str, *values: Any) -> tuple[Any, ...]:
    """The first row."""
    return next(iter(rows(cluster, question, *values)), ())


def rows(cluster: Cluster, question: str, *values: Any) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(cluster.database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(question, values)
            return [tuple(row) for row in cursor.fetchall()]
    finally:
        connection.close()


def until(holds: Callable[[], Any], timeout_s: float = WITHIN_S) -> float:
    """Seconds until `holds()`. AssertionError after `timeout_s`."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < timeout_s, f"did not happen within {timeout_s:.0f} s"
        time.sleep(0.25)
    return time.monotonic() - began
