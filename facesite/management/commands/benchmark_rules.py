"""`manage.py benchmark_rules`: what rules cost a worker, in a database of its own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facesite.lab.databases import own_database
from facesite.lab.rule_timing import CHANGES_EACH, measured

DATABASE = "facesite_benchmark_rules"


class Command(BaseCommand):
    help = (
        "Record what busy cameras see without rules and with many, in a database of its own (removed afterwards), and "
        "say which share of a core the rules cost."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cameras", type=int, default=16)
        parser.add_argument("--rules", type=int, default=100)
        parser.add_argument("--changes", type=int, default=2_000)
        parser.add_argument("--json", action="store_true", help="a JSON object instead of a sentence")

    def handle(self, *, cameras: int, rules: int, changes: int, **options: Any) -> None:
        if not (4 <= cameras <= 1_000 and 0 <= rules <= 200 and 2 * CHANGES_EACH <= changes <= 100_000):
            raise CommandError(f"expected 4 to 1000 cameras, up to 200 rules, and {2 * CHANGES_EACH} to 100000 changes")
        with own_database(DATABASE):
            timing = asdict(measured(cameras, rules, changes))
        self.stdout.write(json.dumps(timing) if options["json"] else _SAID.format(**timing))


_SAID = (
    "{rules} rules on {cameras} cameras cost {core:.1%} of a core: a change of a sighting takes {ruled_ms} ms of "
    "processor time instead of {bare_ms}, with {alerts} alerts among {changes} changes; reading all rules {reading_ms} "
    "ms, a look for what does not happen {looking_ms} ms."
)
