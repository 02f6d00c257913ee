"""`manage.py benchmark_enrolment`: what one more photo costs, in databases of its own that are removed."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facesite.lab.databases import own_database
from facesite.lab.enrolment_timing import measured

DATABASE = "facesite_benchmark_enrolment"
FEWEST, MOST = 150, 3_000_000


class Command(BaseCommand):
    help = (
        "Fill a database of its own with so many photos (removed afterwards), enrol more with a reader that takes no "
        "time, and say what judging and recording one of them takes, and the second look at it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--photos", type=int, nargs="+", default=[1000, 160_000])
        parser.add_argument("--enrol", type=int, default=200, help="how many more are enrolled; a fiftieth at most")
        parser.add_argument("--json", action="store_true", help="one JSON object a line instead of sentences")

    def handle(self, *, photos: list[int], enrol: int, **options: Any) -> None:
        if not all(FEWEST <= number <= MOST for number in photos) or enrol < 1:
            raise CommandError(f"expected {FEWEST} to {MOST} photos, and at least one to enrol")
        for number in photos:
            self.stderr.write(f"Filling a database with {number} photos …")
            with own_database(DATABASE):
                timing = measured(number, enrol=enrol)
            self.stdout.write(json.dumps(asdict(timing)) if options["json"] else _said(asdict(timing)))


def _said(timing: dict[str, Any]) -> str:
    return (
        "Among {photos} photos: claim {claim_ms} ms, judge and record {record_ms} ms (95 of 100 within "
        "{record_p95_ms} ms), second look {second_look_ms} ms; reading everybody at the start {first_s} s."
    ).format(**timing)
