"""`manage.py benchmark`: the speed of engine and camera loop beside dlib and face_recognition, here and now."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from facesite.lab.camera_speed import run_cameras
from facesite.lab.demo.clip import make_clip
from facesite.lab.demo.seed import CLIP
from facesite.lab.engine_speed import SpeedReport, benchmark, on_one_core
from facesite.lab.errors import ClipNotMade
from facesite.lab.loops import compare_loops
from people.recognition.errors import RecognitionError
from streams.pipeline.errors import SourceDown
from streams.pipeline.sources.playback import open_video

PICTURES = ("obama.jpg", "obama2.jpg", "biden.jpg", "astronaut.png")
ENROLLED = PICTURES[:3]
MOST_CAMERAS = 64


class Command(BaseCommand):
    help = (
        "Measure the engine and the camera loop against dlib and face_recognition, on one core (about two minutes), "
        "or many cameras at once (half a minute). Needs no database."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clip", type=Path, help="measure on this video instead of portraits and the demo's clip")
        parser.add_argument("--cameras", type=int, metavar="N", help="run N cameras on the clip, and nothing else")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["cameras"] is not None and not 1 <= options["cameras"] <= MOST_CAMERAS:
            raise CommandError(f"expected 1 to {MOST_CAMERAS} cameras")
        try:
            clip = _playable(options["clip"]) if options["clip"] else self._demo_clip()
            if options["cameras"]:
                report, table = _cameras(options["cameras"], clip)
            else:
                report, table = _engine_and_loops(options["clip"], clip)
        except (RecognitionError, ClipNotMade, ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else table)

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


def _cameras(count: int, clip: Path) -> tuple[dict[str, Any], str]:
    report = run_cameras(count, clip, _portraits(ENROLLED), Path(settings.MODEL_CACHE))
    return report, "\n".join(f"{name}: {value}" for name, value in report.items())


def _portraits(names: tuple[str, ...]) -> list[Path]:
    return [Path(settings.PORTRAITS) / name for name in names]


def _engine_table(report: SpeedReport) -> str:
    lines = [f"{'step':<24}{'ours ms':>10}{'reference ms':>14}{'ratio':>8}  reference"]
    for step in report.steps:
        lines.append(
            f"{step.name:<24}{step.ours_ms:>10.1f}{step.reference_ms:>14.1f}{step.ratio:>8.1f}  {step.reference}"
        )
    for size, times in report.search_ms.items():
        lines.append(f"search among {size:<11}{times['alone']:>10.2f}{'':>22}  each of a batch: {times['batch']:.2f}")
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
