"""Enrols from database state: claims photos, has them read elsewhere, and records; a lost worker loses nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from people.base.doorbells import ring_gallery
from people.enrolling.cross_check import Outcome, judge
from people.enrolling.looking_again import look_at_own
from people.enrolling.turns import one_at_a_time
from people.errors import ClaimLost, OtherEngine
from people.gallery.engines import adopt_engine, hold_engine
from people.gallery.nearby import nearby
from people.recognition.reading.photo import PhotoReading
from people.recognition.types import Face
from people.records.encoding import Encoding
from people.records.holding import hold_photos
from people.records.photo import Photo
from people.records.states import PhotoState
from people.records.stored_objects import remove, removed_on_failure

logger = logging.getLogger(__name__)

ATTEMPTS = 3
# 90 s: reading is cut off at 60 s; the rest is for fetching the picture and recording.
CLAIM = timedelta(seconds=90)
# Pauses after the first and the second failed attempt.
BACK_OFF = (timedelta(seconds=5), timedelta(seconds=30))


@dataclass(frozen=True, slots=True)
class PhotoClaim:
    """The right to record the reading of one photo. `token` is new for every claim, so a late worker has no right."""

    photo: Photo
    token: str


def claim_photo(worker: str) -> PhotoClaim | None:
    """Claims the photo that is due longest, or returns None. One conditional UPDATE: no photo has two workers."""
    _give_up_exhausted()
    token = f"{worker[:80]}/{uuid4().hex[:12]}"
    with transaction.atomic():
        # `pk = (subquery)`, not IN: Postgres then picks and locks exactly one row.
        due = Photo.objects.due().select_for_update(skip_locked=True).values("pk")[:1]
        taken = Photo.objects.filter(pk=due).update(
            state=PhotoState.WORKING, claimed_by=token, attempts=F("attempts") + 1, due_at=Now() + CLAIM
        )
    if not taken:
        return None
    # The state is indexed and few photos are being read; the token alone would be looked for in the whole table.
    photo = Photo.objects.select_related("person").get(state=PhotoState.WORKING, claimed_by=token)
    return PhotoClaim(photo, token)


def record_reading(claim: PhotoClaim, reading: PhotoReading, engine: str) -> Outcome:
    """Records the reading of a claimed photo, in one transaction.

    Raises ClaimLost if it came too late; a photo that was read with an engine that is in use no more waits again.
    """
    try:
        return _recorded(claim, reading, engine)
    except OtherEngine:
        release_claim(claim)
        raise


def _recorded(claim: PhotoClaim, reading: PhotoReading, engine: str) -> Outcome:
    photo = claim.photo
    nearby(engine).renew()  # also here, because reading everybody for the first time would hold up everybody else
    old_crop, new_crop = photo.crop.name, _store_crop(photo, reading)
    old_image, new_image = photo.image.name, _store_picture(photo, reading)
    with removed_on_failure(new_crop, new_image), transaction.atomic():
        one_at_a_time()
        hold_engine(engine)
        hold_photos(Photo.objects.filter(person=photo.person_id, state__in=[PhotoState.ENROLLED, PhotoState.REVIEW]))
        outcome = judge(photo, reading, engine)
        _finish(
            claim,
            state=outcome.state,
            reason=outcome.reason,
            reason_detail=outcome.detail,
            faces=[_face_record(face) for face in reading.faces],
            width_px=reading.width_px,
            height_px=reading.height_px,
            crop=new_crop or old_crop,
            image=new_image or old_image,
            **_turned(reading),
            decided_at=Now(),
            second_look=outcome.state == PhotoState.ENROLLED,
        )
        _keep_encoding(photo, reading, engine, outcome)
        if outcome.state == PhotoState.ENROLLED:
            adopt_engine(engine)
            look_at_own(photo.person_id, engine)
            outcome = _as_it_stands(photo)
    remove([old_crop if new_crop else None, old_image if new_image else None])
    if outcome.state in (PhotoState.ENROLLED, PhotoState.REVIEW):  # in review it may have released or held others
        ring_gallery()
    logger.info("photo %s: %s %s", photo.pk, outcome.state, outcome.reason)
    return outcome


def reject_unread(claim: PhotoClaim, reason: str) -> None:
    """Rejects a photo that cannot even be read, such as one whose stored object is gone."""
    _finish(claim, state=PhotoState.REJECTED, reason=reason, decided_at=Now())
    logger.warning("photo %s: rejected %s", claim.photo.pk, reason)


def fail_attempt(claim: PhotoClaim) -> None:
    """Gives back a photo whose reading broke, to be read again later; rejects it after the last attempt."""
    attempts = claim.photo.attempts
    if attempts >= ATTEMPTS:
        reject_unread(claim, "worker_failed")
    else:
        _finish(claim, state=PhotoState.PENDING, due_at=Now() + BACK_OFF[attempts - 1])
        logger.warning("photo %s: attempt %s failed", claim.photo.pk, attempts)


def release_claim(claim: PhotoClaim) -> None:
    """Gives a photo back untouched because this worker stops; it costs no attempt."""
    _finish(claim, state=PhotoState.PENDING, due_at=Now(), attempts=F("attempts") - 1)


def _give_up_exhausted() -> None:
    """Rejects photos whose last allowed worker fell silent, because they may be what killed it."""
    Photo.objects.due().filter(state=PhotoState.WORKING, attempts__gte=ATTEMPTS).order_by().update(
        state=PhotoState.REJECTED, reason="worker_failed", claimed_by="", decided_at=Now()
    )


def _finish(claim: PhotoClaim, **values: object) -> None:
    held = Photo.objects.filter(pk=claim.photo.pk, state=PhotoState.WORKING, claimed_by=claim.token)
    if not held.update(claimed_by="", **values):
        raise ClaimLost(f"photo {claim.photo.pk} is not ours any more")


def _as_it_stands(photo: Photo) -> Outcome:
    row = Photo.objects.values_list("state", "reason", "reason_detail").get(pk=photo.pk)
    return Outcome(PhotoState(row[0]), row[1], row[2])


def _keep_encoding(photo: Photo, reading: PhotoReading, engine: str, outcome: Outcome) -> None:
    """Stores the encoding of a photo that is enrolled, or held for review so that confirming it needs no worker."""
    if (
        outcome.state not in (PhotoState.ENROLLED, PhotoState.REVIEW)
        or reading.vector is None
        or reading.quality is None
    ):
        return
    Encoding.objects.update_or_create(
        photo=photo,
        engine=engine,
        defaults={"vector": reading.vector, "quality": reading.quality.overall},
    )


def _store_crop(photo: Photo, reading: PhotoReading) -> str | None:
    if not reading.crop_jpeg:
        return None
    photo.crop.save("crop.jpg", ContentFile(reading.crop_jpeg), save=False)
    return photo.crop.name


def _store_picture(photo: Photo, reading: PhotoReading) -> str | None:
    """Replaces an original that browsers do not show, or that lies on its side: people look at it to compare faces."""
    if not reading.picture_jpeg:
        return None
    photo.image.save("photo.jpg", ContentFile(reading.picture_jpeg), save=False)
    return photo.image.name


def _turned(reading: PhotoReading) -> dict[str, int]:
    """Returns the column that says that the photo was turned; a later reading finds it upright and leaves it."""
    return {"turned_degrees": reading.turned_degrees} if reading.turned_degrees else {}


def _face_record(face: Face) -> dict[str, object]:
    quality = face.quality
    return {
        "box": list(face.box),
        "score": round(face.score, 3),
        "quality": {
            "size": round(quality.size, 3),
            "sharpness": round(quality.sharpness, 3),
            "exposure": round(quality.exposure, 3),
            "pose": round(quality.pose, 3),
            "steadiness": round(quality.steadiness, 3),
            "overall": round(quality.overall, 3),
        },
    }
