"""`manage.py reencode`: encode every enrolled photo with this release's engine, beside the encodings in use."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from people.errors import ReaderDied
from people.gallery.engines import active_engine
from people.gallery.reencoding import Reencoded, reencode_batch
from people.recognising.reader import PhotoReader
from people.recognition.engine.kinds import OFFERED, EngineKind, engine_named
from people.records.photo import Photo
from people.records.reasons import sentence


class Command(BaseCommand):
    help = (
        "Encode every enrolled photo that an engine has not encoded yet. Can be stopped and run again, and run "
        "several times at once. The engine in use stays: `manage.py switch_engine` changes it. Exits with 1 if a "
        "photo could not be encoded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--engine",
            type=engine_named,
            default=OFFERED[0],
            metavar="NAME",
            help=f"{' or '.join(kind.name for kind in OFFERED)}; by default {OFFERED[0].name}",
        )
        parser.add_argument("--json", action="store_true", help="The report as JSON on standard output.")

    def handle(self, *, engine: EngineKind, json: bool, verbosity: int, **_: Any) -> None:
        reader = PhotoReader(Path(settings.MODEL_CACHE), engine=engine.key)
        began = time.monotonic()
        try:
            reader.start()
            done = _reencode(reader, quiet=verbosity == 0 or not sys.stderr.isatty())
        except ReaderDied as error:
            raise CommandError(str(error)) from error
        finally:
            reader.close()
        report = _report(reader.engine, done, time.monotonic() - began)
        self._write_json(report) if json else self._write_lines(report)
        if report["failed"]:
            raise SystemExit(1)

    def _write_json(self, report: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(report, indent=1))

    def _write_lines(self, report: dict[str, Any]) -> None:
        for line in report["failed"]:
            self.stdout.write(f"{self.style.ERROR('failed')} {line['photo']}  {line['message']}")
        self.stdout.write(f"{report['encoded']} photos encoded, {report['missing']} missing: engine {report['engine']}")
        if not report["missing"] and not report["active"]:
            self.stdout.write(f"To use it: manage.py switch_engine {report['engine']}")


def _reencode(reader: PhotoReader, *, quiet: bool) -> list[Reencoded]:
    done: list[Reencoded] = []
    with tqdm(desc="encoding", total=Photo.objects.without_encoding(reader.engine).count(), disable=quiet) as bar:
        while batch := reencode_batch(reader, leave_out=[photo.photo for photo in done if photo.problem]):
            done += batch
            bar.update(len(batch))
    return done


def _report(engine: str, done: list[Reencoded], seconds: float) -> dict[str, Any]:
    failed = [photo for photo in done if photo.problem]
    return {
        "engine": engine,
        "active": engine == active_engine(),
        "encoded": len(done) - len(failed),
        "missing": Photo.objects.without_encoding(engine).count(),
        "failed": [
            {"photo": str(photo.photo), "reason": photo.problem, "message": sentence(photo.problem)} for photo in failed
        ],
        "seconds": round(seconds, 1),
    }
