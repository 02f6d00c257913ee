"""How well the schedule is kept: when the last run was, what it could not do, and what is overdue by how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from people.records.keeping_run import KeepingRun
from people.records.keeping_term import KeptKind
from streams.keeping.keepers import KEEPERS
from streams.keeping.schedule import KeepingSchedule

# 2 days: `tidy` runs once a day, so what became due just after a run waits for a day, and a run may take hours.
LATE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class KeepingStanding:
    runs: Mapping[str, KeepingRun]
    overdue: Mapping[str, timedelta]
    """By how much the oldest of a kind is overdue; only of kinds of which something is."""

    @property
    def last_run_at(self) -> datetime | None:
        """Returns when the last run that is not over yet, or is, began; None: there was none."""
        return max((run.began_at for run in self.runs.values()), default=None)

    @property
    def faults(self) -> dict[str, str]:
        return {KeptKind(kind).label: run.fault for kind, run in self.runs.items() if run.fault}

    @property
    def late(self) -> dict[str, timedelta]:
        """Returns what is overdue for longer than a daily run explains, by name."""
        return {KeptKind(kind).label: by for kind, by in self.overdue.items() if by > LATE}


def standing_as_told() -> KeepingStanding:
    """Returns it from what the last runs have written: one query, however much there is."""
    runs = KeepingRun.objects.in_bulk()
    return KeepingStanding(runs, _overdue({kind: run.due_at for kind, run in runs.items()}))


def standing_now() -> KeepingStanding:
    """Returns it by looking at the data: some seconds for a million sightings, as encodings are passed over."""
    schedule = KeepingSchedule.in_force()
    dues: dict[str, datetime | None] = {keeper.kind: keeper.oldest(schedule).due_at for keeper in KEEPERS.values()}
    return KeepingStanding(KeepingRun.objects.in_bulk(), _overdue(dues))


def _overdue(dues: Mapping[str, datetime | None]) -> dict[str, timedelta]:
    now = timezone.now()
    return {kind: now - due for kind, due in dues.items() if due is not None and due < now}
