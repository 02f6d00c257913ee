"""`manage.py benchmark`: the speed of engine and camera loop beside dlib and face_recognition, or of many cameras."""

from __future__ import annotations

import asyncio
import json
import os
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings

from facesite.env import VAR
from facesite.lab.cameras.enrolling import fill_with_cast
from facesite.lab.cameras.films import FilmStudio
from facesite.lab.cameras.measuring import measured
from facesite.lab.cameras.report import FRAMES, KEPT, CamerasAsked
from facesite.lab.cameras.stream_kinds import KINDS, RATES
from facesite.lab.databases import own_database
from facesite.lab.demo.clip import make_clip
from facesite.lab.demo.seed import CLIP
from facesite.lab.engine_speed import SpeedReport, benchmark, on_one_core
from facesite.lab.errors import ClipNotMade
from facesite.lab.loops import compare_loops
from facesite.lab.machine_speed import view_ms
from people.recognition.errors import RecognitionError
from streams.pipeline.errors import SourceDown
from streams.pipeline.sources.playback import open_video

PICTURES = ("obama.jpg", "obama2.jpg", "biden.jpg", "astronaut.png")
ENROLLED = PICTURES[:3]
MOST_CAMERAS = 64
FEWEST_PEOPLE, MOST_PEOPLE = 100, 1_000_000
DATABASE = "facesite_benchmark_cameras"


class Command(BaseCommand):
    help = (
        "Measure the engine and the camera loop against dlib and face_recognition, on one core (about two minutes), "
        "without a database. Or run a worker on many cameras over RTSP that this machine plays itself, in a database "
        "of its own, removed afterwards (two minutes; each kind of film is drawn once, for two to five minutes)."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clip", type=Path, help="measure on this video instead of portraits and the demo's clip")
        parser.add_argument("--cameras", type=int, metavar="N", help="run N cameras over RTSP, and nothing else")
        parser.add_argument("--busy", type=int, default=0, metavar="M", help="so many of them with people in sight")
        parser.add_argument("--stream", choices=KINDS, default="h264-1080p25", help="what they send")
        parser.add_argument("--rate", choices=RATES, default="vbr", help="bit rate, variable or constant")
        parser.add_argument("--people", type=int, default=FEWEST_PEOPLE, help="how many people are enrolled")
        parser.add_argument("--kept", choices=KEPT, default=FRAMES, help="what cameras keep of each sighting")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["cameras"] is not None:
                report, table = self._cameras(**options)
            else:
                clip = _playable(options["clip"]) if options["clip"] else self._demo_clip()
                report, table = _engine_and_loops(options["clip"], clip)
        except (RecognitionError, ClipNotMade, ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else table)

    def _cameras(
        self,
        *,
        cameras: int,
        busy: int,
        stream: str,
        rate: str,
        people: int,
        kept: str,
        clip: Path | None,
        **options: Any,
    ) -> tuple[dict[str, Any], str]:
        if clip:
            raise CommandError("cameras play films of their own: leave --clip out")
        if not 1 <= cameras <= MOST_CAMERAS or not 0 <= busy <= cameras:
            raise CommandError(f"expected 1 to {MOST_CAMERAS} cameras, and none to all of them busy")
        if not FEWEST_PEOPLE <= people <= MOST_PEOPLE:
            raise CommandError(f"expected {FEWEST_PEOPLE} to {MOST_PEOPLE} people")
        self.stderr.write("Drawing and coding the films, once …")
        films = FilmStudio(Path(settings.PORTRAITS), VAR / "benchmark").films(KINDS[stream], rate)
        with TemporaryDirectory() as media, own_database(DATABASE), override_settings(**_only_here(media)):
            self.stderr.write(f"Enrolling {people} people …")
            cast = fill_with_cast(people, _portraits(ENROLLED), Path(settings.MODEL_CACHE))
            self.stderr.write("Running the cameras …")
            before = view_ms(Path(settings.MODEL_CACHE))
            timing = asdict(asyncio.run(measured(CamerasAsked(KINDS[stream], cameras, busy, kept), films, cast)))
            machine = {
                "machine_cores": os.cpu_count(),
                "machine_view_ms": [before, view_ms(Path(settings.MODEL_CACHE))],
            }
        asked = {"cameras": cameras, "busy": busy, "stream": stream, "rate": rate, "people": people, "kept": kept}
        report = {**asked, **machine, **timing}
        return report, "\n".join(f"{name}: {value}" for name, value in report.items())

    def _demo_clip(self) -> Path:
        clip = Path(settings.MEDIA_ROOT) / CLIP
        if not clip.exists():
            self.stderr.write("Making the demo's clip …")
            make_clip(Path(settings.PORTRAITS), clip)
        return clip


def _playable(clip: Path) -> Path:
    """Raises CommandError at once for what no camera could play."""
    try:
        open_video(str(clip)).close()
    except SourceDown as down:
        raise CommandError(f"{clip}: {down.said}") from None
    return clip


def _engine_and_loops(clip_of_pictures: Path | None, clip: Path) -> tuple[dict[str, Any], str]:
    cache = Path(settings.MODEL_CACHE)
    engine = on_one_core(benchmark, _portraits(PICTURES), cache, clip_of_pictures)
    loops = on_one_core(compare_loops, clip, _portraits(ENROLLED), cache)
    return {**engine.as_json(), **loops}, f"{_engine_table(engine)}\n{_loop_table(loops)}"


def _only_here(media: str) -> dict[str, Any]:
    """Cameras of this machine, and pictures that nobody needs afterwards."""
    stored = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": media}}
    return {
        "MEDIA_ROOT": Path(media),
        "STORAGES": {**settings.STORAGES, "default": stored},
        "CAMERA_NETWORKS": ["127.0.0.0/8"],
    }


def _portraits(names: tuple[str, ...]) -> list[Path]:
    return [Path(settings.PORTRAITS) / name for name in names]


def _engine_table(report: SpeedReport) -> str:
    lines = [f"{'step':<24}{'ours ms':>10}{'reference ms':>14}{'ratio':>8}  reference"]
    for step in report.steps:
        lines.append(
            f"{step.name:<24}{step.ours_ms:>10.1f}{step.reference_ms:>14.1f}{step.ratio:>8.1f}  {step.reference}"
        )
    for size, times in report.search_ms.items():
        lines.append(
            f"search among {size:<11}{times['alone']:>10.2f}{'':>22}  each of a batch: {times['batch']:.2f}; with "
            f"counter-examples: {times['alone_refusing']:.2f} and {times['batch_refusing']:.2f}"
        )
    lines.append(f"photos enrolled per second: {report.enrol_photos_per_s:.1f}")
    lines.append(f"largest difference from dlib's vectors: {report.vector_difference:.1e}")
    lines.append(f"engine: {report.engine}")
    return "\n".join(lines)


def _loop_table(report: dict[str, Any]) -> str:
    lines = [f"{'loop, a frame of a clip':<24}{'ours ms':>10}{'reference ms':>14}{'ratio':>8}  faces shown"]
    for name, loop in report["loops"].items():
        figures = f"{loop['ours_ms']:>10.1f}{loop['reference_ms']:>14.1f}{loop['ratio']:>8.1f}"
        lines.append(f"{name + ' size':<24}{figures}  {loop['faces']} by ours, {loop['reference_faces']} by HOG")
    return "\n".join(lines)
