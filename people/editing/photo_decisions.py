"""Services for people's decisions on photos that were read: each is one transaction that rings doorbells afterwards."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from people.base.doorbells import ring_gallery, ring_photos
from people.base.history import Actor, log_each_changed
from people.editing.judging_again import confirm_enrolled, hold_with_affected, judge_again
from people.editing.services import delete_photos
from people.errors import AlreadyThere, NeverMatched, NoSuchFace, WrongState
from people.records.encoding import Encoding
from people.records.holding import hold
from people.records.person import Person
from people.records.photo import Photo
from people.records.reasons import sentence
from people.records.states import PhotoState

logger = logging.getLogger(__name__)

RIGHTS_TO_MOVE = ("people.change_photo", "people.add_photo", "people.delete_photo")
"""Moving changes a photo, adds it to one person and takes it from another."""


@transaction.atomic
def choose_face(*, photo: Photo, index: int, by: Actor) -> None:
    """Records which of the found faces is the person's, and queues the photo to be read again with it.

    Raises NoSuchFace for an index outside `photo.faces`, and WrongState for a photo in a state without a choice.
    """
    current = _locked(photo, PhotoState.CHOOSE, PhotoState.REJECTED, PhotoState.REVIEW)
    if not 0 <= index < len(current.faces):
        raise NoSuchFace(f"Choose one of the {len(current.faces)} faces in this photo.")
    _unconfirm(photo)
    _queue(photo, chosen_box=current.faces[index]["box"])
    _log_decision(photo, "face chosen", by=by)
    _log("face %s of photo %s chosen", index, photo.pk, by=by)


@transaction.atomic
def retry_photo(*, photo: Photo, by: Actor) -> None:
    """Queues a photo that was rejected or waits for a decision to be read again. Raises WrongState for others."""
    current = _locked(photo, PhotoState.CHOOSE, PhotoState.REJECTED, PhotoState.REVIEW)
    _queue(photo, chosen_box=current.chosen_box)
    _log_decision(photo, "to be read again", by=by)
    _log("photo %s queued again", photo.pk, by=by)


@transaction.atomic
def confirm_photo(*, photo: Photo, by: Actor) -> None:
    """Enrols a photo that was held for review, because it does show this person. Raises WrongState for others.

    No comparison holds it again, nor those enrolled now: whoever says that it shows the same person, says it of them.
    """
    _locked(photo, PhotoState.REVIEW)
    Photo.objects.filter(pk=photo.pk).update(confirmed_at=Now())
    _decide(photo, PhotoState.ENROLLED, "")
    confirm_enrolled(photo.person_id)
    judge_again([photo.person_id])
    ring_gallery()
    _log_decision(photo, "confirmed", by=by)
    _log("photo %s confirmed", photo.pk, by=by)


@transaction.atomic
def move_photo(*, photo: Photo, to: Person, by: Actor) -> None:
    """Moves a photo that may be somebody else's to `to`, and queues it to be read again as theirs.

    A photo that is held because it resembles somebody moves to them alone; one that is held for another reason, or
    doubted beside a held one, moves to anybody. If `to` has the same file and it is not enrolled, the moved photo takes
    its place. A repeated call changes nothing. Raises WrongState for other photos, and AlreadyThere if the file is
    enrolled there.
    """
    there = hold([to.pk]).get(to.pk)
    if there is None:
        raise WrongState("This person does not exist any more.")
    if not Photo.objects.filter(pk=photo.pk, person=there).exists():
        held = _locked(photo, PhotoState.REVIEW, PhotoState.ENROLLED, beside=_same_file(photo, there))
        _move(held, there, by=by)
    photo.refresh_from_db()


def _move(photo: Photo, there: Person, *, by: Actor) -> None:
    _check_movable(photo, there)
    before, resembled = photo.person, photo.reason_detail.get("person") == str(there.pk)
    was_held = photo.state == PhotoState.REVIEW
    if same_file := _same_file(photo, there):  # asked again: it may have been enrolled before it was locked
        delete_photos(photos=same_file, by=by)
    try:
        with transaction.atomic():
            Photo.objects.filter(pk=photo.pk).update(person=there, confirmed_at=None)
    except IntegrityError:
        raise AlreadyThere(Photo.objects.get(person=there, sha256=photo.sha256)) from None
    _queue(photo, chosen_box=photo.chosen_box)
    judge_again([before.pk], only_copies=was_held)
    ring_gallery()
    # No entry names the other person: a reader of one history may have no right to know the other person.
    whom = ", whom it resembled" if resembled else ""
    said = [
        (photo, "Moved to the person whom it resembled." if resembled else "Moved to another person."),
        (before, f"Photo “{photo}”: moved to another person{whom}."),
        (there, f"Photo “{photo}”: moved here from another person."),
    ]
    log_each_changed(said, by=by)
    _log("photo %s moved from person %s to %s", photo.pk, before.pk, there.pk, by=by)


@transaction.atomic
def reject_photo(*, photo: Photo, by: Actor) -> None:
    """Refuses a photo that was held for review, or withdraws an enrolled one, and deletes its encodings.

    That it shows its person is not said any more: if it is read again, it is compared as a new one.
    """
    before = _locked(photo, PhotoState.REVIEW, PhotoState.ENROLLED)
    _unconfirm(photo)
    Encoding.objects.filter(photo=photo).delete()
    _decide(photo, PhotoState.REJECTED, "refused")
    judge_again([photo.person_id], only_copies=before.state == PhotoState.REVIEW)
    ring_gallery()
    _log_decision(photo, "refused", by=by)
    _log("photo %s refused", photo.pk, by=by)


def _check_movable(photo: Photo, there: Person) -> None:
    """Raises WrongState unless the photo is in doubt, and may be a photo of `there`."""
    if there.is_never_matched:
        raise NeverMatched(sentence("never_match"))
    if photo.state == PhotoState.ENROLLED and not Photo.objects.doubting(photo).exists():
        raise WrongState("This cannot be done with a photo that is enrolled, while nothing speaks against it.")
    if photo.reason == "looks_like_other" and photo.reason_detail.get("person") != str(there.pk):
        raise WrongState("This photo is not held because it resembles that person.")


def _same_file(photo: Photo, person: Person) -> list[Photo]:
    """Returns the photo of `person` with this file unless it is enrolled: it waits for a decision or has an old one."""
    return list(Photo.objects.filter(person=person, sha256=photo.sha256).exclude(state=PhotoState.ENROLLED))


def _locked(photo: Photo, *states: PhotoState, beside: Iterable[Photo] = ()) -> Photo:
    """Returns the current row, locked until the transaction ends, as are those `beside` it.

    Raises WrongState unless it is in one of `states`.
    """
    rows = [photo, *beside]
    held = hold_with_affected({row.pk for row in rows}, {row.person_id for row in rows})
    current = next((each for each in held if each.pk == photo.pk), None)
    if current is None or current.state not in states:
        now = current.get_state_display() if current else "deleted"
        raise WrongState(f"This cannot be done with a photo that is {now}.")
    if current.person.is_never_matched:
        raise NeverMatched(sentence("never_match"))
    return current


def _unconfirm(photo: Photo) -> None:
    """Forgets that somebody said that the photo shows its person: it was said of another face, or was wrong."""
    Photo.objects.filter(pk=photo.pk).update(confirmed_at=None)


def _queue(photo: Photo, *, chosen_box: list[int] | None) -> None:
    Encoding.objects.filter(photo=photo).delete()
    Photo.objects.filter(pk=photo.pk).update(
        state=PhotoState.PENDING, reason="", reason_detail={}, attempts=0, claimed_by="", due_at=Now(),
        decided_at=None, chosen_box=chosen_box, second_look=False,
    )  # fmt: skip
    photo.refresh_from_db()
    ring_photos()


def _decide(photo: Photo, state: PhotoState, reason: str) -> None:
    Photo.objects.filter(pk=photo.pk).update(state=state, reason=reason, reason_detail={}, decided_at=Now())
    photo.refresh_from_db()


def _log_decision(photo: Photo, words: str, *, by: Actor) -> None:
    """Logs a decision on the photo, and on the person, because people look at the person's history."""
    said = f"Photo “{photo}”: {words}."
    log_each_changed([(photo, f"{words.capitalize()}."), (photo.person, said)], by=by)


def _log(message: str, *values: object, by: Actor) -> None:
    logger.info(message + ", by %s", *values, by.pk if by and by.pk else "the system")
