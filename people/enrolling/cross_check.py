"""Decides whether a well-read face may enrol: compares it with the person's own photos and with everybody else's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from people.gallery.nearby import COMPARED, nearby, same_file
from people.gallery.thresholds import DecisionThresholds
from people.recognition.engine.kinds import distances_of
from people.recognition.reading.photo import PhotoReading
from people.recognition.types import Vector
from people.records.counter_example import CounterExample
from people.records.encoding import Encoding
from people.records.photo import Photo
from people.records.states import PhotoState


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a photo: its new state, why, and the numbers and ids that explain it."""

    state: PhotoState
    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def judge(photo: Photo, reading: PhotoReading, engine: str) -> Outcome:
    """Decides about `photo` by its reading and by everybody else's photos as they stand in this transaction.

    Whether it is unlike the person's own photos is decided once it is stored, for all of them together
    (looking_again.py): it may be the other ones that are wrong.
    """
    detail = dict(reading.detail)
    if reading.verdict == "several_faces":
        return Outcome(PhotoState.CHOOSE, reading.verdict, detail)
    if reading.verdict != "ok" or reading.vector is None:
        return Outcome(PhotoState.REJECTED, reading.verdict, detail)
    nearby(engine).renew()
    return (
        _near_duplicate(photo, reading.vector, engine)
        or doubt_by_others(photo, reading.vector, engine, held_too=True)
        or _said_not_them(photo, reading.vector, engine)
        or _doubted(photo, reading)
        or Outcome(PhotoState.ENROLLED)
    )


def doubt_by_others(photo: Photo, vector: Vector, engine: str, *, held_too: bool = False) -> Outcome | None:
    """Holds a photo that may be somebody else's, by their photos; None if it is not, or if somebody confirmed it.

    `held_too`: also if a copy of it is held; a new copy then does not take the place of the one that is asked about.
    Call `nearby(engine).renew()` before, in the same transaction.
    """
    if photo.confirmed_at is not None:
        return None
    return _same_picture(photo, vector, engine, held_too=held_too) or _looks_like_other(photo, vector, engine)


def person_resembled(photo: Photo, vector: Vector, engine: str) -> str | None:
    """Returns the id of the person to whom an odd photo most likely belongs, if anybody is near enough to ask about."""
    review = DecisionThresholds.objects.in_force(engine).review
    found = nearby(engine).person_nearest_to(vector, within=review, own=photo.person_id, but=photo.pk)
    return str(found[0]) if found else None


def _doubted(photo: Photo, reading: PhotoReading) -> Outcome | None:
    """Holds a face that somebody should look at, unless somebody has: a person chose it in this photo."""
    if not reading.doubt or photo.chosen_box is not None or photo.confirmed_at is not None:
        return None
    return Outcome(PhotoState.REVIEW, reading.doubt, dict(reading.detail))


def _near_duplicate(photo: Photo, vector: Vector, engine: str) -> Outcome | None:
    """Rejects the same picture, re-encoded or scaled: it would only give one moment double weight in the template."""
    own = Encoding.objects.filter(
        engine=engine, photo__person=photo.person_id, photo__state__in=[PhotoState.ENROLLED, PhotoState.REVIEW]
    )
    nearest: Any = own.exclude(photo=photo).nearest_to(vector).first()
    if nearest is None or nearest.distance > distances_of(engine).near_duplicate:
        return None
    return Outcome(
        PhotoState.REJECTED,
        "near_duplicate",
        {"photo": str(nearest.photo_id), "distance": round(nearest.distance, 3)},
    )


def _same_picture(photo: Photo, vector: Vector, engine: str, *, held_too: bool) -> Outcome | None:
    """Holds a picture that somebody else has: one of the two is wrong, however far the other's template is."""
    states = COMPARED if held_too else (PhotoState.ENROLLED,)
    copied = nearby(engine).copy_of_another(
        vector, within=distances_of(engine).near_duplicate, own=photo.person_id, states=states
    )
    if copied is not None:
        return _held("same_picture_as_other", *copied)
    twin = same_file(photo, engine, states)
    return _held("same_picture_as_other", twin, 0.0) if twin else None


def _looks_like_other(photo: Photo, vector: Vector, engine: str) -> Outcome | None:
    """Holds a face that is nearer to another person than to its own, and near enough to be recognised as that person.

    This is no looser than recognition itself, because each false hold costs somebody's time: of 81 photos of 17 people,
    in any order, none is held at the match threshold; at 0.5 it would be 32.
    """
    match = DecisionThresholds.objects.in_force(engine).match
    nearest = nearby(engine).person_nearest_to(vector, within=match, own=photo.person_id, but=photo.pk)
    return _held("looks_like_other", *nearest) if nearest else None


def _said_not_them(photo: Photo, vector: Vector, engine: str) -> Outcome | None:
    """Holds a face that one of the person's counter-examples would refuse, beside the person's other photos.

    Without other photos it is held if it is as near to the counter-example as a match is.
    """
    known = CounterExample.objects.in_gallery(engine, [photo.person_id])
    against = dict(known.nearest_of_each(vector)).get(photo.person_id)
    if against is None or photo.confirmed_at is not None:
        return None
    others = Encoding.objects.in_gallery(engine).filter(photo__person=photo.person_id).exclude(photo=photo)
    own: Any = others.people_nearest_to(vector).first()
    slack = distances_of(engine).counter_slack
    limit = own["distance"] + slack if own else DecisionThresholds.objects.in_force(engine).match
    return Outcome(PhotoState.REVIEW, "said_not_them", {"distance": round(against, 3)}) if against <= limit else None


def _held(reason: str, person: UUID, distance: float) -> Outcome:
    return Outcome(PhotoState.REVIEW, reason, {"person": str(person), "distance": round(distance, 3)})
