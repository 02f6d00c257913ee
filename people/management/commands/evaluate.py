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
from people.recognition.evaluation.counter_examples import evaluate_counter_examples
from people.recognition.evaluation.degraded import evaluate_degraded
from people.recognition.evaluation.degrading import Degradation, degradations
from people.recognition.evaluation.expecting import Assumptions, OpenSet
from people.recognition.evaluation.files import (
    Entry,
    Pair,
    curve_of,
    evaluate,
    every_pair,
    read_folder,
    read_identification,
    read_pairs,
)
from people.recognition.evaluation.folders import (
    evaluate_all_pairs,
    evaluate_expected,
    evaluate_folder,
    evaluate_harder,
)
from people.recognition.evaluation.gate import evaluate_gate
from people.recognition.evaluation.methods import Ours, Photos, Usual
from people.recognition.evaluation.plot import can_plot, plot
from people.recognition.evaluation.quality_parts import evaluate_quality
from people.recognition.evaluation.table import table

Options = dict[str, Any]


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
        parser.add_argument(
            "--all-pairs", action="store_true", help="compare every photo of ROOT/<person>/<photo> with every other"
        )
        parser.add_argument(
            "--degrade",
            metavar="35px,22px,blur,dark",
            help="evaluate --identification also with degraded probes and strangers; Npx: faces N px wide",
        )
        parser.add_argument(
            "--counter-examples",
            action="store_true",
            help="reject each wrong name once, and count those that come again and the right ones that are lost, on"
            " the table of --identification, or on drawings of ROOT/<person>/<photo>; --degrade adds degraded looks",
        )
        parser.add_argument(
            "--expect",
            type=int,
            nargs=4,
            metavar=("PEOPLE", "PHOTOS", "PROBES", "STRANGERS"),
            help="model an open set of this size (PHOTOS each) from the distances measured on ROOT/<person>/<photo>",
        )
        parser.add_argument(
            "--own-farther",
            type=float,
            metavar="FACTOR",
            help="--expect assumes that people lie this much farther from themselves than measured",
        )
        parser.add_argument(
            "--others-wider",
            type=float,
            metavar="FACTOR",
            help="--expect assumes that distances to others spread this much wider than measured",
        )
        parser.add_argument("--reference", action="store_true", help="evaluate face_recognition beside the engine")
        parser.add_argument(
            "--quality",
            action="store_true",
            help="what each part of quality tells about ROOT/<person>/<photo>, and about degraded ones with --degrade",
        )
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


def _degradations(options: Options) -> list[Degradation]:
    """Raises CommandError for a name that means nothing."""
    try:
        return degradations(options["degrade"]) if options["degrade"] is not None else []
    except ValueError as error:
        raise CommandError(f"--degrade: {error}") from error


def _reads_folder(options: Options) -> bool:
    wanted = ("photos_per_person", "all_pairs", "expect", "quality")
    on_drawings = options["counter_examples"] and not options["identification"]
    return options["cross_validate"] is not None or on_drawings or any(options[name] for name in wanted)


def _check(options: Options) -> None:
    folder = _reads_folder(options)
    if not options["pairs"] and not options["identification"] and not folder:
        raise CommandError(
            "give --pairs, --identification, --cross-validate, --photos-per-person, --all-pairs, --quality, --expect,"
            " --counter-examples, or several of them"
        )
    if options["harder"] and options["cross_validate"] is None:
        raise CommandError("--harder needs --cross-validate")
    if options["gate"] and not options["identification"]:
        raise CommandError("--gate needs --identification")
    if _degradations(options) and not any(options[name] for name in ("identification", "quality", "counter_examples")):
        raise CommandError("--degrade needs --identification, --quality or --counter-examples")
    if options["expect"]:
        _expected(options)
    if options["plot"] and not options["pairs"] and not folder:
        raise CommandError("--plot draws pairs: give --pairs or --cross-validate")
    if options["plot"] and not can_plot():
        raise CommandError("--plot needs matplotlib, which is not installed here: it comes with make setup")


def _report(options: Options) -> Options:
    root = options["root"]
    pairs = read_pairs(options["pairs"]) if options["pairs"] else None
    entries = read_identification(options["identification"]) if options["identification"] else None
    in_folder = read_folder(root) if _reads_folder(options) else []
    ours = Ours(Engine.load(Path(settings.MODEL_CACHE), options["engine"]))
    photos = Photos(root, ours)
    report = _measured(ours, photos, pairs, entries, in_folder, options)
    kinds = _degradations(options)
    if kinds and entries:
        report["degraded"] = evaluate_degraded(ours, photos, entries, kinds)
    if options["counter_examples"]:
        report |= evaluate_counter_examples(ours, photos, entries, in_folder, kinds)
    if options["quality"]:
        report |= evaluate_quality(ours, photos, in_folder, kinds)
    if options["gate"]:
        report["gate"] = evaluate_gate(ours, root, entries or [])
    if options["expect"]:
        report |= evaluate_expected(photos, in_folder, *_expected(options))
    usual = Photos(root, Usual()) if options["reference"] else None
    if usual:
        report["reference"] = _measured(ours, usual, pairs, entries, in_folder, {**options, "photos_per_person": False})
    if options["plot"]:
        _plot(
            options["plot"], [photos, usual] if usual else [photos], every_pair(in_folder) if pairs is None else pairs
        )
    return {**report, "seconds": photos.seconds}


def _measured(
    ours: Ours,
    photos: Photos,
    pairs: list[Pair] | None,
    entries: list[Entry] | None,
    in_folder: list[Entry],
    options: Options,
) -> Options:
    """Returns what can be measured by either method; `ours` finds the faces that are made harder."""
    report = evaluate(photos, pairs, entries)
    folds = options["cross_validate"]
    if folds is not None or options["photos_per_person"]:
        report |= evaluate_folder(photos, in_folder, folds, counts=options["photos_per_person"])
    if options["harder"]:
        report |= evaluate_harder(ours, photos, in_folder, folds)
    if options["all_pairs"]:
        report |= evaluate_all_pairs(photos, in_folder)
    return report


def _expected(options: Options) -> tuple[OpenSet, Assumptions]:
    """Raises CommandError for numbers that make no set."""
    try:
        factors = {name: options[name] for name in ("own_farther", "others_wider") if options[name] is not None}
        return OpenSet(*options["expect"]), Assumptions(**factors)
    except ValueError as error:
        raise CommandError(f"--expect: {error}") from error


def _plot(file: Path, methods: list[Photos], pairs: list[Pair]) -> None:
    picture = plot([curve_of(photos, pairs) for photos in methods])
    try:
        file.write_bytes(picture)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}") from error
