"""`manage.py benchmark_channels`: how soon a webhook hears of an alert, in a database of its own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings

from facesite.lab.channel_timing import measured
from facesite.lab.databases import own_database
from facesite.lab.errors import MeasurementFailed

DATABASE = "facesite_benchmark_channels"


class Command(BaseCommand):
    help = (
        "Record sightings that raise alerts, in a database of its own (removed afterwards), and say how soon a webhook "
        "on this machine has received them, beside a dead receiver and one that hangs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cameras", type=int, default=4)
        parser.add_argument("--alerts", type=int, default=100)
        parser.add_argument("--json", action="store_true", help="a JSON object instead of a sentence")

    def handle(self, *, cameras: int, alerts: int, **options: Any) -> None:
        if not (1 <= cameras <= 100 and 10 <= alerts <= 1_000):
            raise CommandError("expected 1 to 100 cameras, and 10 to 1000 alerts")
        with own_database(DATABASE), override_settings(CHANNEL_NETWORKS=["127.0.0.0/8"]):
            try:
                timing = asdict(measured(cameras, alerts))
            except MeasurementFailed as failed:
                raise CommandError(f"It could not be measured: {failed}.") from None
        self.stdout.write(json.dumps(timing) if options["json"] else _SAID.format(**timing))


_SAID = (
    "{received} of {alerts} alerts of {cameras} cameras were received: half of them {p50_ms} ms after the worker knew "
    "of the sighting, 95 of 100 within {p95_ms} ms, the slowest after {slowest_ms} ms. {waiting} deliveries to a dead "
    "receiver and to one that hangs are waiting to be tried again."
)
