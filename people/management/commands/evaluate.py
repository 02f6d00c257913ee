"""`manage.py evaluate`: the engine's accuracy on pairs of photos and on an open set of people."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from people.recognition.engine import Engine
from people.recognition.errors import RecognitionError
from people.recognition.evaluation_files import BadTable, evaluate, read_identification, read_pairs
from people.recognition.evaluation_methods import Ours, Usual
from people.recognition.gate_evaluation import evaluate_gate


class Command(BaseCommand):
    help = "Measure accuracy on CSV files of photos (formats in docs/accuracy.md). Needs no database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--root", type=Path, required=True, help="folder that the paths of the files start from")
        parser.add_argument("--pairs", type=Path, help="CSV: path_a,path_b,same")
        parser.add_argument("--identification", type=Path, help="CSV: role,person,path; gallery, probe or unknown")
        parser.add_argument("--reference", action="store_true", help="evaluate face_recognition beside the engine")
        parser.add_argument("--gate", action="store_true", help="spoil the gallery's photos, with and without the gate")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["pairs"] and not options["identification"]:
            raise CommandError("give --pairs, --identification or both")
        if options["gate"] and not options["identification"]:
            raise CommandError("--gate needs --identification")
        try:
            pairs = read_pairs(options["pairs"]) if options["pairs"] else []
            entries = read_identification(options["identification"]) if options["identification"] else []
            ours = Ours(Engine.load(Path(settings.MODEL_CACHE)))
            report = evaluate(ours, options["root"], pairs, entries)
        except (BadTable, RecognitionError) as error:
            raise CommandError(str(error)) from error
        if options["gate"]:
            report["gate"] = evaluate_gate(ours, options["root"], entries)
        if options["reference"]:
            report["reference"] = evaluate(Usual(), options["root"], pairs, entries)
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else _table(report))


def _table(report: dict[str, Any]) -> str:
    """Every figure of ours, and the reference's beside it."""
    beside = report.get("reference", {})
    lines = [f"{'':<36}{'ours':>12}{'reference' if beside else '':>12}"]
    for part in ("verification", "identification"):
        for name, value in report.get(part, {}).items():
            for label, ours, theirs in _figures(name, value, beside.get(part, {}).get(name, "")):
                lines.append(f"{label:<36}{_shown(ours):>12}{_shown(theirs):>12}")
    lines += [line for row in report.get("gate", []) for line in _gate_lines(row)]
    lines += [f"{path}: {reason}" for path, reason in report["failures"].items()]
    lines.append(f"engine {report['engine']}, {report['seconds']} s")
    return "\n".join(lines)


def _figures(name: str, ours: Any, theirs: Any) -> list[tuple[str, Any, Any]]:
    if not isinstance(ours, dict):
        return [(name, ours, theirs)]
    return [(f"{name} {key}", value, theirs[key] if theirs else "") for key, value in ours.items()]


def _gate_lines(row: dict[str, Any]) -> list[str]:
    """What the gallery's photos were made into, and what came of it."""
    title = f"gallery photos {row['photos']}: {row['refused']} of {row['of']} refused by the gate"
    shown = ("right", "wrong", "review", "missed", "strangers_named", "strangers_review")
    return [title] + [
        f"  {label:<14}" + ", ".join(f"{name} {row[key][name]}" for name in shown)
        for label, key in (("without gate", "without_gate"), ("with gate", "with_gate"))
    ]


def _shown(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
