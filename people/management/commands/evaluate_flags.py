"""`manage.py evaluate_flags`: which drawings and photos of screens are held, and which genuine photos by mistake."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from people.recognition.engine.engine import Engine
from people.recognition.errors import BadImage, BadTable, RecognitionError
from people.recognition.evaluation.files import read_folder
from people.recognition.evaluation.flags import evaluate_flags
from people.recognition.pictures.images import decode
from people.recognition.reading.doubts import doubt
from people.recognition.types import Face, Image


@dataclass(frozen=True, slots=True)
class EnrolmentEyes:
    engine: Engine

    def faces(self, image: Image) -> list[Face]:
        return self.engine.detect(image)

    def flag(self, image: Image, face: Face) -> str:
        found = doubt(image, face)
        return found[0] if found else ""


class Command(BaseCommand):
    help = (
        "Spoil photos of ROOT/<person>/<photo> as scanners and cameras do, make drawings and photos of screens of "
        "them, and count which enrolment holds for a look. Needs no database."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--root", type=Path, required=True, help="folder with a folder of photos for each person")
        parser.add_argument("--groups", type=Path, help="folder of genuine pictures with several faces")
        parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth photo, to be done sooner")
        parser.add_argument("--json", action="store_true", help="one JSON array instead of a table")

    def handle(self, *, root: Path, groups: Path | None, every: int, **options: Any) -> None:
        try:
            eyes = EnrolmentEyes(Engine.load(Path(settings.MODEL_CACHE)))
            files = [root / entry.path for entry in read_folder(root)][:: max(1, every)]
            rows = evaluate_flags(eyes, _decoded(files), _decoded(sorted(groups.iterdir()) if groups else []))
        except (BadTable, RecognitionError, OSError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2))
            return
        self.stdout.write(f"{'group':<17}{'kind':<30}{'faces':>7}{'no face':>9}{'drawing':>9}{'screen':>8}{'other':>7}")
        for row in rows:
            counts = f"{row['faces']:>7}{row['unseen']:>9}{row['drawings']:>9}{row['screens']:>8}{row['others']:>7}"
            self.stdout.write(f"{row['group']:<17}{row['kind']:<30}{counts}")


def _decoded(files: list[Path]) -> Iterator[Image]:
    """Yields the pictures that can be decoded."""
    for file in files:
        try:
            yield decode(file.read_bytes(), max_bytes=settings.PHOTO_MAX_BYTES)
        except (BadImage, IsADirectoryError):
            continue
