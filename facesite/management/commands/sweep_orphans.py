"""`manage.py sweep_orphans`: delete stored pictures that no photo names any more; for a daily job."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from people.objects import sweep_orphans


class Command(BaseCommand):
    help = "Delete stored pictures and crops that no photo names, left by killed processes and cascades."

    def handle(self, **_: Any) -> None:
        self.stdout.write(f"{sweep_orphans()} objects deleted.")
