"""`manage.py sweep_orphans`: delete stored pictures that no row names any more; for a daily job."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from people.imports.orphans import sweep_orphans as sweep_photos
from streams.access_requests.services import sweep_orphans as sweep_answers
from streams.cases.services import sweep_orphans as sweep_cases
from streams.sightings.retention import sweep_orphans as sweep_snapshots
from streams.videos.services import sweep_orphans as sweep_videos


class Command(BaseCommand):
    help = "Delete stored photos, crops, ZIPs, snapshots, cases and videos that no row of the database names any more."

    def handle(self, **_: Any) -> None:
        swept = sweep_photos() + sweep_snapshots() + sweep_cases() + sweep_videos() + sweep_answers()
        self.stdout.write(f"{swept} objects deleted.")
