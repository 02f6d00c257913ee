"""Short films of a small camera, so that a test can draw and play them."""

from __future__ import annotations

from pathlib import Path

from facesite.lab.cameras import films
from facesite.lab.cameras.films import Films, FilmStudio
from facesite.lab.cameras.stream_kinds import StreamKind

SMALL = StreamKind("small", "H264", "libx264", 640, 360, 1000, 23)


def small_films(portraits: Path, folder: Path) -> Films:
    """Draws 4 s of a still hall, 8 s of a visit and 8 s of the demo's film, unless `folder` has them."""
    lengths = films.STILL_S, films.VISIT_S, films.SECONDS
    films.STILL_S, films.VISIT_S, films.SECONDS = 4.0, 8.0, 8.0
    try:
        return FilmStudio(portraits, folder).films(SMALL, "vbr")
    finally:
        films.STILL_S, films.VISIT_S, films.SECONDS = lengths
