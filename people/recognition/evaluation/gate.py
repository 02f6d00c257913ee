"""Measures what the quality gate of enrolment is worth: galleries made of spoiled photos, with and without it.

Each gallery photo is made small or soft. Without the gate the spoiled face is enrolled anyway, at the place where the
good photo shows it. With the gate only those faces are enrolled that people.recognition.reading.photo accepts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from people.recognition.engine.engine import Crops
from people.recognition.engine.mmod import resized
from people.recognition.errors import BadImage
from people.recognition.evaluation.files import Entry
from people.recognition.evaluation.methods import MAX_BYTES, Ours, Photos, Row
from people.recognition.evaluation.protocols import identify
from people.recognition.pictures.images import decode, jpeg
from people.recognition.reading.photo import read_photo
from people.recognition.types import Box, Face, Image


@dataclass(frozen=True, slots=True)
class Spoiling:
    name: str
    scale: Callable[[int], float]
    """Scale of the picture, from the face's width in pixels."""
    blur: float = 0.0
    """Standard deviation of the blur, as a share of the face's width."""

    def of(self, image: Image, face: Face) -> tuple[Image, Box]:
        """Returns the spoiled picture and where the face is in it."""
        scale = min(1.0, self.scale(face.box.width))
        spoiled = resized(image, scale)
        if self.blur:
            spoiled = np.asarray(cv2.GaussianBlur(spoiled, (0, 0), self.blur * scale * face.box.width), np.uint8)
        left, top, right, bottom = (round(edge * scale) for edge in face.box)
        return np.ascontiguousarray(spoiled), Box(left, top, right, bottom)


SPOILINGS = (
    Spoiling("as they are", lambda _: 1.0),
    Spoiling("faces of 16 px", lambda width: 16 / width),
    Spoiling("faces of 24 px", lambda width: 24 / width),
    Spoiling("blurred by 5 % of the face", lambda _: 1.0, 0.05),
    Spoiling("blurred by 8 % of the face", lambda _: 1.0, 0.08),
)


def evaluate_gate(ours: Ours, root: Path, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Returns one row for each of SPOILINGS; probes and strangers stay as they are.

    The keys are those of Identification.
    """
    photos = Photos(root, ours)
    good = [found for entry in entries if entry.role == "gallery" if (found := _face(ours, root / entry.path, entry))]
    probes = [(entry.person, photos[entry.path]) for entry in entries if entry.role == "probe"]
    strangers = [photos[entry.path] for entry in entries if entry.role == "unknown"]
    rows = []
    for spoiling in SPOILINGS:
        spoiled = [(person, *spoiling.of(image, face)) for person, image, face in good]
        every = [(person, _encoded(ours, image, box)) for person, image, box in spoiled]
        accepted = [row for person, image, _box in spoiled if (row := _read(ours, person, image))]
        rows.append(
            {
                "photos": spoiling.name,
                "refused": len(every) - len(accepted),
                "of": len(every),
                "without_gate": identify(ours.gallery(every), probes, strangers, ours.thresholds).as_json(),
                "with_gate": identify(ours.gallery(accepted), probes, strangers, ours.thresholds).as_json(),
            }
        )
    return rows


def _face(ours: Ours, path: Path, entry: Entry) -> tuple[str, Image, Face] | None:
    """Returns person, image and face, or None for a photo that gives none: the evaluation itself lists these."""
    try:
        image = decode(path.read_bytes(), max_bytes=MAX_BYTES)
    except (OSError, BadImage):
        return None
    face = ours.face(image)
    return (entry.person, image, face) if face else None


def _encoded(ours: Ours, image: Image, box: Box) -> np.ndarray[Any, np.dtype[np.floating[Any]]]:
    return np.asarray(ours.engine.encode(image, [ours.engine.face_at(image, box, 1.0)], Crops.ENROLMENT)[0])


def _read(ours: Ours, person: str, image: Image) -> Row | None:
    vector = read_photo(ours.engine, jpeg(image), chosen_box=None, max_bytes=MAX_BYTES).vector
    return None if vector is None else (person, vector)
