"""`manage.py check_engine`: whether the engine gives the encodings it should, on a drawn face and on real portraits."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from people.recognition.engine import golden
from people.recognition.engine.engine import Engine
from people.recognition.engine.golden_portraits import TOLERANCE, check_portraits, record_portraits
from people.recognition.engine.kinds import OFFERED
from people.recognition.engine.networks import Networks
from people.recognition.errors import RecognitionError


class Command(BaseCommand):
    help = "Check the recognition engines against recorded encodings. Needs no database. Exits with 1 if they differ."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--portraits", type=Path, default=Path(settings.PORTRAITS), help="folder of `make setup`")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
        parser.add_argument("--record", action="store_true", help="for developers: record today's values as right")

    def handle(self, *, portraits: Path, json: bool, record: bool, **_: Any) -> None:
        try:
            if record:
                _record(portraits)
            networks = Networks(Path(settings.MODEL_CACHE))
            networks.open_all()
            engines = [Engine(kind, networks).ready() for kind in OFFERED]
            differences = {engine.key: _differences(engine, portraits) for engine in engines}
        except (RecognitionError, OSError) as error:
            raise CommandError(str(error)) from error
        self._say({"engines": differences, "tolerance": TOLERANCE}, as_json=json)

    def _say(self, report: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report))
            return
        for key, portraits in report["engines"].items():
            self.stdout.write(f"engine {key}: the drawn face is found and encoded as it should be")
            for name, off in portraits.items():
                self.stdout.write(f"{name}: off by {off:.1e}, at most {report['tolerance']:g} is allowed")
            if not portraits:
                self.stdout.write("the portraits are not here (`make setup` fetches them): not checked")


def _differences(engine: Engine, portraits: Path) -> dict[str, float]:
    return check_portraits(engine, portraits) if portraits.is_dir() else {}


def _record(portraits: Path) -> None:
    networks = Networks(Path(settings.MODEL_CACHE), checked=False)
    golden.record(networks.open_all())
    record_portraits([Engine(kind, networks) for kind in OFFERED], portraits)
