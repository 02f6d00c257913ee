"""`manage.py benchmark_strangers`: joining visits among so many strangers, in a database of its own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facesite.lab.databases import own_database
from facesite.lab.filling import faces_of
from facesite.lab.stranger_timing import fill_strangers, measured

DATABASE = "facesite_benchmark_strangers"
FEWEST, MOST = 100, 1_000_000
MOST_VISITS = 2_000


class Command(BaseCommand):
    help = (
        "Fill a database of its own with so many strangers (removed afterwards), let people pass by, half of them "
        "known, and say how long joining a visit takes, and one second look at all who are new."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--strangers", type=int, nargs="+", default=[1_000, 100_000])
        parser.add_argument("--visits", type=int, default=200)
        parser.add_argument("--json", action="store_true", help="one JSON object a line instead of sentences")

    def handle(self, *, strangers: list[int], visits: int, **options: Any) -> None:
        if not all(FEWEST <= number <= MOST for number in strangers) or not 2 <= visits <= MOST_VISITS:
            raise CommandError(f"expected {FEWEST} to {MOST} strangers and 2 to {MOST_VISITS} visits")
        for number in strangers:
            self.stderr.write(f"Filling a database with {number} strangers …")
            with own_database(DATABASE):
                faces = faces_of(number)
                fill_strangers(faces)
                timing = asdict(measured(faces, visits))
            self.stdout.write(json.dumps(timing) if options["json"] else _SAID.format(**timing))


_SAID = (
    "{strangers} strangers: a visit is joined in {p50_ms} ms (median; p95 {p95_ms}; {cpu_ms} of "
    "processor time), {found:.1%} of known ones with "
    "the right stranger; a second look at {looked_again} new ones takes {second_look_s} s."
)
