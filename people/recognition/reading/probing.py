"""Finds and encodes every face of an uploaded picture: a recogniser child's request and its answer."""

from __future__ import annotations

import time
from dataclasses import dataclass

from people.recognition.engine.engine import Crops, Engine
from people.recognition.errors import BadImage
from people.recognition.pictures.images import decode_small
from people.recognition.types import Face, Image, Vector

SMALLEST_PX = 80
"""Width of the smallest face that is searched for, or a twelfth of the picture if that is more: 49 ms at 640 x 480."""
PART = 12
FIRST_LOOK_PART = 4
"""If only the biggest face is wanted, faces from a quarter of the picture up are searched first: most portraits are
done after 8 ms."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One face and its encoding, which is None if only faces were asked for."""

    face: Face
    vector: Vector | None


@dataclass(frozen=True, slots=True)
class Probes:
    """What a picture showed; `verdict` is "ok" (also without a face) or a code of images.decode."""

    verdict: str
    width_px: int = 0
    height_px: int = 0
    found: tuple[Probe, ...] = ()
    """Biggest face first."""
    detector_ms: float = 0.0
    encoder_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class ProbePicture:
    """Parent to child: find and encode the faces of this file. The child answers with one Probes."""

    data: bytes
    max_bytes: int
    most: int = 0
    """How many faces to return, the biggest ones; 0 for all."""
    lowest_score: float = 0.0
    encode: bool = True

    def answer(self, engine: Engine) -> Probes:
        return probe_picture(engine, self)


def probe_picture(engine: Engine, asked: ProbePicture) -> Probes:
    """Finds and encodes the faces of a picture. Never raises for a bad picture: that is a verdict."""
    try:
        picture = decode_small(asked.data, max_bytes=asked.max_bytes)
    except BadImage as error:
        return Probes(error.code)
    image = picture.image
    began = time.perf_counter()
    faces = _faces(engine, image, asked)
    found = time.perf_counter()
    vectors = engine.encode(image, faces, Crops.PROBE) if asked.encode else [None] * len(faces)
    return Probes(
        "ok",
        picture.width_px,
        picture.height_px,
        tuple(Probe(picture.full_face(face), vector) for face, vector in zip(faces, vectors, strict=True)),
        detector_ms=1000 * (found - began),
        encoder_ms=1000 * (time.perf_counter() - found),
    )


def _faces(engine: Engine, image: Image, asked: ProbePicture) -> list[Face]:
    """Returns the faces, biggest first; if one is wanted, searches for big ones first, which often suffices.

    Searches every second scale, as on streams: it finds the same faces at three fifths of the price (docs/accuracy.md).
    """
    longest = max(image.shape[:2])
    smallest = max(SMALLEST_PX, longest // PART)
    looks = [smallest, smallest // 2]  # the second runs only if the first finds nobody
    if asked.most == 1:
        looks = sorted({max(smallest, longest // FIRST_LOOK_PART), *looks}, reverse=True)
    for smallest_px in looks:
        faces = engine.detect(image, smallest_px, fine=False, lowest_score=asked.lowest_score)
        if faces:
            return faces[: asked.most or None]
    return []
