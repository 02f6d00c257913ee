"""Services that say of a person that nobody may recognise them, and take it back: each is one transaction."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from people.base.doorbells import ring_gallery
from people.base.history import Actor, log_changed
from people.editing.judging_again import held_because_of, judge_again, queue_again
from people.editing.leaving import check_stay
from people.editing.merging import check_not_busy
from people.errors import WrongState
from people.records.holding import hold, hold_photos
from people.records.person import Person
from people.records.photo import Photo

logger = logging.getLogger(__name__)


@transaction.atomic
def never_match(*, person: Person, by: Actor) -> None:
    """Forbids every encoding of `person` from now on; keeps the record, and the photos unread.

    Triggers delete the encodings there are in the same transaction. A repeated call changes nothing. Raises WrongState
    if the person no longer exists or is being merged.
    """
    held = _held(person)
    if not held.is_never_matched:
        # All in one call: photos are locked before the gallery's version (holding.py), which the triggers raise.
        hold_photos(Photo.objects.filter(Q(person=held) | held_because_of([held.pk])))
        Person.objects.filter(pk=held.pk).update(never_match_at=Now(), updated_at=Now())
        judge_again([held.pk])  # photos of others that were held because they resembled this person
        ring_gallery()
        log_changed(held, "Never to be recognised from now on; all encodings deleted.", by=by)
        logger.info("person %s is never matched, by %s", held.pk, by.pk if by else "the system")
    person.refresh_from_db(fields=["never_match_at", "updated_at"])


@transaction.atomic
def allow_matching(*, person: Person, by: Actor) -> None:
    """Takes it back: the photos that were not read for this reason are queued to be read.

    Raises WrongState, also for somebody who is being erased.
    """
    held = _held(person)
    check_stay(held)
    if held.is_never_matched:
        Person.objects.filter(pk=held.pk).update(never_match_at=None, updated_at=Now())
        unread = Photo.objects.filter(person=held, reason="never_match")
        queue_again(list(unread.values_list("pk", flat=True)))
        ring_gallery()
        log_changed(held, "May be recognised again; the photos are read anew.", by=by)
        logger.info("person %s may be matched, by %s", held.pk, by.pk if by else "the system")
    person.refresh_from_db(fields=["never_match_at", "updated_at"])


def _held(person: Person) -> Person:
    held = hold([person.pk]).get(person.pk)
    if held is None:
        raise WrongState("This person does not exist any more.")
    check_not_busy(held)
    return held
