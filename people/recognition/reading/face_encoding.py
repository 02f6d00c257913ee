"""Encodes a face again with another engine, at the place where it was found before, without searching."""

from __future__ import annotations

from dataclasses import dataclass

from people.recognition.engine.engine import Crops, Engine
from people.recognition.engine.quality import encoded_quality
from people.recognition.errors import BadImage
from people.recognition.reading.portrait import decode_photo
from people.recognition.types import Box, Quality, Vector


@dataclass(frozen=True, slots=True)
class FaceEncoding:
    """The encoding of one face; `verdict` is "ok" or a code of images.decode, and only "ok" has the rest."""

    verdict: str
    vector: Vector | None = None
    quality: Quality | None = None


def encode_face(engine: Engine, data: bytes, *, box: Box, max_bytes: int) -> FaceEncoding:
    """Encodes the face in `box`, in pixels of the upright picture in full size. Never raises for bad input."""
    try:
        picture = decode_photo(engine, data, box=box, max_bytes=max_bytes)  # as it was enrolled
    except BadImage as error:
        return FaceEncoding(error.code)
    face = engine.face_at(picture.image, picture.own_box(box), score=0.0)
    (encoded,) = engine.encode_faces(picture.image, [face], Crops.ENROLMENT)
    return FaceEncoding("ok", encoded.vector, encoded_quality(face.quality, encoded.steadiness, Crops.ENROLMENT))
