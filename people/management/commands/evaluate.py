"""`manage.py evaluate`: accuracy on pairs of photos, on an open set of people, and on a folder of people."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from people.recognition.engine.engine import Engine
from people.recognition.engine.kinds import OFFERED, engine_named
from people.recognition.errors import BadTable, RecognitionError, TooFewPeople
from people.recognition.evaluation.files import (
    Pair,
    curve_of,
    evaluate,
    every_pair,
    read_folder,
    read_identification,
    read_pairs,
)
from people.recognition.evaluation.folders import evaluate_folder, evaluate_harder
from people.recognition.evaluation.gate import evaluate_gate
from people.recognition.evaluation.methods import Ours, Photos, Usual
from people.recognition.evaluation.plot import can_plot, plot
from people.recognition.evaluation.table import table


class Command(BaseCommand):
    help = "Measure accuracy on files of photos (formats in docs/accuracy.md). Needs no database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--root", type=Path, required=True, help="folder in which the paths of the CSV files start")
        parser.add_argument("--pairs", type=Path, help="CSV: path_a,path_b,same")
        parser.add_argument("--identification", type=Path, help="CSV: role,person,path (gallery, probe or unknown)")
        parser.add_argument(
            "--cross-validate",
            type=int,
            metavar="FOLDS",
            help="judge every pair of ROOT/<person>/<photo>, each fold by a threshold chosen on the other folds",
        )
        parser.add_argument(
            "--photos-per-person", action="store_true", help="judge ROOT/<person>/<photo> by templates of 1 to 5 photos"
        )
        parser.add_argument(
            "--harder", action="store_true", help="cross-validate also on pictures made of the photos: small, turned, …"
        )
        parser.add_argument("--reference", action="store_true", help="evaluate face_recognition beside the engine")
        parser.add_argument("--gate", action="store_true", help="spoil the gallery's photos; with and without the gate")
        parser.add_argument("--plot", type=Path, metavar="FILE.png", help="draw the pairs' distances and their errors")
        parser.add_argument(
            "--engine",
            type=engine_named,
            default=OFFERED[0],
            metavar="NAME",
            help=" or ".join(each.name for each in OFFERED),
        )
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        _check(options)
        try:
            report = _report(options)
        except (BadTable, TooFewPeople, RecognitionError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else table(report))


def _check(options: dict[str, Any]) -> None:
    folder = options["cross_validate"] is not None or options["photos_per_person"]
    if not options["pairs"] and not options["identification"] and not folder:
        raise CommandError("give --pairs, --identification, --cross-validate, --photos-per-person, or several of them")
    if options["harder"] and options["cross_validate"] is None:
        raise CommandError("--harder needs --cross-validate")
    if options["gate"] and not options["identification"]:
        raise CommandError("--gate needs --identification")
    if options["plot"] and not options["pairs"] and not folder:
        raise CommandError("--plot draws pairs: give --pairs or --cross-validate")
    if options["plot"] and not can_plot():
        raise CommandError("--plot needs matplotlib, which is not installed here: it comes with make setup")


def _report(options: dict[str, Any]) -> dict[str, Any]:
    root = options["root"]
    pairs = read_pairs(options["pairs"]) if options["pairs"] else None
    entries = read_identification(options["identification"]) if options["identification"] else None
    folds = options["cross_validate"]
    in_folder = read_folder(root) if folds is not None or options["photos_per_person"] else []
    ours = Ours(Engine.load(Path(settings.MODEL_CACHE), options["engine"]))
    photos = Photos(root, ours)
    report = evaluate(photos, pairs, entries)
    if in_folder:
        report |= evaluate_folder(photos, in_folder, folds, counts=options["photos_per_person"])
    if options["harder"]:
        report |= evaluate_harder(ours, photos, in_folder, folds)
    if options["gate"]:
        report["gate"] = evaluate_gate(ours, root, entries or [])
    usual = Photos(root, Usual()) if options["reference"] else None
    if usual:
        report["reference"] = evaluate(usual, pairs, entries)
        if folds is not None:
            report["reference"] |= evaluate_folder(usual, in_folder, folds, counts=False)
        if options["harder"]:
            report["reference"] |= evaluate_harder(ours, usual, in_folder, folds)
    if options["plot"]:
        _plot(
            options["plot"], [photos, usual] if usual else [photos], every_pair(in_folder) if pairs is None else pairs
        )
    return report


def _plot(file: Path, methods: list[Photos], pairs: list[Pair]) -> None:
    picture = plot([curve_of(photos, pairs) for photos in methods])
    try:
        file.write_bytes(picture)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}") from error
