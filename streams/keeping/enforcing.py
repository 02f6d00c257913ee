"""Brings every kind of data in line with the schedule, and writes down what came of it; for `manage.py tidy`.

Each kind is by itself: one that fails is written down with its fault, and the others go on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.utils import timezone

from people.records.keeping_run import KeepingRun
from people.records.keeping_term import KeptKind
from streams.keeping.keeper import TermKeeper
from streams.keeping.keepers import KEEPERS
from streams.keeping.schedule import KeepingSchedule

logger = logging.getLogger(__name__)

MOST_SAID = 500


def keep(schedule: KeepingSchedule) -> Iterator[KeepingRun]:
    """Deletes what is due by `schedule`, and yields the run of each kind as it ends."""
    for keeper in KEEPERS.values():
        yield _kept(keeper, schedule)


def _kept(keeper: TermKeeper, schedule: KeepingSchedule) -> KeepingRun:
    run = KeepingRun(kind=keeper.kind, began_at=timezone.now())
    _write(run)
    try:
        run.deleted = keeper.forget(schedule)
        oldest = keeper.oldest(schedule)
        run.oldest_at, run.due_at = oldest.at, oldest.due_at
    except Exception as error:  # a kind that cannot be kept must not keep the others from it
        logger.exception("the schedule of keeping failed for %s", keeper.kind)
        run.fault = f"{type(error).__name__}: {error}"[:MOST_SAID]
    run.ended_at = timezone.now()
    _write(run)
    return run


def _write(run: KeepingRun) -> None:
    columns = [field.name for field in KeepingRun._meta.concrete_fields if not field.primary_key]
    KeepingRun.objects.bulk_create([run], update_conflicts=True, unique_fields=["kind"], update_fields=columns)


def words_of(run: KeepingRun) -> str:
    """Returns "Alerts: 3 deleted."; what else is to be told of files that hang on the rows tells `sweep_orphans`."""
    label = KeptKind(run.kind).label
    return f"{label}: NOT KEPT. {run.fault}" if run.fault else f"{label}: {run.deleted:,} deleted."
