"""Tells portraits, which show one large, upright face, from pictures that must be looked at more closely."""

from __future__ import annotations

from people.recognition.engine.engine import Engine
from people.recognition.pictures.decoded import WHOLE_PIXELS, Decoded
from people.recognition.pictures.images import decode_small
from people.recognition.reading.meant import BYSTANDER
from people.recognition.types import Box, Face, Image

DOUBTED = 0.4
"""Lowest score of a face that blur or bad light may hide; such a face explains why none was found."""
UPRIGHT = 0.92
"""Score from which on a face certainly stands upright: those of 81 photos reach 0.924, turned ones 0.91 at most."""
BESIDE = BYSTANDER * 0.75
"""What may be a face and is at least this wide, as a share of the widest, needs the look at everything."""
LOOKED_FOR = BYSTANDER * 0.5
"""Beside a plain face those are looked for first that are at least this wide, as a share of it."""
HALVED_FROM = 6_000_000
"""JPEG photos with more pixels than this are decoded half as wide and high if their face stays LARGE_PX wide."""
LARGE_PX = 150
"""dlib's network looks at 150 px, SFace at 112. Decoded half as wide, at 100 to 300 px, an encoding moves by 0.13 to
0.15 (median); by 0.12 if the photo is moved by 3 px or scaled by 0.97."""


def portrait(engine: Engine, image: Image) -> list[Face]:
    """Returns the faces of a portrait, biggest first; none if more than one may be meant, or if it may not be upright.

    What is far narrower than the one face is not meant, so a portrait needs no look at everything, which takes four
    times as long at 1 megapixel.
    """
    faces = engine.detect_beside_biggest(image, LOOKED_FOR, lowest_score=DOUBTED)
    is_sure = bool(faces) and faces[0].score >= UPRIGHT
    is_alone = all(face.box.width < BESIDE * faces[0].box.width for face in faces[1:])
    return faces if is_sure and is_alone else []


def decode_photo(engine: Engine, data: bytes, *, box: Box | None, max_bytes: int) -> Decoded:
    """Decodes a photo, half as wide and high if it is a large JPEG whose face is large enough then.

    `box` is the face in pixels of the full size, if it is known. Raises BadImage as `decode_small` does.
    """
    small = decode_small(data, max_bytes=max_bytes, halved_from=HALVED_FROM)
    is_as_it_must_be = small.scale == 1 or small.width_px * small.height_px > WHOLE_PIXELS
    if is_as_it_must_be or _face_px(engine, small, box) >= LARGE_PX:
        return small
    return decode_small(data, max_bytes=max_bytes)


def _face_px(engine: Engine, picture: Decoded, box: Box | None) -> int:
    """Returns the width of the face in the decoded picture, 0 if that is no portrait."""
    if box is not None:
        return picture.own_box(box).width
    return max((face.box.width for face in portrait(engine, picture.image)), default=0)
