"""Corrections of one sighting: who it is, who it is not, or that it is no face.

Each is one transaction with one row in the ledger. It says nothing twice: a correction that holds already changes
nothing. Two people who correct at once do not overwrite each other: each names the edit that they saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from people.base.history import Actor
from people.records.holding import hold
from people.records.person import Person
from streams.cameras.discarding import discard_corrected, discards_strangers
from streams.correcting.ledger import UNCHANGED, Unchanged, put, record, who
from streams.correcting.rejecting import accept, reject
from streams.correcting.telling import tell_gone
from streams.errors import EditedMeanwhile, NoSuchPerson, NotSaid, PersonIsNeverMatched, PersonIsRetired, SightingIsGone
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.states import EditKind, StoredVerdict


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody says about a sighting: IS or IS_NOT, with a person's id (also a merged one's), or NO_FACE."""

    kind: EditKind
    person: UUID | None = None


Corrected = Any
"""A sighting of a camera, or one of a video: both have the columns that an edit changes."""


@transaction.atomic
def correct(
    *, sighting: UUID, says: Correction, by: Actor, page: str, seen: int | Unchanged | None = UNCHANGED
) -> IdentityEdit | None:
    """Writes what `by` says about a sighting; returns the edit, or None if it holds already.

    `seen`: the newest edit of the sighting when `by` looked, None for none; UNCHANGED to correct it as it is now.
    Where strangers are discarded at once, a sighting of whom it then is not is deleted, and no counter-example is made
    of the face (streams/cameras/discarding.py). Raises SightingIsGone, EditedMeanwhile, NoSuchPerson, PersonIsRetired,
    NotSaid.
    """
    before = _found(sighting, by)
    person = person_said(says.person, by) if says.person else None
    if holds(says.kind, before, person):
        return None
    check(says.kind, before, person, seen)
    wrong = _wrong(says.kind, before, person)
    # People are locked before the sighting, as everywhere.
    hold([each.pk for each in (person, *wrong) if each])
    is_gone = says.kind != EditKind.IS and discards_strangers(before.camera_id)
    detail: dict[str, Any] = {"not": [] if is_gone else reject(wrong, before, who(by))}
    if is_gone:
        detail["discarded"] = True
    if says.kind == EditKind.IS and person:
        detail["not_any_more"] = accept([person], before.pk)
    hold_unchanged(before)
    edit = record(kind_of(says.kind, before, person), by=by, page=page, person=person and person.pk, detail=detail)
    _put(edit, before, person if says.kind == EditKind.IS else None)
    if is_gone:
        discard_corrected(before, is_no_face=says.kind == EditKind.NO_FACE)
        tell_gone(before)
    return edit


def in_words(sighting: Corrected) -> str:
    """Returns what a sighting says now: "corrected by Ann: Grace"."""
    said = sighting.edit.in_words() if sighting.edit else "the camera says"
    return f"{said}: {_says(sighting)}"


def _says(sighting: Corrected) -> str:
    if sighting.is_no_face:
        return "no face"
    if sighting.person is None:
        return "unknown"
    return f"{sighting.person}?" if sighting.verdict == StoredVerdict.REVIEW else str(sighting.person)


def _found(sighting: UUID, by: Actor) -> Sighting:
    rows = Sighting.objects.within_limits_of(by).select_related("person", "machine_person", "edit")
    found = rows.filter(pk=sighting).first()
    if found is None:
        raise SightingIsGone
    return found


def person_said(person: UUID, by: Actor) -> Person:
    """Returns the person, also by a merged one's id. Raises NoSuchPerson."""
    found = Person.objects.within_limits_of(by).known_as([str(person)]).get(str(person))
    if found is None or not Person.objects.within_limits_of(by).filter(pk=found.pk).exists():
        raise NoSuchPerson
    return found


def holds(kind: EditKind, before: Corrected, person: Person | None) -> bool:
    """Returns whether a person has said so already."""
    if kind == EditKind.NO_FACE:
        return bool(before.is_no_face)
    if before.edit is None:
        return False
    if kind == EditKind.IS:
        return bool(before.verdict == StoredVerdict.MATCH and before.person == person)
    rejected = before.edit.person if before.edit.kind == EditKind.IS_NOT else None
    return person is not None and before.person != person and person.pk in (rejected, before.machine_person_id)


def check(kind: EditKind, before: Corrected, person: Person | None, seen: int | Unchanged | None) -> None:
    """Raises EditedMeanwhile, PersonIsRetired or NotSaid if this cannot be said of `before`."""
    if not isinstance(seen, Unchanged) and seen != before.edit_id:
        raise EditedMeanwhile(in_words(before))
    if kind == EditKind.IS and person and person.is_retired:
        raise PersonIsRetired(person.name)
    if kind == EditKind.IS and person and person.is_never_matched:
        raise PersonIsNeverMatched(person.name)
    if kind == EditKind.IS_NOT and before.person != person:
        raise NotSaid


def _wrong(kind: EditKind, before: Sighting, person: Person | None) -> list[Person]:
    """Returns those who were named or suggested, and are not it."""
    named = {each for each in (before.person, before.machine_person) if each}
    return sorted(named - ({person} if kind == EditKind.IS else set()), key=lambda each: each.pk)


def kind_of(kind: EditKind, before: Corrected, person: Person | None) -> EditKind:
    return EditKind.CONFIRM if kind == EditKind.IS and before.person == person else kind


def hold_unchanged(before: Corrected) -> None:
    """Locks the sighting until the transaction ends. Raises SightingIsGone or EditedMeanwhile."""
    rows = type(before)._default_manager.select_related("person", "edit").filter(pk=before.pk)
    now = rows.select_for_update(of=("self",), no_key=True).first()
    if now is None:
        raise SightingIsGone
    if (now.edit_id, now.verdict, now.person_id) != (before.edit_id, before.verdict, before.person_id):
        raise EditedMeanwhile(in_words(now))


def _put(edit: IdentityEdit, sighting: Sighting, person: Person | None) -> None:
    verdict = StoredVerdict.MATCH if person else StoredVerdict.UNKNOWN
    is_no_face = edit.kind == EditKind.NO_FACE
    rows = Sighting.objects.filter(pk=sighting.pk)
    put(edit, rows, verdict=verdict, person=person, stranger=None, is_no_face=is_no_face)
