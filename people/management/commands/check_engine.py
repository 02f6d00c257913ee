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
from people.recognition.engine.golden_portraits import check_portraits, record_portraits
from people.recognition.errors import RecognitionError


class Command(BaseCommand):
    help = "Check the recognition engine against recorded encodings. Needs no database. Exits with 1 if they differ."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--portraits", type=Path, default=Path(settings.PORTRAITS), help="folder of `make setup`")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
        parser.add_argument("--record", action="store_true", help="for developers: record today's values as right")

    def handle(self, *, portraits: Path, json: bool, record: bool, **_: Any) -> None:
        try:
            engine = Engine.load(Path(settings.MODEL_CACHE), golden=not record)
            if record:
                golden.record(engine.observe())
                record_portraits(engine, portraits)
            differences = check_portraits(engine, portraits) if portraits.is_dir() else {}
        except (RecognitionError, OSError) as error:
            raise CommandError(str(error)) from error
        self._say({"engine": engine.key, "portraits": differences, "tolerance": golden.TOLERANCE}, as_json=json)

    def _say(self, report: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report))
            return
        self.stdout.write(f"engine {report['engine']}: the drawn face is encoded as it should be")
        for name, off in report["portraits"].items():
            self.stdout.write(f"{name}: off by {off:.1e}, at most {report['tolerance']:g} is allowed")
        if not report["portraits"]:
            self.stdout.write("the portraits are not here (`make setup` fetches them): not checked")
