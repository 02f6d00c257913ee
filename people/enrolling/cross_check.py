"""Decides whether a well-read face may enrol: compares it with the person's own photos and with everybody else's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from people.gallery.thresholds import DecisionThresholds
from people.recognition.reading.photo import PhotoReading
from people.recognition.types import Vector
from people.records.encoding import Encoding
from people.records.photo import Photo
from people.records.states import PhotoState

# Copies of one picture (saved at JPEG quality 85 or 50, cropped by 6 %, enlarged by half) lie at most 0.066 apart,
# different moments of one sitting at least 0.087: measured on 27 and 81 photos of 17 people.
NEAR_DUPLICATE = 0.07


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a photo: its new state, why, and the numbers and ids that explain it."""

    state: PhotoState
    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def judge(photo: Photo, reading: PhotoReading, engine: str) -> Outcome:
    """Decides about `photo` by its reading and by the gallery as it stands in this transaction."""
    detail = dict(reading.detail)
    if reading.verdict == "several_faces":
        return Outcome(PhotoState.CHOOSE, reading.verdict, detail)
    if reading.verdict != "ok" or reading.vector is None:
        return Outcome(PhotoState.REJECTED, reading.verdict, detail)
    return (
        _near_duplicate(photo, reading.vector, engine)
        or _looks_like_other(photo, reading.vector, engine)
        or _doubted(photo, reading)
        or Outcome(PhotoState.ENROLLED)
    )


def _doubted(photo: Photo, reading: PhotoReading) -> Outcome | None:
    """Holds a face that somebody should look at, unless somebody has: a person chose it in this photo."""
    if not reading.doubt or photo.chosen_box is not None:
        return None
    return Outcome(PhotoState.REVIEW, reading.doubt, dict(reading.detail))


def _near_duplicate(photo: Photo, vector: Vector, engine: str) -> Outcome | None:
    """Rejects the same picture, re-encoded or scaled: it would only give one moment double weight in the template."""
    own = Encoding.objects.filter(
        engine=engine, photo__person=photo.person_id, photo__state__in=[PhotoState.ENROLLED, PhotoState.REVIEW]
    )
    nearest: Any = own.exclude(photo=photo).nearest_to(vector).first()
    if nearest is None or nearest.distance > NEAR_DUPLICATE:
        return None
    return Outcome(
        PhotoState.REJECTED,
        "near_duplicate",
        {"photo": str(nearest.photo_id), "distance": round(nearest.distance, 3)},
    )


def _looks_like_other(photo: Photo, vector: Vector, engine: str) -> Outcome | None:
    """Holds a face that is nearer to another person than to its own, and near enough to be recognised as that person.

    This is no looser than recognition itself, because each false hold costs somebody's time: of 81 photos of 17 people,
    in any order, none is held at the match threshold; at 0.5 it would be 32.
    """
    match = DecisionThresholds.objects.in_force(engine).match
    others = Encoding.objects.in_gallery(engine).exclude(photo=photo).people_nearest_to(vector)
    nearest = others.first()
    if nearest is None or nearest["person"] == photo.person_id or nearest["distance"] > match:
        return None
    return Outcome(
        PhotoState.REVIEW,
        "looks_like_other",
        {"person": str(nearest["person"]), "distance": round(nearest["distance"], 3)},
    )
