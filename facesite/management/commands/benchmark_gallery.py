"""`manage.py benchmark_gallery`: a gallery of any size in use on many cameras, in databases of its own."""

from __future__ import annotations

import asyncio
import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facesite.lab.databases import own_database
from facesite.lab.gallery_timing import fill_gallery, measured

DATABASE = "facesite_benchmark_gallery"
FEWEST, MOST, MOST_CAMERAS = 100, 3_000_000, 64


class Command(BaseCommand):
    help = (
        "Fill a database of its own with so many people of one photo each (removed afterwards), load the gallery for "
        "so many children of cameras, change it, and say how long each takes and how much memory. A million people "
        "need 3 GB on the database's disk, 3 GB of memory and about ten minutes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, nargs="+", default=[1000, 100_000])
        parser.add_argument("--cameras", type=int, default=8)
        parser.add_argument("--changes", type=int, default=20, help="of each kind")
        parser.add_argument("--json", action="store_true", help="one JSON object a line instead of sentences")

    def handle(self, *, people: list[int], cameras: int, changes: int, **options: Any) -> None:
        if not all(FEWEST <= number <= MOST for number in people) or not 1 <= cameras <= MOST_CAMERAS:
            raise CommandError(f"expected {FEWEST} to {MOST} people and 1 to {MOST_CAMERAS} cameras")
        if not 1 <= changes <= min(people) // 5:
            raise CommandError("expected at least one change of each kind, and at most a fifth of the people")
        for number in people:
            self.stderr.write(f"Filling a database with {number} people …")
            with own_database(DATABASE):
                fill_gallery(number)
                timing = asdict(asyncio.run(measured(number, cameras=cameras, changes=changes)))
            self.stdout.write(json.dumps(timing) if options["json"] else _said(timing))


def _said(timing: dict[str, Any]) -> str:
    changes = "; ".join(f"{kind} {took['p50']} ms (p95 {took['p95']})" for kind, took in timing["change_ms"].items())
    child, worker, web = timing["child_mb"], timing["worker_mb"], timing["web_change_ms"]
    return (
        f"{timing['people']} people, {timing['cameras']} cameras: first load {timing['first_s']} s "
        f"({timing['first_cpu_s']} s of the worker's processor time), and "
        f"{timing['all_decide_s']} s until all decide by it. A change until all do: {changes}, "
        f"{timing['change_cpu_ms']} ms of processor time. A child has "
        f"{child['pss_before']} MB (PSS) without and {child['pss_with']} with the gallery, alone {child['own_before']} "
        f"and {child['own_with']}; the worker {worker['before']} and {worker['with']}. Web: first load "
        f"{timing['web_first_s']} s, a change {web['p50']} ms (p95 {web['p95']})."
    )
