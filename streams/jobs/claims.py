"""Claims on rows that are jobs: each is one conditional UPDATE, so that a job never has two workers."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from people.errors import ClaimLost
from people.records.stored_objects import remove
from streams.jobs.job_row import JobState

logger = logging.getLogger(__name__)

# 60 s: the longest step between two signs of life takes some seconds, even with a distant storage.
CLAIM = timedelta(seconds=60)
FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S = 5, 600
GIVEN_UP = "It was tried {attempts} times and never came to its end. {problem}"


@dataclass(frozen=True, slots=True)
class JobClaim:
    """The right to work on one job. Every claim has a new `token`, so that a late worker's is worth nothing."""

    row: Any
    token: str

    def hold(self, *, for_s: float = 0, **values: Any) -> None:
        """Writes `values` and makes the claim last CLAIM from now, and `for_s` seconds longer before a long step.

        Raises ClaimLost if it is not ours any more.
        """
        self._write(due_at=Now() + CLAIM + timedelta(seconds=for_s), **values)

    def end(self, **values: Any) -> None:
        """Writes `values` and ends the job as done."""
        self._write(state=JobState.DONE, problem="", claimed_by="", finished_at=Now(), **values)

    def fail(self, problem: str) -> None:
        """Ends a job that cannot be done, for a reason that trying again does not change."""
        failed = {"state": JobState.FAILED, "problem": problem[:300], **_spent(self.row)}
        self._write(claimed_by="", finished_at=Now(), **failed)
        remove(getattr(self.row, name).name for name in self.row.spent)
        logger.warning("%s %s failed: %s", self.row._meta.verbose_name, self.row.pk, problem)

    def try_again(self, problem: str) -> None:
        """Gives the job back after something broke; it is tried again later, or fails after the last attempt."""
        if self.row.gives_up_after is not None and self.row.attempts >= self.row.gives_up_after:
            self.fail(GIVEN_UP.format(attempts=self.row.attempts, problem=problem))
            return
        wait_s = min(LONGEST_BACK_OFF_S, FIRST_BACK_OFF_S * 2 ** min(self.row.attempts - 1, 10))
        later = Now() + timedelta(seconds=wait_s)
        self._write(state=JobState.WAITING, problem=problem[:300], claimed_by="", due_at=later)

    def release(self) -> None:
        """Gives the job back because this worker stops; the claim does not count as an attempt."""
        self._write(state=JobState.WAITING, claimed_by="", due_at=Now(), attempts=F("attempts") - 1)

    def _write(self, **values: Any) -> None:
        held = type(self.row)._default_manager.filter(pk=self.row.pk, state=JobState.WORKING, claimed_by=self.token)
        if not held.update(**values):
            raise ClaimLost(f"{self.row._meta.verbose_name} {self.row.pk} is not ours any more")


def claim_next(model: Any, worker: str, *, only: UUID | None = None) -> JobClaim | None:
    """Claims the job that has been due longest, or `only` this one if it is due; returns None if there is none."""
    _give_up_exhausted(model)
    token = f"{worker[:80]}/{uuid4().hex[:12]}"
    with transaction.atomic():
        wanted = model.objects.due() if only is None else model.objects.due().filter(pk=only)
        # `pk = (subquery)`, not IN: Postgres then picks and locks exactly one row.
        due = wanted.select_for_update(skip_locked=True).values("pk")[:1]
        taken = model.objects.filter(pk=due).update(
            state=JobState.WORKING,
            claimed_by=token,
            attempts=F("attempts") + 1,
            due_at=Now() + CLAIM,
            started_at=Coalesce("started_at", Now()),
        )
    row = model.objects.filter(claimed_by=token).first() if taken else None
    return JobClaim(row, token) if row else None


def _give_up_exhausted(model: Any) -> None:
    """Fails jobs whose worker fell silent in the last attempt: the job itself may have killed it."""
    if model.gives_up_after is None:
        return
    silent = model.objects.due().filter(attempts__gte=model.gives_up_after).order_by()
    problem = GIVEN_UP.format(attempts=model.gives_up_after, problem="Its worker fell silent each time.")
    for row in silent:
        ended = {"state": JobState.FAILED, "problem": problem, "claimed_by": "", "finished_at": Now(), **_spent(row)}
        if silent.filter(pk=row.pk).update(**ended):
            remove(getattr(row, name).name for name in row.spent)


def _spent(row: Any) -> dict[str, str]:
    return dict.fromkeys(row.spent, "")
