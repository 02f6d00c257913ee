"""Asks before a run whether the clock can be believed: one that jumped ahead makes everything too old at once.

A jump of the one clock that a small site has cannot be told from a site that was off. So after a long gap nothing is
deleted on the first day, which says why, and the next day's run goes on if the clock still holds then.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max

from people.records.keeping_run import KeepingRun
from people.records.keeping_term import KeptKind
from streams.errors import KeepingRefused

MOST_SKEW = timedelta(hours=1)
"""By which the clocks of host and database may differ; the shortest term is a day."""
LONG = timedelta(days=7)
"""`tidy` runs once a day: a week without it is a site that was off, or a clock that jumped."""
# 20 h: a day, less what a start by hand or a repeated job differs by.
WAIT = timedelta(hours=20)
DOUBT = "Not deleted yet: "
"""How the fault of a run begins that did not believe the clock."""
_NEXT = (
    "If the site was off for so long, tomorrow's run deletes, or `manage.py forget --clock-is-right` does now. If not, "
    "set the clock right before that."
)


def check_clock(now: datetime) -> None:
    """Raises KeepingRefused if `now`, the host's clock, is not to be believed; what it doubts, each kind's run says."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        skew = abs(cursor.fetchone()[0] - now)
    if skew > MOST_SKEW:
        raise KeepingRefused(f"{DOUBT}the clocks of this machine and of the database differ by {_long(skew)}.")
    last = KeepingRun.objects.aggregate(last=Max("began_at"))["last"]
    if last is None:
        return
    gap = now - last
    if gap > LONG:
        said = f"{DOUBT}the clock says that the last run was {gap.days} days ago. {_NEXT}"
        runs = [KeepingRun(kind=kind, began_at=now, ended_at=now, fault=said) for kind in KeptKind]
        KeepingRun.objects.bulk_create(
            runs, update_conflicts=True, unique_fields=["kind"], update_fields=["began_at", "ended_at", "fault"]
        )
        raise KeepingRefused(said)
    doubted = KeepingRun.objects.filter(fault__startswith=DOUBT, began_at=last).first()
    if doubted and timedelta() <= gap < WAIT:
        raise KeepingRefused(doubted.fault)


def _long(skew: timedelta) -> str:
    return f"{skew.days} days" if skew.days > 1 else f"{skew.total_seconds() / 3600:.1f} hours"
