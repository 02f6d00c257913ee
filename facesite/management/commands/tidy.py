"""`manage.py tidy`: what is to be done once a day (k8s/base/tidy.yaml)."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Forget sightings that are too old (`forget`), then delete stored pictures without a row (`sweep_orphans`)."

    def handle(self, **_: Any) -> None:
        for command in ("forget", "sweep_orphans"):
            call_command(command, stdout=self.stdout)
