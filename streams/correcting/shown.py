"""Edits as pages and the API show them: with the names that their reader may see, and in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from people.records.person import Person
from people.records.person_merge import PersonMerge
from streams.correcting.restoring import GONE, LATER
from streams.correcting.undoing import may_undo, why_not
from streams.records.identity_edit import EditedSighting, IdentityEdit
from streams.records.sighting import Sighting
from streams.records.states import EditKind
from streams.records.stranger import Stranger

SENTENCES: dict[EditKind, str] = {
    EditKind.IS: "It is {person}",
    EditKind.IS_NOT: "It is not {person}",
    EditKind.NO_FACE: "It is no face",
    EditKind.CONFIRM: "It is {person}, as it was taken for",
    EditKind.NAME: "{stranger} is a new person, {person}",
    EditKind.IS_SOMEBODY: "{stranger} is {person}",
    EditKind.JOIN: "{stranger} and {other_stranger} are one person",
    EditKind.DIFFERENT: "{stranger} and {other_stranger} are two people",
    EditKind.SPLIT: "Not all sightings of {stranger} show the same person",
    EditKind.IGNORE: "{stranger} is to be ignored",
    EditKind.UNIGNORE: "{stranger} is not to be ignored any more",
    EditKind.FORGET: "{stranger} is to be forgotten",
    EditKind.MERGE_PEOPLE: "{other_person} is {person}: the two were merged",
    EditKind.UNDO: "Undone: {undone}",
}


@dataclass(frozen=True, slots=True)
class ShownEdit:
    """One row of the ledger, for one reader."""

    edit: IdentityEdit
    person: Person | None
    other_person: Person | None
    """Null, like `person`, if it was about nobody, or they were deleted since, or the reader may not see them."""
    stranger: Stranger | None
    other_stranger: Stranger | None
    sighting: UUID | None
    """The sighting, if the edit is of one alone, it is still there, and the reader may see it."""
    said: str
    """What was said, in a sentence without its full stop."""
    left: str
    """What an undo could not restore, and why, in a sentence; or ""."""
    why_not: str
    """Why it cannot be undone, in a sentence; "" if the reader may undo it."""


def shown(edits: Sequence[IdentityEdit], user: Any) -> list[ShownEdit]:
    """Returns `edits` with what they are about, in five queries for all of them.

    `undoes` and `undone_by` should be selected.
    """
    people = _people(edits, user)
    strangers = _strangers(edits, user)
    sightings = _sightings(edits, user)
    merged = _merged(edits)
    return [_shown(edit, people, strangers, merged, sightings.get(edit.pk), user) for edit in edits]


def _shown(
    edit: IdentityEdit,
    people: dict[UUID, Person],
    strangers: dict[UUID, Stranger],
    merged: dict[int, str],
    sighting: UUID | None,
    user: Any,
) -> ShownEdit:
    def person(key: UUID | None) -> Person | None:
        return people.get(key) if key else None

    def stranger(key: UUID | None) -> Stranger | None:
        return strangers.get(key) if key else None

    return ShownEdit(
        edit=edit,
        person=person(edit.person),
        other_person=person(edit.other_person) if edit.other_person != edit.person else None,
        stranger=stranger(edit.stranger),
        other_stranger=stranger(edit.other_stranger),
        sighting=sighting,
        said=_sentence(edit.undoes or edit, edit, people, strangers, merged),
        left=_left(edit),
        why_not=why_not(edit) or ("" if may_undo(user, edit) else "You have no right to undo this."),
    )


def _sentence(
    said: IdentityEdit,
    edit: IdentityEdit,
    people: dict[UUID, Person],
    strangers: dict[UUID, Stranger],
    merged: dict[int, str],
) -> str:
    def person(key: UUID | None) -> str:
        return str(people.get(key, "somebody who was deleted") if key else "somebody")

    def stranger(key: UUID | None, unknown: str) -> str:
        return str(strangers.get(key, unknown)) if key else unknown

    words = {
        "person": person(said.person),
        "other_person": merged.get(said.pk) or person(said.other_person),
        "stranger": stranger(said.stranger, "a stranger"),
        "other_stranger": stranger(said.other_stranger, "another stranger"),
    }
    sentence = SENTENCES[EditKind(said.kind)].format(**words)
    return f"Undone: “{sentence}”" if said is not edit else sentence


def _left(edit: IdentityEdit) -> str:
    later, gone = edit.detail.get(LATER, 0), edit.detail.get(GONE, 0)
    sentences = []
    if later:
        sentences.append(f"{_sightings_in_words(later)} edited since and kept the later edit.")
    if gone:
        sentences.append(f"{_sightings_in_words(gone)} of somebody who was deleted since and stayed as they were.")
    if dropped := edit.detail.get("dropped", 0):
        sentences.append(f"{_photos_in_words(dropped)} with whoever was kept: a file is one photo.")
    return " ".join([*sentences, *filter(None, [edit.detail.get("note")])])


def _photos_in_words(number: int) -> str:
    return "A photo that both had stays" if number == 1 else f"{number} photos that both had stay"


def _sightings_in_words(number: int) -> str:
    return "1 sighting was" if number == 1 else f"{number} sightings were"


def _people(edits: Sequence[IdentityEdit], user: Any) -> dict[UUID, Person]:
    ids = {str(key) for edit in edits for key in (edit.person, edit.other_person) if key}
    known = Person.objects.known_as(sorted(ids))
    mine = Person.objects.visible_to(user).filter(pk__in={person.pk for person in known.values()})
    shown = set(mine.values_list("pk", flat=True))
    return {UUID(key): person for key, person in known.items() if person.pk in shown}


def _merged(edits: Sequence[IdentityEdit]) -> dict[int, str]:
    """Returns the names of those who were merged into others, by the edit; without those of whoever was erased."""
    merges = [each.pk for edit in edits for each in (edit, edit.undoes) if each and each.kind == EditKind.MERGE_PEOPLE]
    rows = PersonMerge.objects.filter(ledger__in=merges) if merges else ()
    names = {row.ledger: row.merged_row.get("columns", {}).get("name") for row in rows if row.ledger}
    return {edit: name for edit, name in names.items() if name}


def _strangers(edits: Sequence[IdentityEdit], user: Any) -> dict[UUID, Stranger]:
    ids = {key for edit in edits for key in (edit.stranger, edit.other_stranger) if key}
    return Stranger.objects.visible_to(user).in_bulk(sorted(ids)) if ids else {}


def _sightings(edits: Sequence[IdentityEdit], user: Any) -> dict[int, UUID]:
    single = [edit.pk for edit in edits if edit.total == 1]
    visible = Sighting.objects.visible_to(user).values("pk")
    rows = EditedSighting.objects.filter(edit__in=single, sighting__in=visible)
    return dict(rows.values_list("edit", "sighting"))
