"""`manage.py benchmark_fleet`: what a thousand cameras cost Postgres and Valkey, and what happens when workers die."""

from __future__ import annotations

import json
from argparse import SUPPRESS, ArgumentParser
from subprocess import CalledProcessError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facesite.lab.errors import NotInstalled
from facesite.lab.simulation.course import Course, Size
from facesite.lab.simulation.site import simulated_site

MOST_CAMERAS, MOST_WORKERS = 5000, 200
EACH = 5
"""Workers in a process: as many as are killed."""
CHANGES = 20
MOST_SIGHTINGS = 30


class Command(BaseCommand):
    help = (
        "Start a Postgres and a Valkey of their own, and workers whose cameras decode nothing but say what real ones "
        "say. Measure what that costs, how fast a change reaches its camera, and what happens when workers are killed "
        "and come back. Takes some minutes; a thousand cameras need 4 GB of memory."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cameras", type=int, default=1000)
        parser.add_argument("--workers", type=int, default=50)
        parser.add_argument("--seconds", type=float, default=60.0, help="how long it runs before anything is changed")
        parser.add_argument(
            "--sightings", type=float, default=1.0, metavar="RATE", help="a minute of each busy camera, every fifth one"
        )
        parser.add_argument("--changes", type=int, default=CHANGES, help="cameras that are edited or switched off")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
        # How it calls itself again, inside the environment of the site that it started.
        parser.add_argument("--inside", nargs=2, type=int, metavar="PID", help=SUPPRESS)

    def handle(self, *, cameras: int, workers: int, seconds: float, changes: int, **options: Any) -> None:
        each = min(EACH, workers // 2)
        if not (2 <= workers <= MOST_WORKERS and workers % each == 0 and workers <= cameras <= MOST_CAMERAS):
            raise CommandError(
                f"expected 2 to {MOST_WORKERS} workers, from {EACH} on a multiple of {EACH}, and at least as many "
                f"cameras, up to {MOST_CAMERAS}"
            )
        if not (seconds > 0 and 0 <= options["sightings"] <= MOST_SIGHTINGS and 1 <= changes <= cameras):
            raise CommandError(f"expected some seconds, 0 to {MOST_SIGHTINGS} sightings a minute, and 1 change or more")
        size = Size(cameras, workers, each, seconds, options["sightings"], changes)
        if options["inside"]:
            postgres, valkey = options["inside"]
            try:
                self.stdout.write(json.dumps(Course(size, postgres, valkey, self.stderr.write).run()))
            except TimeoutError as error:
                raise CommandError(str(error)) from error
            return
        report = _with_a_site(size)
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else _said(report))


def _with_a_site(size: Size) -> dict[str, Any]:
    how = ["--cameras", size.cameras, "--workers", size.workers, "--seconds", size.seconds]
    how += ["--sightings", size.sightings_per_minute, "--changes", size.changes]
    try:
        with simulated_site(size.workers) as site:
            inside = ["--inside", site.postgres.pid, site.valkey.pid]
            report: dict[str, Any] = json.loads(site.manage("benchmark_fleet", *map(str, [*how, *inside])))
            return report
    except NotInstalled as error:
        raise CommandError(str(error)) from error
    except CalledProcessError as error:
        raise CommandError("the measurement was not finished") from error


def _said(report: dict[str, Any]) -> str:
    lines = []
    for name, told in report.items():
        parts = told.items() if isinstance(told, dict) else ()
        lines += [f"{name}:", *(f"  {key}: {value}" for key, value in parts)] if parts else [f"{name}: {told}"]
    return "\n".join(lines)
