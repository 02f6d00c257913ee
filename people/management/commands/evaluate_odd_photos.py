"""`manage.py evaluate_odd_photos`: what enrolment notices if photos of two people are in one person's folder."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from people.recognition.engine.engine import Engine
from people.recognition.engine.kinds import OFFERED, EngineKind, engine_named
from people.recognition.errors import BadTable, RecognitionError, TooFewPeople
from people.recognition.evaluation.files import read_folder
from people.recognition.evaluation.methods import Ours, Photos, rows_of
from people.recognition.evaluation.odd_photos import evaluate_odd_photos
from people.recognition.gallery.own_photos import OwnLimits


class Command(BaseCommand):
    help = "Mix photos of ROOT/<person>/<photo> and count which enrolment holds. Needs no database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--root", type=Path, required=True, help="folder with a folder of photos for each person")
        parser.add_argument("--engine", type=engine_named, default=OFFERED[0], metavar="NAME")
        parser.add_argument("--template", type=float, help="distance from a photo to the others")
        parser.add_argument("--pair", type=float, help="distance between two photos")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")

    def handle(
        self, *, root: Path, engine: EngineKind, template: float | None, pair: float | None, **options: Any
    ) -> None:
        usual = OwnLimits.of(engine.distances)
        limits = OwnLimits(template or usual.template, pair or usual.pair)
        try:
            paths = [(entry.person, entry.path) for entry in read_folder(root)]
            rows = rows_of(Photos(root, Ours(Engine.load(Path(settings.MODEL_CACHE), engine))), paths)
            vectors = np.array([vector for _person, vector in rows], np.float32)
            found = evaluate_odd_photos([person for person, _vector in rows], vectors, limits)
        except (BadTable, TooFewPeople, RecognitionError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2))
            return
        self.stdout.write(f"{'own':>4}{'wrong':>7}{'own held':>20}{'wrong held':>20}{'somebody asked':>20}")
        for row in found["mixtures"]:
            own, wrong = row["drawn"] * row["own"], row["drawn"] * row["wrong"]
            counts = f"{row['held_own']} of {own}", f"{row['caught']} of {wrong}", f"{row['noticed']} of {row['drawn']}"
            self.stdout.write(f"{row['own']:>4}{row['wrong']:>7}" + "".join(f"{count:>20}" for count in counts))
