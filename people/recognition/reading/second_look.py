"""dlib's detector as a second look at photos in which YuNet is sure of no face."""

from __future__ import annotations

from people.recognition.engine.engine import Engine
from people.recognition.engine.mmod import WINDOW_PX
from people.recognition.engine.yunet import SURE
from people.recognition.types import Face, Image

SMALLEST_PX = 40
"""Width of the smallest face that is searched for, or a twentieth of the picture if that is more."""
SURE_BY_MMOD = 0.6
"""MMOD's score of what is certainly a face: hidden and painted ones stayed below 0.5 on real photos."""
STEEPNESS = 0.4
PIXELS = 4_000_000
"""A picture without any face is searched once more at this size, for smaller faces: 0.6 s."""
SMALLER_PX = 20


def by_mmod(engine: Engine, image: Image) -> list[Face]:
    """Returns the sure faces that dlib's detector finds, biggest first; searches for smaller ones if there is none.

    It takes 0.1 to 0.6 s, so it looks only at photos that would be refused otherwise.
    """
    height, width = image.shape[:2]
    first_px = max(SMALLEST_PX, max(width, height) // 20)
    smaller_px = max(SMALLER_PX, round(WINDOW_PX / (PIXELS / (width * height)) ** 0.5))
    return _sure_faces(engine, image, first_px, fine=True) or (
        _sure_faces(engine, image, smaller_px, fine=False) if smaller_px < first_px else []
    )


def _sure_faces(engine: Engine, image: Image, smallest_px: int, *, fine: bool) -> list[Face]:
    found = engine.networks.mmod.find(image, smallest_px, fine=fine, lowest_score=SURE_BY_MMOD)
    faces = [engine.face_at(image, face.box, as_yunet(face.score)) for face in found]
    return sorted(faces, key=lambda face: face.box.area, reverse=True)


def as_yunet(score: float) -> float:
    """Returns MMOD's score on YuNet's scale: sure where MMOD is sure."""
    return min(1.0, SURE + STEEPNESS * (score - SURE_BY_MMOD))
