"""`manage.py benchmark_erasure`: one person's erasure on a large site, and its verification."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facesite.lab.databases import own_database
from facesite.lab.erasure_timing import ErasureTiming, measured

DATABASE = "facesite_benchmark_erasure"


class Command(BaseCommand):
    help = (
        "Fill a database of its own and a folder (both removed afterwards) with sightings and snapshots, erase "
        "somebody, and say how long that and its verification take."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sightings", type=int, default=100_000)
        parser.add_argument("--theirs", type=int, default=10_000, help="sightings of whoever is erased")
        parser.add_argument("--objects", type=int, default=100_000, help="stored snapshots of others")
        parser.add_argument("--json", action="store_true", help="a JSON object instead of sentences")

    def handle(self, *, sightings: int, theirs: int, objects: int, **options: Any) -> None:
        if not 1 <= theirs < sightings <= 10_000_000 or not 0 <= objects <= 10_000_000:
            raise CommandError("expected up to 10000000 sightings, fewer of whoever is erased, and as many objects")
        with own_database(DATABASE):
            timing = measured(sightings, theirs, objects)
        self.stdout.write(json.dumps(asdict(timing)) if options["json"] else _said(timing))


def _said(timing: ErasureTiming) -> str:
    return (
        f"Of {timing.sightings:,} sightings {timing.erased_sightings:,} with {timing.erased_objects:,} objects were "
        f"erased in {timing.erased_s} s ({timing.erased_core_s} s of a core), of which 5 s are for cameras to follow. "
        f"The certificate has {timing.certificate_bytes / 1e6:.1f} MB. Verified in {timing.verified_s} s "
        f"({timing.verified_core_s} s of a core) beside {timing.objects:,} objects; {timing.found} found."
    )
