"""Services that add, delete, retire and restore people and photos: each is one transaction that rings doorbells."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import IO, Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from people.base.doorbells import ring_gallery, ring_photos
from people.base.history import Actor as Actor
from people.base.history import log_added, log_changed, log_deleted, log_each_changed
from people.editing.judging_again import held_because_of, hold_with_affected, judge_again
from people.editing.person_services import save_person
from people.editing.uploads import Upload
from people.errors import AlreadyThere, BadUpload, WrongState
from people.recognition.pictures.images import without_location
from people.records.holding import hold, hold_photos
from people.records.person import Person
from people.records.photo import Photo
from people.records.reasons import sentence
from people.records.states import PhotoState
from people.records.stored_objects import remove_after_commit, removed_on_failure

logger = logging.getLogger(__name__)


@transaction.atomic
def add_person(*, name: str, by: Actor) -> Person:
    """Adds a person of this name, and puts them within the limits of `by`."""
    person = save_person(person=Person(name=name), by=by)
    _log("person %s added", person.pk, by=by)
    return person


def add_photo(*, person: Person, file: bytes | IO[bytes] | Any, original_name: str, by: Actor) -> Photo:
    """Stores a picture of `person` and queues it for enrolment; it decodes nothing here.

    It keeps the original without the location where it was taken. Raises BadUpload for a file that cannot be a
    picture or of somebody who is never matched, AlreadyThere if the person already has this file, and WrongState if the
    person no longer exists.
    """
    upload = Upload.read(file, original_name)
    if existing := Photo.objects.filter(person=person, sha256=upload.sha256).first():
        raise AlreadyThere(existing)
    photo = Photo(person=person, original_name=upload.name, sha256=upload.sha256)
    photo.image.save(upload.name, ContentFile(without_location(upload.data)), save=False)
    with removed_on_failure(photo.image.name):
        try:
            with transaction.atomic():
                # Locked, so that nobody deletes or merges the person while the photo is being added.
                _check_matched(hold([person.pk]).get(person.pk))
                photo.save(force_insert=True)
                log_added(photo, by=by)
                log_changed(person, f"Added photo “{photo}”.", by=by)
        except IntegrityError:
            raise _already_there(person, upload) from None
    ring_photos()
    _log("photo %s added to person %s", photo.pk, person.pk, by=by)
    return photo


def _already_there(person: Person, upload: Upload) -> Exception:
    """Explains a failed insert: the same file came twice at once, or somebody deleted the person meanwhile."""
    twin = Photo.objects.filter(person=person, sha256=upload.sha256).first()
    return AlreadyThere(twin) if twin else _gone()


def _check_matched(person: Person | None) -> None:
    if person is None:
        raise _gone()
    if person.is_never_matched:
        raise BadUpload("never_match", sentence("never_match"))


def _gone() -> WrongState:
    return WrongState("This person does not exist any more.")


@transaction.atomic
def delete_photos(*, photos: Iterable[Photo], by: Actor) -> int:
    """Deletes photos with their encodings and stored pictures; returns how many."""
    wanted = list(photos)
    doomed = hold_with_affected({photo.pk for photo in wanted}, {photo.person_id for photo in wanted})
    remove_after_commit(doomed)
    log_deleted(doomed, by=by)
    log_each_changed(((photo.person, f"Deleted photo “{photo}”.") for photo in doomed), by=by)
    Photo.objects.filter(pk__in=[photo.pk for photo in doomed]).delete()
    for only_copies in (False, True):
        left = {photo.person_id for photo in doomed if (photo.state != PhotoState.ENROLLED) is only_copies}
        judge_again(left, only_copies=only_copies)
    ring_gallery()
    _log("%s photos deleted", len(doomed), by=by)
    return len(doomed)


@transaction.atomic
def delete_people(*, people: Iterable[Person], by: Actor) -> int:
    """Deletes people with their photos, encodings, sightings and stored pictures; returns how many."""
    doomed = list(people)
    keys = [person.pk for person in doomed]
    hold(keys)
    log_deleted(doomed, by=by)
    held = hold_photos(Photo.objects.filter(Q(person__in=keys) | held_because_of(keys)))
    remove_after_commit([photo for photo in held if photo.person_id in keys])
    Person.objects.filter(pk__in=keys).delete()
    judge_again(keys)
    ring_gallery()
    _log("people %s deleted", keys, by=by)
    return len(keys)


@transaction.atomic
def retire_person(*, person: Person, by: Actor) -> None:
    """Takes `person` out of the gallery and keeps the records. A repeated call changes nothing."""
    if Person.objects.active().filter(pk=person.pk).update(retired_at=Now(), updated_at=Now()):
        ring_gallery()
        log_changed(person, "Retired.", by=by)
        _log("person %s retired", person.pk, by=by)
    person.refresh_from_db(fields=["retired_at", "updated_at"])


@transaction.atomic
def restore_person(*, person: Person, by: Actor) -> None:
    """Puts a retired person's photos back into the gallery. A repeated call changes nothing."""
    if Person.objects.retired().filter(pk=person.pk).update(retired_at=None, updated_at=Now()):
        ring_gallery()
        log_changed(person, "Restored.", by=by)
        _log("person %s restored", person.pk, by=by)
    person.refresh_from_db(fields=["retired_at", "updated_at"])


def _log(message: str, *values: object, by: Actor) -> None:
    logger.info(message + ", by %s", *values, by.pk if by and by.pk else "the system")
