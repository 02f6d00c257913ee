"""`manage.py calibrate`: how far apart the enrolled faces are, and which threshold keeps false names rare."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from people.errors import PeopleError
from people.gallery.calibrating import calibration_of_gallery, current_thresholds, set_thresholds
from people.gallery.calibration_report import report, sentences
from people.gallery.hindsight import hindsight
from people.records.person import Person


def rate(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise ArgumentTypeError(f"expected a rate between 0 and 1, such as 0.001, got {text!r}")
    return value


class Command(BaseCommand):
    help = (
        "Measure the gallery in use and suggest the match distance at which a stranger is given a name no more often "
        "than wanted. Changes nothing without --apply."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--fmr", type=rate, default=0.001, help="names per detection of a stranger (default 0.001)")
        parser.add_argument("--apply", action="store_true", help="use the suggested distance from now on")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")

    def handle(self, *, fmr: float, apply: bool, json: bool, **_: Any) -> None:
        current = current_thresholds()
        found = report(calibration_of_gallery(within=current.review), current, wanted=fmr, look_back=hindsight)
        self._write_json(found) if json else self.stdout.write("\n".join(sentences(found, _names(found))))
        if apply:
            self._apply(found, quiet=json)

    def _apply(self, found: dict[str, Any], *, quiet: bool) -> None:
        if found["suggestion"] is None:
            raise CommandError("There is no suggestion to apply.")
        try:
            row = set_thresholds(
                match=found["suggestion"]["match"],
                reason=found["suggestion"]["reason"],
                by=None,
                wanted_rate=found["wanted"],
            )
        except PeopleError as error:
            raise CommandError(str(error)) from error
        if not quiet:
            self.stdout.write(self.style.SUCCESS(f"In force: {row}. Cameras follow within seconds."))

    def _write_json(self, found: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(found, indent=1))


def _names(found: dict[str, Any]) -> dict[str, str]:
    people = {person for pair in found["pairs"] for person in pair["people"]}
    return {str(pk): name for pk, name in Person.objects.filter(pk__in=people).values_list("pk", "name")}
