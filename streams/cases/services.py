"""Services that ask for a case, delete one, and forget old ones."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from people.base.doorbells import ring
from people.base.history import Actor, log_added, log_deleted, name_of
from people.records.stored_objects import remove, without_row
from streams.cases.case import Case
from streams.errors import NothingThere, TooMuch
from streams.jobs.job_row import key_of

logger = logging.getLogger(__name__)

MOST_SIGHTINGS = 1_000
"""Some hundred pages, and 100 MB of pictures; whoever needs more makes several cases."""
# 20 of the whole site: each takes a minute or two of a worker.
MOST_UNENDED = 20
FORGET_BATCH = 100
DOORBELL = "cases.changed"


def ask_for_case(
    *, title: str, reason: str, rows: Any, asked: Sequence[tuple[str, str]], site: str, by: Actor, video: Any = None
) -> Case:
    """Queues a case of the sightings `rows`, which are those that `by` may see, in the order of the bundle.

    `asked`: what was asked for, as (label, value). `video`: the analysed video whose sightings they are. Raises
    NothingThere for no rows, and TooMuch beyond MOST_SIGHTINGS, or when too many cases are waiting.
    """
    ids = [str(pk) for pk in rows.values_list("pk", flat=True)[: MOST_SIGHTINGS + 1]]
    if not ids:
        raise NothingThere("Nothing that you may see fits this, so there is nothing to hand over.")
    if len(ids) > MOST_SIGHTINGS:
        raise TooMuch(
            f"These are {rows.count():,} sightings; a case takes at most {MOST_SIGHTINGS:,}. Choose a shorter time, "
            "one camera or one person, or make several cases."
        )
    if Case.objects.unended().count() >= MOST_UNENDED:
        raise TooMuch(f"{MOST_UNENDED} cases are being made already: come back when some are done.")
    case = Case(
        title=title, reason=reason, asked=[list(pair) for pair in asked], asked_ids=ids, total=len(ids), site=site,
        video=video, created_by_id=by.pk if by else None, key=key_of(by), who=name_of(by),
    )  # fmt: skip
    with transaction.atomic():
        case.save(force_insert=True)
        log_added(case, f"Asked to hand over {len(ids)} sightings. Why: {reason}", by=by)
        ring(DOORBELL)
    case.refresh_from_db()
    logger.info("case %s of %s sightings asked for, by %s", case.pk, len(ids), by.pk if by else "the system")
    return case


@transaction.atomic
def delete_case(*, case: Case, by: Actor) -> None:
    """Deletes a case with its ZIP; who asked for it and who fetched it stays in the history."""
    log_deleted([case], f"Deleted. It had been asked for by {case.who}.", by=by)
    transaction.on_commit(partial(remove, [case.file.name]), robust=True)
    case.delete()


def forget_cases(*, finished_before: datetime, rows_before: datetime | None) -> int:
    """Deletes the ZIPs of cases that ended before `finished_before`; returns how many.

    The rows stay, and say who handed over what; those older than `rows_before` go, too (None: they stay for ever).
    """
    forgotten = 0
    old = Case.objects.filter(finished_at__lt=finished_before).exclude(file="").order_by("finished_at")
    while batch := list(old.values_list("pk", "file")[:FORGET_BATCH]):
        Case.objects.filter(pk__in=[pk for pk, _ in batch]).update(file="", size_bytes=0)
        remove(name for _, name in batch)
        forgotten += len(batch)
    if rows_before:
        Case.objects.filter(finished_at__lt=rows_before, file="").delete()
    return forgotten


def sweep_orphans() -> int:
    """Deletes ZIPs that no case names, left by killed processes; returns how many."""
    orphans = list(without_row("cases", Case.objects.exclude(file="").values_list("file", flat=True)))
    remove(orphans)
    return len(orphans)
