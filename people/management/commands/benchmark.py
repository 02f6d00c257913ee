"""`manage.py benchmark`: the engine's speed beside dlib and face_recognition, measured here and now."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from people.recognition.benchmark import Report, benchmark_on_one_core
from people.recognition.errors import RecognitionError

PICTURES = ("obama.jpg", "obama2.jpg", "biden.jpg", "astronaut.png")


class Command(BaseCommand):
    help = "Measure the recognition engine against dlib and face_recognition, on one core. Needs no database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clip", type=Path, help="measure on frames of this video instead of the portraits")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        pictures = [Path(settings.PORTRAITS) / name for name in PICTURES]
        try:
            report = benchmark_on_one_core(pictures, Path(settings.MODEL_CACHE), options["clip"])
        except (RecognitionError, ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(report.as_json(), indent=2) if options["json"] else _table(report))


def _table(report: Report) -> str:
    lines = [f"{'step':<24}{'ours ms':>10}{'reference ms':>14}{'ratio':>8}  reference"]
    for step in report.steps:
        lines.append(
            f"{step.name:<24}{step.ours_ms:>10.1f}{step.reference_ms:>14.1f}{step.ratio:>8.1f}  {step.reference}"
        )
    for size, times in report.search_ms.items():
        lines.append(f"search among {size:<11}{times['alone']:>10.2f}{'':>22}  each of a batch: {times['batch']:.2f}")
    lines.append(f"photos enrolled per second: {report.enrol_photos_per_s:.1f}")
    lines.append(f"largest difference from dlib's vectors: {report.vector_difference:.1e}")
    lines.append(f"engine: {report.engine}")
    return "\n".join(lines)
