"""`manage.py benchmark_keeping`: what a run of the schedule costs in a large site, in a database of its own."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from facesite.lab.keeping_timing import keeping_timings
from facesite.lab.site_size import add_size, chosen_site


class Command(BaseCommand):
    help = (
        "Fill a database of its own beside the site's (removed afterwards), have its oldest sightings, pictures and "
        "encodings forgotten by the schedule of keeping, and say how long each kind took, and how long when nothing is "
        "due. Pictures are rows alone: what a storage takes to delete a file comes on top."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_size(parser)
        parser.add_argument("--due", type=int, default=10_000, help="how many sightings are due")

    def handle(self, *, due: int, **options: Any) -> None:
        with chosen_site(options, self.stderr) as size:
            self.stdout.write(f"{'deleted':>9}{'seconds':>9}{'idle s':>9}{'oldest s':>10}")
            for timing in keeping_timings(size, min(due, size.sightings)):
                times = f"{timing.forget_s:>9.2f}{timing.idle_s:>9.2f}{timing.oldest_s:>10.3f}"
                self.stdout.write(f"{timing.deleted:>9}{times}  {timing.kind.label}")
