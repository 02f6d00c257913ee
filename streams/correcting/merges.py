"""Merges of people in the ledger, and their undo: people keeps what they moved, and this tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from people.base.history import Actor
from people.editing.merge_watchers import watches_merges
from people.editing.separating import separate_people
from people.errors import WrongState
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.states import MergeState
from streams.correcting.ledger import record
from streams.correcting.telling import tell_viewers
from streams.correcting.undoing import restores
from streams.errors import CannotUndo
from streams.records.identity_edit import EditedSighting, IdentityEdit
from streams.records.last_seen import hand_on_last_seen
from streams.records.sighting import Sighting
from streams.records.states import EditKind, EditState

OF_SIGHTINGS = "streams.Sighting.person"
FEW = 2_000
"""Sightings of which viewers are told after an undo; a page that shows others hears of them with its next greeting."""


@watches_merges
def follow_merge(merge: PersonMerge, by: Actor, page: str) -> None:
    """Writes a merge that begins into the ledger, and how far it, or its undo, is."""
    if merge.ledger is None:
        edit = record(
            EditKind.MERGE_PEOPLE,
            by=by,
            page=page,
            person=merge.into_id,
            other_person=merge.old_id,
            state=_state(merge),
        )
        PersonMerge.objects.filter(pk=merge.pk).update(ledger=edit.pk)
        merge.ledger = edit.pk
        hand_on_last_seen(of=merge.old_id, to=merge.into_id)
    is_undo = merge.state in (MergeState.SEPARATING, MergeState.SEPARATED)
    rows = IdentityEdit.objects.filter(**{"undoes" if is_undo else "pk": merge.ledger})
    rows.update(state=_state(merge), changed=merge.moved, total=max(merge.total, merge.moved))
    if moved := merge.rows.filter(relation=OF_SIGHTINGS).last():
        tell_viewers([UUID(key) for key in moved.ids])


@restores(EditKind.MERGE_PEOPLE)
def separate(edit: IdentityEdit, by: Actor) -> Mapping[str, Any]:
    """Brings the merged person back. Raises CannotUndo."""
    merge = PersonMerge.objects.filter(ledger=edit.pk).first()
    if merge is None:
        raise CannotUndo("The person who was kept was deleted since, with everything that was both's.")
    moved = {UUID(key) for rows in merge.rows.filter(relation=OF_SIGHTINGS) for key in rows.ids}
    kept = merge.into
    try:
        person = separate_people(merge=merge, by=by)
    except WrongState as error:
        raise CannotUndo(str(error)) from None
    _give_back_edited(edit, moved, kept, person)
    hand_on_last_seen(of=kept.pk, to=person.pk)
    merge.refresh_from_db()
    tell_viewers(list(moved)[:FEW])
    return {"merge": merge.pk, "dropped": merge.dropped, "state": merge.state}


def _state(merge: PersonMerge) -> EditState:
    working = (MergeState.MERGING, MergeState.SEPARATING)
    return EditState.WORKING if merge.state in working else EditState.DONE


def _give_back_edited(edit: IdentityEdit, moved: set[UUID], kept: Person, person: Person) -> None:
    """Of sightings that were edited since the merge, what the machine and the first edit knew was the person's.

    It looks among what was edited, of which there is little, and not among what was moved.
    """
    edited = Sighting.objects.filter(edit__gt=edit.pk, machine_person=kept).values_list("pk", flat=True)
    Sighting.objects.filter(pk__in=moved.intersection(edited)).update(machine_person=person)
    later = EditedSighting.objects.filter(edit__gt=edit.pk, person=kept).exclude(previous_edit__gt=edit.pk)
    first = [pk for pk, sighting in later.values_list("pk", "sighting") if sighting in moved]
    EditedSighting.objects.filter(pk__in=first).update(person=person)
