"""Looks at all photos of a person together, and once more when nothing waits: holds odd ones, enrols what was held.

A photo is judged when it comes, by those that came before. Which of two is wrong is often told only by a third. So all
of a person's photos are compared after each new one, in whatever order they came; and when no photo waits any more,
each new one is compared with everybody again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models.functions import Now

from people.base.doorbells import ring_gallery
from people.enrolling.cross_check import Outcome, doubt_by_others, person_resembled
from people.enrolling.turns import one_at_a_time
from people.gallery.nearby import COMPARED, nearby
from people.recognition.engine.kinds import distances_of
from people.recognition.gallery.own_photos import Doubt, OwnLimits, doubts
from people.recognition.types import Vector
from people.records.encoding import Encoding
from people.records.holding import hold_photos
from people.records.photo import Photo
from people.records.reasons import LIKE_OTHERS, UNLIKE_OWN
from people.records.states import PhotoState

logger = logging.getLogger(__name__)


def look_at_own(person: UUID, engine: str) -> None:
    """Compares the person's photos with each other: holds those that are unlike the others, enrols those held before.

    Call it in a transaction, after `one_at_a_time`, `renew`, and a lock on the person's photos. If it holds a photo,
    it also enrols photos of others that were held because of it.
    """
    if _has_lost(person, engine):
        _release_others(person, engine)


def _has_lost(person: UUID, engine: str) -> bool:
    """Does what `look_at_own` says, for this person alone; returns whether an enrolled photo was held."""
    photos = _own_photos(person, engine)
    held = _doubted(photos, engine)
    lost = False
    for photo, vector in photos:
        outcome = held.get(photo.pk)
        if outcome is None and photo.state == PhotoState.REVIEW:
            outcome = doubt_by_others(photo, vector, engine) or Outcome(PhotoState.ENROLLED)
        if outcome is not None and _changes(photo, outcome):
            lost = (_record(photo, outcome) and photo.state == PhotoState.ENROLLED) or lost
    return lost


def second_look(person: UUID, engine: str) -> None:
    """Compares the person's new photos once more with everybody else's, and all of the person's with each other."""
    with transaction.atomic():
        one_at_a_time()
        nearby(engine).renew()
        held = hold_photos(Photo.objects.filter(person=person, state__in=COMPARED))
        new = [photo for photo in held if photo.second_look]
        Photo.objects.for_second_look().filter(person=person).update(second_look=False)
        if not new:
            return
        vectors = dict(Encoding.objects.filter(engine=engine, photo__in=new).values_list("photo", "vector"))
        found = [_by_others(photo, vectors, engine) for photo in new]
        lost = [_record(photo, outcome) for photo, outcome in zip(new, found, strict=True) if outcome]
        if _has_lost(person, engine) or any(lost):
            _release_others(person, engine)
    ring_gallery()


def look_at_next(engine: str) -> bool:
    """Takes a second look at the next person with new photos; returns False if there is none."""
    person = Photo.objects.for_second_look().order_by("person").values_list("person", flat=True).first()
    if person is not None:
        second_look(person, engine)
    return person is not None


def _by_others(photo: Photo, vectors: Mapping[UUID, Vector], engine: str) -> Outcome | None:
    if photo.state != PhotoState.ENROLLED or photo.pk not in vectors:
        return None
    return doubt_by_others(photo, np.asarray(vectors[photo.pk], np.float32), engine)


def _own_photos(person: UUID, engine: str) -> list[tuple[Photo, Vector]]:
    """Returns the enrolled photos and those held as unlike them, with their encodings, oldest first."""
    rows = Encoding.objects.filter(engine=engine, photo__person=person).select_related("photo")
    own = [row for row in rows if row.photo.state == PhotoState.ENROLLED or row.photo.reason in UNLIKE_OWN]
    own.sort(key=lambda row: (row.photo.created_at, row.photo_id))
    return [(row.photo, np.asarray(row.vector, np.float32)) for row in own]


def _doubted(photos: list[tuple[Photo, Vector]], engine: str) -> dict[UUID, Outcome]:
    """Returns what becomes of the photos that are unlike the others, by their ids."""
    vectors = np.array([vector for _photo, vector in photos])
    confirmed = [photo.confirmed_at is not None for photo, _vector in photos]
    found = doubts(vectors, confirmed, OwnLimits.of(distances_of(engine)))
    return {photos[doubt.row][0].pk: _outcome(doubt, photos, engine) for doubt in found}


def _outcome(doubt: Doubt, photos: list[tuple[Photo, Vector]], engine: str) -> Outcome:
    photo, vector = photos[doubt.row]
    detail: dict[str, Any] = {"distance": round(doubt.distance, 3)}
    if resembled := person_resembled(photo, vector, engine):
        detail["person"] = resembled
    if doubt.only_other is None:
        return Outcome(PhotoState.REVIEW, "unlike_own", detail)
    other = photos[doubt.only_other][0]
    return Outcome(PhotoState.REVIEW, "unlike_only_other", {**detail, "photo": str(other.pk)})


def _changes(photo: Photo, outcome: Outcome) -> bool:
    return (photo.state, photo.reason, photo.reason_detail) != (outcome.state, outcome.reason, outcome.detail)


def _record(photo: Photo, outcome: Outcome) -> bool:
    """Writes the outcome, unless somebody has decided on the photo meanwhile; returns whether it did."""
    unchanged = Photo.objects.filter(pk=photo.pk, state=photo.state, reason=photo.reason, confirmed_at=None)
    written = unchanged.update(
        state=outcome.state,
        reason=outcome.reason,
        reason_detail=outcome.detail,
        decided_at=Now(),
        second_look=outcome.state == PhotoState.ENROLLED,
    )
    logger.info("photo %s: %s %s, seen beside others", photo.pk, outcome.state, outcome.reason)
    return bool(written)


def _release_others(person: UUID, engine: str) -> None:
    """Judges photos of others anew that were held because they resembled `person`, who has lost a photo."""
    nearby(engine).renew()
    # Those that somebody decides on at this moment are left to them: waiting for them here could deadlock.
    like = Photo.objects.filter(state=PhotoState.REVIEW, reason__in=LIKE_OTHERS, reason_detail__person=str(person))
    free = list(like.select_for_update(skip_locked=True, no_key=True).order_by("pk"))
    vectors = dict(Encoding.objects.filter(engine=engine, photo__in=free).values_list("photo", "vector"))
    for photo in free:
        vector = vectors.get(photo.pk)
        if vector is None or photo.person_id == person:
            continue
        if doubt_by_others(photo, np.asarray(vector, np.float32), engine) is None:
            _record(photo, Outcome(PhotoState.ENROLLED))  # its second look compares it with its own
