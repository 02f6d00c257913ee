"""`manage.py benchmark_search`: the search by a face in a large site, in a database of its own that is removed."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facesite.lab.search_timing import searches
from facesite.lab.site_size import add_size, chosen_site

FEWEST_FACES, MOST_FACES = 2, 1_000


class Command(BaseCommand):
    help = (
        "Fill a database of its own beside the site's (removed afterwards), search it by faces of its sightings, by "
        "likeness and newest first, by the index and exactly, and say how long that takes and what the index misses."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_size(parser)
        parser.add_argument("--faces", type=int, default=30, help="faces to search for")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")

    def handle(self, *, faces: int, **options: Any) -> None:
        if not FEWEST_FACES <= faces <= MOST_FACES:
            raise CommandError(f"expected {FEWEST_FACES} to {MOST_FACES} faces")
        with chosen_site(options, self.stderr) as size:
            timings = list(searches(faces))
        if options["json"]:
            self.stdout.write(json.dumps({**asdict(size), "searches": [asdict(each) for each in timings]}, indent=2))
            return
        self.stdout.write(f"{'median ms':>10}{'p95 ms':>10}{'cpu ms':>10}{'recall':>9}{'worst':>9}{'own':>9}")
        for each in timings:
            shares = (each.recall, each.worst, each.own)
            found = "".join(f"{'' if share is None else f'{share:.1%}':>9}" for share in shares)
            self.stdout.write(f"{each.median_ms:>10.1f}{each.p95_ms:>10.1f}{each.cpu_ms:>10.1f}{found}  {each.name}")
