"""`manage.py enrol_folder DIR`: enrol everybody in a folder, after saying who that is, with a report per file."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import ArgumentParser, BooleanOptionalAction
from collections import Counter
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from people.enrolling.batch import Batch, odd_photos
from people.enrolling.enrollers import Enrollers
from people.errors import BadArchive
from people.imports.by_path import Imported, candidates_in_folder, files_in_folder, import_people
from people.imports.layouts import WORDS, Layout, Reading, Readings, readings_of
from people.records.photo import Photo
from people.records.reasons import sentence
from people.records.states import PhotoState

# 0.5 s between looks at how far the batch is.
LOOK_S = 0.5


class Command(BaseCommand):
    help = (
        "Enrol everybody in a folder: DIR/<person>/*.jpg, one DIR/<person>.jpg each, also inside folders "
        "of departments, or the faces of Frigate or Double Take. You can run it again. Exits with 1 if a file could "
        "not be enrolled, with 2 if there is no such folder, or if its names leave open who the people are and no "
        "--layout says it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--layout",
            choices=[str(layout) for layout in Layout],
            default="",
            help="; ".join(f"{layout}: {words.lower()}" for layout, words in WORDS.items())
            + ". Left out, the names decide, or you are asked.",
        )
        parser.add_argument("--json", action="store_true", help="The report as JSON on standard output.")
        parser.add_argument(
            "--wait",
            action=BooleanOptionalAction,
            default=True,
            help="Enrol here, beside any worker, until every photo is decided; or only queue them.",
        )

    def handle(self, *, folder: Path, layout: str, json: bool, wait: bool, verbosity: int, **_: Any) -> None:
        try:
            files = files_in_folder(folder)
        except BadArchive as error:
            raise CommandError(str(error), returncode=2) from error
        reading = _reading(readings_of(files), layout)
        if verbosity:
            (self.stderr if json else self.stdout).write(_preview(reading), style_func=str)
        candidates = candidates_in_folder(files, reading)
        quiet = verbosity == 0 or not sys.stderr.isatty()
        imported = list(tqdm(import_people(candidates, by=None), "storing", len(candidates), disable=quiet))
        photos = [file.photo for file in imported if file.photo]
        began = monotonic()
        if wait:
            asyncio.run(_enrol(photos, quiet=quiet))
        seconds = monotonic() - began
        report = [_report(file, wait=wait) for file in imported]
        odd = [
            _odd(photo) for photo in odd_photos(dict.fromkeys(file.person_id for file in imported if file.person_id))
        ]
        self._write_json(report, odd) if json else self._write_lines(report, odd)
        if verbosity and wait and photos:
            (self.stderr if json else self.stdout).write(_pace(len(photos), seconds), style_func=str)
        if any(not line["ok"] for line in report):
            raise SystemExit(1)

    def _write_json(self, report: list[dict[str, Any]], odd: list[dict[str, Any]]) -> None:
        counts = Counter(line["state"] for line in report)
        people = {line["person"] for line in report if line["ok"]}
        found = {"files": report, "states": counts, "people": len(people), "odd": odd}
        self.stdout.write(json.dumps(found, indent=1))

    def _write_lines(self, report: list[dict[str, Any]], odd: list[dict[str, Any]]) -> None:
        for line in report:
            style = self.style.SUCCESS if line["ok"] else self.style.ERROR
            self.stdout.write(f"{style(line['state']):<24} {line['path']}  {line['message']}".rstrip())
        good = sum(line["ok"] for line in report)
        self.stdout.write(f"{good} of {len(report)} files are good.")
        if odd:
            self.stdout.write("These photos may show somebody else. Decide in the admin: Photos, filter “Odd photos”.")
        for line in odd:
            like = f" It resembles {line['resembles']}." if line["resembles"] else ""
            self.stdout.write(f"  {line['person']}: {line['name']}  {line['message']}{like}")


def _reading(readings: Readings, layout: str) -> Reading:
    """Returns the chosen reading, or the likeliest if it is sure; else asks at a terminal. Raises CommandError."""
    if layout:
        return readings.by(layout)
    if readings.is_sure:
        return readings.likeliest
    answers = "\n".join(
        f"  --layout {each.layout:<15} {WORDS[each.layout]}. {each.sentence}" for each in readings.offered
    )
    question = f"Who are the people? {readings.why}\n{answers}"
    if not sys.stdin.isatty():
        raise CommandError(question, returncode=2)
    answer = input(f"{question}\nLayout: ").strip().removeprefix("--layout").strip()
    if answer not in readings.every:
        raise CommandError("No such layout. Nothing was enrolled.", returncode=2)
    return readings.by(answer)


def _preview(reading: Reading) -> str:
    aside = f" {len(reading.aside)} files are nobody's photos." if reading.aside else ""
    return f"{WORDS[reading.layout]}. {reading.sentence}{aside}"


async def _enrol(photos: list[UUID], *, quiet: bool) -> None:
    """Work until all `photos` are decided and were looked at once more, here or by other workers."""
    batch, stop, wake = Batch(photos), asyncio.Event(), asyncio.Event()
    enrolling = asyncio.create_task(Enrollers().run(stop, wake))
    try:
        with tqdm(desc="enrolling", total=len(photos), disable=quiet) as bar:
            while (left := await database_sync_to_async(batch.left)()) and not enrolling.done():
                bar.update(batch.total - left - bar.n)
                wake.set()
                await asyncio.wait([enrolling], timeout=LOOK_S)
            bar.update(batch.total - bar.n)
    finally:
        stop.set()
        wake.set()
        await enrolling


def _pace(photos: int, seconds: float) -> str:
    return f"{photos} photos in {seconds:.1f} s, {photos / max(seconds, 0.001):.1f} a second."


def _odd(photo: Photo) -> dict[str, Any]:
    return {
        "person": photo.person.name,
        "photo": str(photo.pk),
        "name": str(photo),
        "reason": photo.reason,
        "message": sentence(photo.reason, photo.reason_detail),
        "resembles": getattr(photo, "resembled_name", None),
    }


def _report(file: Imported, *, wait: bool) -> dict[str, Any]:
    """One line: `state` is the photo's, or why there is none."""
    photo = Photo.objects.filter(pk=file.photo).first() if file.photo else None
    state = photo.state if photo else file.status
    message = file.message
    if photo and photo.reason:
        message = sentence(photo.reason, photo.reason_detail)
    return {
        "path": file.path,
        "person": file.person,
        "state": str(state),
        "reason": photo.reason if photo else file.status,
        "message": message,
        "photo": str(photo.pk) if photo else None,
        "ok": bool(photo) and (state == PhotoState.ENROLLED or (not wait and not file.is_refused)),
    }
