"""`manage.py evaluate_strangers`: how purely and wholly photos of people nobody knows are joined into strangers."""

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
from people.recognition.evaluation.strangers import evaluate_strangers


class Command(BaseCommand):
    help = "Join photos of ROOT/<person>/<photo> into strangers, and compare these with the folders. Needs no database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--root", type=Path, required=True, help="folder with a folder of photos for each person")
        parser.add_argument("--engine", type=engine_named, default=OFFERED[0], metavar="NAME")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")

    def handle(self, *, root: Path, engine: EngineKind, **options: Any) -> None:
        try:
            report = _report(root, engine)
        except (BadTable, TooFewPeople, RecognitionError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=2))
            return
        write = self.stdout.write
        write("{photos} photos of {people} people became {strangers} strangers.".format(**report))
        write("B-cubed precision {precision:.4f}, recall {recall:.4f} (means of five orders).".format(**report))
        for path, reason in report["failures"].items():
            write(f"left out: {path} ({reason})")


def _report(root: Path, engine: EngineKind) -> dict[str, Any]:
    photos = Photos(root, Ours(Engine.load(Path(settings.MODEL_CACHE), engine)))
    rows = rows_of(photos, [(entry.person, entry.path) for entry in read_folder(root)])
    vectors = np.array([vector for _person, vector in rows], np.float32)
    found = evaluate_strangers([person for person, _vector in rows], vectors, engine.distances.stranger)
    return {**found, "engine": engine.key, "failures": photos.failures, "seconds": photos.seconds}
