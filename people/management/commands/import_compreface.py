"""`manage.py import_compreface URL [KEY]`: people and photos from a CompreFace that runs, with a report per face."""

from __future__ import annotations

import csv
import os
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from people.base.spreadsheets import safe
from people.compreface.collection import Collection, SavedFace
from people.compreface.connection import Connection
from people.compreface.errors import CompreFaceError
from people.compreface.moving import Moved, move_faces, move_subject, unknown_faces

COLUMNS = ("image_id", "subject", "result", "code", "message", "photo_id")


class Command(BaseCommand):
    help = (
        "Read the people and pictures of a running CompreFace with the key of its recognition service. You can "
        "run it again: it goes on where it stopped. Exits with 1 if a face could not be taken, with 2 if CompreFace "
        "cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="Address of CompreFace: http://compreface.example:8000")
        parser.add_argument(
            "key",
            nargs="?",
            help="API key of the recognition service; better in COMPREFACE_KEY, or “-” to read it from standard input: "
            "every user of this machine can see arguments.",
        )
        parser.add_argument("--out", type=Path, help="Write a line for each face to this CSV file.")
        parser.add_argument("--resume", action="store_true", help="Add to the file of --out instead of refusing it.")
        parser.add_argument("--limit", type=int, help="Fetch at most this many faces this time.")
        parser.add_argument("--owner", help="Name of the user who adds them: with that user's limits, and on record.")

    def handle(self, *, url: str, key: str | None, owner: str | None, **options: Any) -> None:
        by = _owner(owner)
        tally: Counter[str] = Counter()
        try:
            with (
                Connection(url, _key(key)) as connection,
                ReportFile(options["out"], resume=options["resume"]) as report,
            ):
                for moved in self._move(Collection(connection), by, options["limit"], options["verbosity"]):
                    report.write(moved)
                    tally.update([moved.result, moved.code])
        except CompreFaceError as error:
            self._summarise(tally)
            raise CommandError(str(error), returncode=2) from error
        self._summarise(tally)
        if tally["failed"]:
            raise SystemExit(1)

    def _move(self, collection: Collection, by: User | None, limit: int | None, verbosity: int) -> Iterator[Moved]:
        subjects, faces = collection.subjects(), collection.faces()
        self.stdout.write(f"{len(subjects)} subjects, {len(faces)} saved faces.")
        wanted, known = unknown_faces(faces)
        yield from known
        quiet = verbosity == 0 or not sys.stderr.isatty()
        chosen = wanted if limit is None else wanted[: max(0, limit)]
        yield from tqdm(move_faces(collection, chosen, by=by), "fetching", len(chosen), disable=quiet)
        if len(chosen) < len(wanted):
            self.stdout.write(f"{len(wanted) - len(chosen)} faces are left for another time.")
            return
        for subject in _without_faces(subjects, faces):
            yield move_subject(subject, by=by)

    def _summarise(self, tally: Counter[str]) -> None:
        self.stdout.write(
            f"{tally['added']} added, {tally['known']} known already, {tally['failed']} failed, "
            f"{tally['person']} people without a face."
        )
        for code, number in sorted(tally.items()):
            if code not in ("", "added", "known", "failed", "person"):
                self.stdout.write(self.style.WARNING(f"  {number} × {code}"))
        if tally["no_picture"] and not tally["added"] + tally["known"]:
            self.stdout.write(
                "CompreFace has kept none of its pictures (save_images_to_db=false): only the names of its subjects "
                "could be moved. Enrol the people from photos: in the admin, a ZIP or `manage.py enrol_folder`."
            )
        if tally["added"]:
            self.stdout.write("A worker reads the photos now; what becomes of each is in the admin, under Photos.")


def _owner(name: str | None) -> User | None:
    if name is None:
        return None
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active user {name}.", returncode=2)
    return user


def _without_faces(subjects: Iterable[str], faces: Iterable[SavedFace]) -> list[str]:
    having = {face.subject for face in faces}
    return [subject for subject in subjects if subject not in having]


def _key(given: str | None) -> str:
    if given == "-":
        return sys.stdin.readline().strip()
    return given or os.environ.get("COMPREFACE_KEY", "").strip()


class ReportFile:
    """The file of --out: a line at a time, so that a run that broke off leaves what it did. No file without lines."""

    def __init__(self, path: Path | None, *, resume: bool) -> None:
        if path and path.exists() and not resume:
            raise CommandError(f"{path} is there already: take another name, or --resume to add to it.", returncode=2)
        if path and not path.parent.is_dir():
            raise CommandError(f"{path.parent} is not a folder.", returncode=2)
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> ReportFile:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def write(self, moved: Moved) -> None:
        if self._path is None:
            return
        if self._file is None:
            self._file = self._path.open("a", newline="")
            if not self._file.tell():
                csv.writer(self._file).writerow(COLUMNS)
        csv.writer(self._file).writerow(_cells(moved))
        self._file.flush()


def _cells(moved: Moved) -> list[object]:
    return [
        moved.image_id or "",
        safe(moved.subject),
        moved.result,
        moved.code,
        safe(moved.message),
        moved.photo or "",
    ]
