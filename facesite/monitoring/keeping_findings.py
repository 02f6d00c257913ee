"""What `manage.py doctor` and /metrics say of the schedule of keeping."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from facesite.monitoring.finding import Finding, unwell
from people.base.figures import gauge_by
from people.base.site_time import time_words
from streams.keeping.standing import KeepingStanding, standing_as_told, standing_now

_RUN = "Does `manage.py tidy` run once a day, and to its end? Its log says what it deleted."


def keeping() -> list[Finding]:
    """Looks at the data itself, as a run that never was has written nothing."""
    try:
        now = standing_now()
        return list(_problems(now)) or [Finding("keeping", True, _words(now))]
    except DatabaseError:
        return []  # said already


def keeping_figures() -> list[Metric]:
    """From what the last runs have written, in one query."""
    now = standing_as_told()
    age_s = (timezone.now() - now.last_run_at).total_seconds() if now.last_run_at else 0.0
    return [
        GaugeMetricFamily(
            "facesite_keeping_last_run_seconds", "Age of the last run of the schedule of keeping.", age_s
        ),
        GaugeMetricFamily(
            "facesite_keeping_faults", "Kinds of data that the last run could not bring in line.", len(now.faults)
        ),
        gauge_by(
            "kind",
            "facesite_keeping_overdue_seconds",
            "By how much the oldest data of a kind is kept for too long.",
            {kind: max(timedelta(), now.overdue.get(kind, timedelta())).total_seconds() for kind in sorted(now.runs)},
        ),
        gauge_by(
            "kind",
            "facesite_keeping_deleted",
            "What the last run deleted, by kind.",
            {kind: run.deleted for kind, run in sorted(now.runs.items())},
        ),
    ]


def _problems(now: KeepingStanding) -> Iterator[Finding]:
    faults: dict[str, list[str]] = {}
    for name, fault in now.faults.items():
        faults.setdefault(fault, []).append(name)
    for fault, names in faults.items():
        what = names[0] if len(names) == 1 else f"{len(names)} kinds of data"
        yield unwell("keeping", f"{what}: the last run failed: {fault.rstrip('.')}", "Its log says where.")
    for name, by in now.late.items():
        yield unwell("keeping", f"{name}: the oldest are kept for {by.days} days too long", _RUN)


def _words(now: KeepingStanding) -> str:
    if now.last_run_at is None:
        return "nothing is overdue; the schedule was not kept yet"
    return f"nothing is overdue; the schedule was last kept at {time_words(now.last_run_at)}"
