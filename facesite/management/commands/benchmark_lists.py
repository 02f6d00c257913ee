"""`manage.py benchmark_lists`: how long every list takes in a large site, in a database of its own that is removed."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from facesite.lab.list_timing import lists, measured
from facesite.lab.site_size import add_size, chosen_site


class Command(BaseCommand):
    help = (
        "Fill a database of its own beside the site's (removed afterwards), ask for every list of API, pages and admin "
        "through the whole stack, and say the median, the 95th percentile and the number of queries of each."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_size(parser)
        parser.add_argument("--only", default="", metavar="TEXT", help="only lists whose address contains this")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")

    def handle(self, *, only: str, **options: Any) -> None:
        with chosen_site(options, self.stderr):
            timings = [measured(asked) for asked in lists() if only in asked.name]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(timing) for timing in timings], indent=2))
            return
        self.stdout.write(f"{'median ms':>10}{'p95 ms':>10}{'cpu ms':>10}{'queries':>9}")
        for timing in sorted(timings, key=lambda timing: -timing.median_ms):
            times = f"{timing.median_ms:>10.1f}{timing.p95_ms:>10.1f}{timing.cpu_ms:>10.1f}"
            self.stdout.write(f"{times}{timing.queries:>9}  {timing.name}")
