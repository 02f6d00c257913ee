"""Enrols while somebody waits: reads the photo first, and stores only a usable one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from people.editing import services
from people.editing.services import Actor
from people.editing.uploads import Upload
from people.enrolling.enrolment import CLAIM, PhotoClaim, record_reading
from people.errors import AlreadyThere, ClaimLost, Unusable, WrongState
from people.gallery.engines import usable_engine
from people.recognising.recognisers import recognisers
from people.records.person import Person
from people.records.photo import Photo
from people.records.reasons import sentence
from people.records.states import PhotoState


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The photo that stands for the picture: a new one, or one of the same moment that the person already had."""

    photo: Photo
    held: bool
    """Whether it looks like somebody else; it then recognises nobody until a person has confirmed it."""


def enrol_now(*, who: Callable[[], Person], data: bytes, name: str, by: Actor, lowest_score: float = 0.0) -> Enrolled:
    """Reads the picture file `data`, stores it as a photo of the person whom `who` returns, and enrols it.

    `who` is called in the transaction that stores the photo, so it may create the person: both are stored, or neither.
    A face with a detector's score below `lowest_score` is none. A file that the person has already and that could not
    be enrolled then, by another engine or in a worker's bad hour, is enrolled now. Raises BadUpload, Unusable (also for
    a file of theirs that somebody refused), Busy and ReaderDied, and then leaves nothing behind.
    """
    Upload.read(data, name)
    reading, engine = recognisers().read(data, max_bytes=settings.PHOTO_MAX_BYTES, engine=usable_engine())
    if reading.verdict == "ok" and reading.face is not None and reading.face.score < lowest_score:
        raise Unusable("no_face", sentence("no_face"))
    if reading.verdict != "ok":
        raise Unusable(reading.verdict, sentence(reading.verdict, reading.detail))
    known = None
    try:
        claim = _claimed(who, data, name, by)
    except AlreadyThere as there:
        known = there.photo
        again = _claimed_again(known)
        if again is None:
            return Enrolled(known, known.state == PhotoState.REVIEW)
        claim = again
    try:
        outcome = record_reading(claim, reading, engine)
    except ClaimLost:  # its person was merged just now: a worker reads it for the kept person
        return Enrolled(_still_there(claim.photo.pk), held=False)
    if outcome.reason == "near_duplicate":
        if known is None:
            services.delete_photos(photos=[claim.photo], by=by)
        return Enrolled(_still_there(outcome.detail["photo"]), held=False)
    return Enrolled(claim.photo, outcome.state == PhotoState.REVIEW)


def _still_there(pk: UUID | str) -> Photo:
    """Returns the photo. Raises WrongState if it was deleted meanwhile."""
    photo = Photo.objects.select_related("person").filter(pk=pk).first()
    if photo is None:
        raise WrongState("This picture, or the one that it repeats, has just been deleted: send it again.")
    return photo


@transaction.atomic
def _claimed(who: Callable[[], Person], data: bytes, name: str, by: Actor) -> PhotoClaim:
    """Stores the photo and claims it before any worker sees it; if this process dies, a worker reads it later."""
    photo = services.add_photo(person=who(), file=data, original_name=name, by=by)
    claim = _claim(photo)
    assert claim is not None, "nobody else has seen it"
    return claim


def _claimed_again(photo: Photo) -> PhotoClaim | None:
    """Claims a photo that could not be enrolled when it was read; None for others. Raises Unusable if it was refused.

    A face that somebody chose in it stays theirs to decide on.
    """
    if photo.state == PhotoState.REJECTED and photo.reason == "refused":
        raise Unusable(photo.reason, sentence(photo.reason))
    if photo.state not in (PhotoState.REJECTED, PhotoState.CHOOSE) or photo.chosen_box is not None:
        return None
    return _claim(photo)


def _claim(photo: Photo) -> PhotoClaim | None:
    """Claims the photo as a worker does, or returns None if it has changed meanwhile."""
    token = f"request/{uuid4().hex[:12]}"
    unchanged = Photo.objects.filter(pk=photo.pk, state=photo.state, reason=photo.reason)
    taken = unchanged.update(
        state=PhotoState.WORKING, claimed_by=token, attempts=1, due_at=Now() + CLAIM, reason="", reason_detail={}
    )
    return PhotoClaim(photo, token) if taken else None
