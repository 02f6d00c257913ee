"""`manage.py replay`: the camera pipeline on a file, as fast as it goes, against people from a folder."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import cv2
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from people.recognition.engine.engine import Engine
from people.recognition.errors import RecognitionError
from people.recognition.gallery.gallery import Gallery
from people.recognition.liveness.network import Liveness
from people.recognition.reading.photo import read_photo
from streams.pipeline.analysis.analysis import Analysis
from streams.pipeline.analysis.area import Area
from streams.pipeline.errors import SourceDown
from streams.pipeline.messages import SightingChange, UseGallery
from streams.pipeline.replay.replaying import BEGIN, Replay, seconds_in
from streams.pipeline.replay.truth import Score, last_words, presences
from streams.pipeline.view import TURNS, CameraView
from streams.records.regions import read_regions

Row = dict[str, Any]


class Command(BaseCommand):
    help = "Run the camera pipeline on a video file and list its sightings. Needs no database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path, help="a video file")
        parser.add_argument(
            "--gallery", type=Path, required=True, help="DIR/<person>/*.jpg, or one photo a name: DIR/<person>.jpg"
        )
        parser.add_argument("--labels", type=Path, help="who is visible when, as in labels.json")
        parser.add_argument("--clip", help="the clip's path in the labels; by default the source's name")
        parser.add_argument("--analysis-fps", type=float, default=8)
        parser.add_argument("--smallest-face", type=int, default=40, metavar="PX")
        parser.add_argument("--liveness", action="store_true", help="hint at held pictures, as a camera can")
        parser.add_argument("--turn", type=int, default=0, choices=[0, *TURNS], help="degrees clockwise")
        parser.add_argument("--mirrored", action="store_true")
        parser.add_argument("--pixel-aspect", type=float, metavar="RATIO", help="by default as the file says")
        parser.add_argument("--regions", type=Path, metavar="FILE", help="a JSON list, as the API's field")
        parser.add_argument("--json", action="store_true", help="JSON lines instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0.2 <= options["analysis_fps"] <= 60 or not 18 <= options["smallest_face"] <= 1000:
            raise CommandError("expected 0.2 to 60 analysed frames a second, and faces of 18 to 1000 px")
        cv2.setNumThreads(1)  # as in a camera's child
        try:
            engine = Engine.load(Path(settings.MODEL_CACHE))
            gallery = self._gallery(engine, options["gallery"])
            score = _score(options, gallery) if options["labels"] else None
            liveness = Liveness.load(Path(settings.MODEL_CACHE)) if options["liveness"] else None
            rows = _replay(engine, liveness, gallery, score, options)
        except (RecognitionError, SourceDown, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        for row in rows:
            self.stdout.write(json.dumps(row) if options["json"] else _line(row))

    def _gallery(self, engine: Engine, folder: Path) -> Gallery:
        """Photos that cannot be used are named on stderr and left out."""
        encodings = []
        for person, photo in _photos(folder):
            reading = read_photo(engine, photo.read_bytes(), chosen_box=None, max_bytes=settings.PHOTO_MAX_BYTES)
            if reading.vector is None:
                self.stderr.write(f"not used: {photo.name} of {person}: {reading.verdict}")
            else:
                encodings.append((person, reading.vector))
        return Gallery.of_encodings(1, engine.key, encodings)


def _photos(folder: Path) -> list[tuple[str, Path]]:
    """(person, file) of both kinds of folder. Raises ValueError when there is none."""
    if not folder.is_dir():
        raise ValueError(f"no folder {folder}")
    found = [(file.stem, file) for file in sorted(folder.iterdir()) if file.is_file()]
    for person in sorted(path for path in folder.iterdir() if path.is_dir()):
        found += [(person.name, file) for file in sorted(person.iterdir()) if file.is_file()]
    return [(person, file) for person, file in found if not file.name.startswith(".")]


def _score(options: Row, gallery: Gallery) -> Score:
    try:
        labels = json.loads(options["labels"].read_text())
    except ValueError as error:
        raise ValueError(f"{options['labels'].name} is not JSON: {error}") from None
    return Score(presences(labels, options["clip"] or options["source"].name), frozenset(gallery.people))


def _replay(
    engine: Engine, liveness: Liveness | None, gallery: Gallery, score: Score | None, options: Row
) -> list[Row]:
    view = _view(options)
    analysis = Analysis(engine, None, options["smallest_face"], area=Area(view.regions), liveness=liveness)
    analysis.use(UseGallery(gallery, {}, engine.distances.thresholds), BEGIN)
    replay = Replay(str(options["source"]), analysis, options["analysis_fps"], view)
    changes: list[SightingChange] = []
    began = time.perf_counter()
    for told in replay:
        if isinstance(told, SightingChange):
            changes.append(told)
        if score:
            score.change(told) if isinstance(told, SightingChange) else score.frame(told)
    seconds = time.perf_counter() - began
    rows = [_sighting(change) for change in last_words(changes)]
    return [*rows, {**_summary(replay, analysis, seconds), **(score.as_json() if score else {})}]


def _view(options: Row) -> CameraView:
    """Raises ValueError for regions that cannot be used, and OSError for a file that cannot be read."""
    try:
        regions = read_regions(json.loads(options["regions"].read_text())) if options["regions"] else ()
    except ValidationError as bad:
        raise ValueError(" ".join(bad.messages)) from None
    return CameraView(options["turn"], options["mirrored"], options["pixel_aspect"], regions)


def _sighting(change: SightingChange) -> Row:
    return {
        "type": "sighting",
        "verdict": change.verdict.value,
        "person": change.person if change.verdict.value == "match" else None,
        "maybe": change.person if change.verdict.value == "review" else None,
        "first_s": round(seconds_in(change.first_seen_at), 3),
        "last_s": round(seconds_in(change.last_seen_at), 3),
        "distance": round(change.distance, 4) if change.distance is not None else None,
        "votes": change.votes,
        "look_closer": change.look_closer,
        "liveness": round(change.liveness, 4) if change.liveness is not None else None,
    }


def _summary(replay: Replay, analysis: Analysis, seconds: float) -> Row:
    analysed = max(1, replay.analysed)
    return {
        "type": "summary",
        "frames": replay.frames,
        "analysed": replay.analysed,
        "seconds": round(seconds, 3),
        "ms_per_analysed_frame": round(1000 * seconds / analysed, 2),
        "ms": {step: round(1000 * spent / analysed, 2) for step, spent in analysis.steps.seconds.items()},
        "detections": analysis.faces_found,
        "encodings": analysis.encodings_made,
    }


def _line(row: Row) -> str:
    if row["type"] == "sighting":
        who = row["person"] or (f"{row['maybe']}?" if row["maybe"] else "unknown")
        when = f"{row['first_s']:8.2f} s to {row['last_s']:8.2f} s"
        hint = f", look closer: {row['liveness']:.2f}" if row["look_closer"] else ""
        return f"{when}  {who}  (distance {row['distance']}, {row['votes']} votes{hint})"
    told = [f"{name}: {value}" for name, value in row.items() if name not in {"type", "named_after_s"}]
    return "\n".join([*told, *map(_waiting, row.get("named_after_s", []))])


def _waiting(row: Row) -> str:
    waited_s = row["named_after_s"]
    when = "never named" if waited_s is None else f"named after {waited_s:.2f} s"
    return f"{row['person']}, visible from {row['visible_from_s']:.2f} s: {when}"
