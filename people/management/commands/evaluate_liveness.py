"""`manage.py evaluate_liveness`: how often living people and drawn pictures get the hint at held pictures."""

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
from people.recognition.evaluation.held_pictures import FacePhoto, evaluate_hints
from people.recognition.liveness.network import Liveness
from people.recognition.pictures.images import decode
from people.recognition.types import Box, Image


@dataclass(frozen=True, slots=True)
class BiggestFace:
    engine: Engine

    def box_in(self, image: Image) -> Box | None:
        faces = self.engine.detect(image)
        return faces[0].box if faces else None


class Command(BaseCommand):
    help = (
        "Count how often five looks say “look closer”: for photos of living people in ROOT/<person>/, and for the same "
        "photos drawn as prints and phones held before the pictures in --rooms. Needs no database."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--root", type=Path, required=True, help="folder with a folder of photos for each person")
        parser.add_argument("--rooms", type=Path, help="folder of pictures without faces")
        parser.add_argument("--json", action="store_true", help="one JSON array instead of a table")

    def handle(self, *, root: Path, rooms: Path | None, **options: Any) -> None:
        try:
            folder = Path(settings.MODEL_CACHE)
            network, finds = Liveness.load(folder), BiggestFace(Engine.load(folder))
            rows = evaluate_hints(network, finds, _photos(root, finds), _rooms(rooms))
        except (BadTable, RecognitionError, OSError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2))
            return
        self.stdout.write(f"{'face':>6}  {'what':<12}{'look closer':>14}{'mean of five':>18}")
        for row in rows:
            counted = f"{row['look_closer']} of {row['groups']}"
            means = f"{row['lowest']:.2f} to {row['highest']:.2f}"
            self.stdout.write(f"{row['face_px']:>3} px  {row['kind']:<12}{counted:>14}{means:>18}")


def _photos(root: Path, finds: BiggestFace) -> list[FacePhoto]:
    """Returns the photos in which a face is found."""
    photos = ((entry.person, _decoded(root / entry.path)) for entry in read_folder(root))
    found = ((person, image, finds.box_in(image)) for person, image in photos if image is not None)
    return [FacePhoto.of(person, image, box) for person, image, box in found if box]


def _rooms(folder: Path | None) -> Iterator[Image]:
    for file in sorted(folder.iterdir()) if folder else ():
        if file.is_file() and (image := _decoded(file)) is not None:
            yield image


def _decoded(file: Path) -> Image | None:
    try:
        return decode(file.read_bytes(), max_bytes=settings.PHOTO_MAX_BYTES)
    except BadImage:
        return None
