"""Finds and encodes every face of an uploaded picture: a recogniser child's request and its answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from people.recognition.engine.engine import Crops, Encoded, Engine
from people.recognition.engine.kinds import OFFERED
from people.recognition.engine.quality import encoded_quality
from people.recognition.engine.yunet import SURE
from people.recognition.errors import BadImage
from people.recognition.pictures.images import decode_small
from people.recognition.types import Face, Image, Vector


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
    lowest_score: float = SURE
    encode: bool = True
    smallest_px: int = 0
    """Width of the smallest face to search for; 0: as Engine.detect chooses."""
    engine: str = OFFERED[0].key
    """Key of the engine that encodes."""

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
    faces = _faces(engine, image, asked, round(asked.smallest_px / picture.scale))
    found = time.perf_counter()
    encoded = engine.encode_faces(image, faces, Crops.PROBE) if asked.encode else []
    return Probes(
        "ok",
        picture.width_px,
        picture.height_px,
        tuple(_probes([picture.full_face(face) for face in faces], encoded)),
        detector_ms=1000 * (found - began),
        encoder_ms=1000 * (time.perf_counter() - found),
    )


def _probes(faces: list[Face], encoded: list[Encoded]) -> Iterator[Probe]:
    """Yields each face with its encoding and the quality that this shows, or without one if none was asked for."""
    if not encoded:
        yield from (Probe(face, None) for face in faces)
        return
    for face, (vector, steadiness) in zip(faces, encoded, strict=True):
        yield Probe(replace(face, quality=encoded_quality(face.quality, steadiness, Crops.PROBE)), vector)


def _faces(engine: Engine, image: Image, asked: ProbePicture, smallest_px: int) -> list[Face]:
    """Returns the faces, biggest first; if one is wanted, only as many scales are searched as it takes to find it."""
    biggest = asked.most == 1 and not smallest_px
    found = engine.detect(image, smallest_px, lowest_score=asked.lowest_score, biggest=biggest)
    return found[: asked.most or None]
