"""`manage.py forget`: delete what is older than the schedule of keeping allows; `manage.py tidy` does it daily."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from people.records.keeping_term import MOST_DAYS, KeptKind
from streams.errors import KeepingRefused
from streams.keeping.clock import check_clock
from streams.keeping.enforcing import keep, words_of
from streams.keeping.schedule import KeepingSchedule

SIGHTINGS = (KeptKind.SIGHTINGS_NAMED, KeptKind.SIGHTINGS_STRANGERS)


class Command(BaseCommand):
    help = (
        "Delete what is older than the schedule of keeping allows (admin, Schedule of keeping), kind by kind, and "
        "write down what came of it. A kind that fails does not keep the others from it; the command then fails."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than",
            type=int,
            metavar="DAYS",
            help="this time delete all sightings that are older, whatever the schedule and their cameras say",
        )

        parser.add_argument(
            "--clock-is-right",
            action="store_true",
            help="delete also if the last run was so long ago that the clock may have jumped",
        )

    def handle(self, *, older_than: int | None = None, clock_is_right: bool = False, **_: Any) -> None:
        schedule = KeepingSchedule.in_force()
        if older_than is not None:
            if not 0 < older_than <= MOST_DAYS:
                raise CommandError(f"--older-than: expected a number of days from 1 to {MOST_DAYS}")
            schedule = _with_sightings(schedule, older_than)
        if not clock_is_right:
            _check_clock(schedule)
        failed = 0
        for run in keep(schedule):
            self.stdout.write(words_of(run))
            failed += bool(run.fault)
        if failed:
            raise CommandError(f"{failed} kinds of data could not be brought in line with the schedule")


def _check_clock(schedule: KeepingSchedule) -> None:
    try:
        check_clock(schedule.now)
    except KeepingRefused as refused:
        raise CommandError(str(refused)) from None


def _with_sightings(schedule: KeepingSchedule, days: int) -> KeepingSchedule:
    """Returns the schedule with these days for all sightings of all cameras."""
    cameras = {
        camera: {kind: own for kind, own in kinds.items() if kind not in SIGHTINGS}
        for camera, kinds in schedule.cameras.items()
    }
    return replace(schedule, days={**schedule.days, **dict.fromkeys(SIGHTINGS, days)}, cameras=cameras)
