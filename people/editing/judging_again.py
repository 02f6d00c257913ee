"""Queues held photos to be judged again, after somebody has decided on the photos that spoke against them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from people.base.doorbells import ring_photos
from people.records.encoding import Encoding
from people.records.holding import hold_photos
from people.records.photo import Photo
from people.records.reasons import LIKE_OTHERS, UNLIKE_OWN
from people.records.states import PhotoState


def judge_again(people: Collection[UUID], *, only_copies: bool = False) -> None:
    """Queues photos that are held because of a photo of one of `people`: their own, and those that resemble them.

    Call it in a transaction, after a photo of theirs was moved, removed or confirmed. `only_copies`: if it was held
    itself, nothing but copies of it was held because of it.
    """
    held = Photo.objects.filter(held_because_of(people))
    if only_copies:
        held = held.filter(reason="same_picture_as_other")
    queue_again(list(held.values_list("pk", flat=True)))


def hold_with_affected(photos: Collection[UUID], people: Collection[UUID]) -> list[Photo]:
    """Locks `photos`, and those that `judge_again` will queue; returns those of `photos` that exist.

    All in one call, because photos are always locked in one order, and before the gallery's version (holding.py).
    """
    held = hold_photos(Photo.objects.filter(Q(pk__in=photos) | held_because_of(people)).select_related("person"))
    return [photo for photo in held if photo.pk in photos]


def held_because_of(people: Collection[UUID]) -> Q:
    """Returns the condition of photos that are held because of a photo of one of `people`."""
    own = Q(person__in=people, reason__in=UNLIKE_OWN)
    like = Q(reason__in=LIKE_OTHERS, reason_detail__person__in=[str(person) for person in people])
    return Q(state=PhotoState.REVIEW) & (own | like)


def queue_again(photos: Collection[UUID]) -> None:
    """Queues photos to be read again by a worker, which judges them by the photos as they stand then."""
    if not photos:
        return
    Encoding.objects.filter(photo__in=photos).delete()
    Photo.objects.filter(pk__in=photos).update(
        state=PhotoState.PENDING, reason="", reason_detail={}, attempts=0, claimed_by="", due_at=Now(), decided_at=None
    )
    ring_photos()


def confirm_enrolled(*people: UUID) -> None:
    """Records that all enrolled photos of these people show one person, because somebody has said so."""
    Photo.objects.filter(person__in=people, state=PhotoState.ENROLLED, confirmed_at=None).update(confirmed_at=Now())
