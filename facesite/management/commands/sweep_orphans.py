"""`manage.py sweep_orphans`: delete stored pictures that no row names any more; for a daily job."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from people.imports.orphans import sweep_orphans as sweep_photos
from streams.sightings.retention import sweep_orphans as sweep_snapshots


class Command(BaseCommand):
    help = "Delete stored photos, crops, ZIPs and snapshots that no row of the database names any more."

    def handle(self, **_: Any) -> None:
        self.stdout.write(f"{sweep_photos() + sweep_snapshots()} objects deleted.")
