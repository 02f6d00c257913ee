"""`manage.py benchmark_lists`: how long every list takes in a large site, in a database of its own that is removed."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facesite.lab.databases import own_database
from facesite.lab.filling import SiteSize, fill
from facesite.lab.list_timing import lists, measured

DATABASE = "facesite_benchmark_lists"
FEWEST_PEOPLE, MOST_PEOPLE, MOST_SIGHTINGS = 10, 1_000_000, 5_000_000


class Command(BaseCommand):
    help = (
        "Fill a database of its own beside the site's (removed afterwards), ask for every list of API, pages and admin "
        "through the whole stack, and say the median, the 95th percentile and the number of queries of each."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=10_000)
        parser.add_argument("--sightings", type=int, default=100_000)
        parser.add_argument("--only", default="", metavar="TEXT", help="only lists whose address contains this")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")

    def handle(self, *, people: int, sightings: int, only: str, **options: Any) -> None:
        if not (FEWEST_PEOPLE <= people <= MOST_PEOPLE and FEWEST_PEOPLE <= sightings <= MOST_SIGHTINGS):
            raise CommandError(f"expected {FEWEST_PEOPLE} to {MOST_PEOPLE} people, and to {MOST_SIGHTINGS} sightings")
        with own_database(DATABASE):
            self.stderr.write(f"Filling a database with {people} people and {sightings} sightings …")
            fill(SiteSize(people, sightings))
            timings = [measured(asked) for asked in lists() if only in asked.name]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(timing) for timing in timings], indent=2))
            return
        self.stdout.write(f"{'median ms':>10}{'p95 ms':>10}{'cpu ms':>10}{'queries':>9}")
        for timing in sorted(timings, key=lambda timing: -timing.median_ms):
            times = f"{timing.median_ms:>10.1f}{timing.p95_ms:>10.1f}{timing.cpu_ms:>10.1f}"
            self.stdout.write(f"{times}{timing.queries:>9}  {timing.name}")
