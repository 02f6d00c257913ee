"""What can be asked of each kind of data: how much of it is due, to delete that, and what is the oldest left."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Min, QuerySet

from people.records.keeping_term import KeptKind
from streams.keeping.schedule import KeepingSchedule

# 100,000: who asks wants to know whether it is much; counting millions would make the page wait.
MOST_COUNTED = 100_000


@dataclass(frozen=True, slots=True)
class Oldest:
    """The oldest that is left: from when it is, and when the first of what is left is due."""

    at: datetime | None = None
    due_at: datetime | None = None

    @classmethod
    def of(cls, each: Iterable[Oldest]) -> Oldest:
        """Returns the earliest of several."""
        all_of_them = list(each)
        times = [one.at for one in all_of_them if one.at]
        dues = [one.due_at for one in all_of_them if one.due_at]
        return cls(min(times, default=None), min(dues, default=None))


class TermKeeper(Protocol):
    """Brings one kind of data in line with a schedule, in batches: a run that is killed goes on with the next."""

    @property
    def kind(self) -> KeptKind: ...

    def due(self, schedule: KeepingSchedule) -> int:
        """Returns how much is due, counted up to MOST_COUNTED."""

    def forget(self, schedule: KeepingSchedule) -> int:
        """Deletes what is due; returns how much."""

    def oldest(self, schedule: KeepingSchedule) -> Oldest: ...


@dataclass(frozen=True, slots=True)
class ByAge:
    """The keeper of rows of which each has one time that counts."""

    kind: KeptKind
    rows: Callable[[], QuerySet[Any]]
    column: str
    delete: Callable[[datetime, KeepingSchedule], int]
    """Deletes the rows before a moment."""

    def due(self, schedule: KeepingSchedule) -> int:
        before = schedule.before(self.kind)
        return counted(self.rows().filter(**{f"{self.column}__lt": before})) if before else 0

    def forget(self, schedule: KeepingSchedule) -> int:
        before = schedule.before(self.kind)
        return self.delete(before, schedule) if before else 0

    def oldest(self, schedule: KeepingSchedule) -> Oldest:
        at = self.rows().order_by().aggregate(at=Min(self.column))["at"]
        return Oldest(at, schedule.due_at(self.kind, at))


def counted(rows: QuerySet[Any]) -> int:
    """Counts up to MOST_COUNTED."""
    return rows.order_by()[:MOST_COUNTED].count()
