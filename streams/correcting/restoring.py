"""Gives sightings back what they were before an edit, a batch at a time, with a few statements for each."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Subquery

from people.records.person import Person
from streams.correcting.following import strangers_moved
from streams.correcting.ledger import BATCH, as_it_was, look_for_strangers, put
from streams.correcting.telling import tell_viewers
from streams.records.identity_edit import EditedSighting, IdentityEdit
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.states import EditKind, EditState, StoredVerdict, StrangerState
from streams.records.stranger import Stranger

KEPT = ("verdict", "person", "stranger", "is_no_face", "previous_edit")
LATER, GONE = "edited_later", "person_gone"
"""Why a sighting was not restored: somebody edited it since, or whoever it was before was deleted."""


def restore_batch(undone: IdentityEdit) -> bool:
    """Restores the next BATCH sightings of the edit that `undone` undoes; returns whether more are left.

    It runs in the caller's transaction, which holds `undone`, and notes in it how far it came.
    """
    rows = EditedSighting.objects.filter(edit=undone.undoes_id, pk__gt=undone.cursor or 0)
    batch = list(rows.order_by("pk")[:BATCH])
    if batch:
        _restore(undone, {row.sighting_id: row for row in batch})
        undone.cursor = batch[-1].pk
    is_more = len(batch) == BATCH
    undone.state = EditState.WORKING if is_more else EditState.DONE
    undone.save(update_fields=["cursor", "state", "changed", "detail"])
    return is_more


def _restore(undone: IdentityEdit, rows: dict[UUID, EditedSighting]) -> None:
    held = Sighting.objects.filter(pk__in=rows).order_by("pk").select_for_update(of=("self",), no_key=True)
    sightings = {sighting.pk: sighting for sighting in held}
    later = [pk for pk, sighting in sightings.items() if sighting.edit_id != undone.undoes_id]
    gone = [pk for pk in sightings.keys() - set(later) if _lost_person(rows[pk], sightings[pk])]
    back = sightings.keys() - {*later, *gone}
    EditedSighting.objects.bulk_create([as_it_was(undone, sightings[pk]) for pk in sorted(back)])
    _put_back(undone, back)
    _take_out(undone, later)
    undone.changed += len(back)
    for reason, left in ((LATER, later), (GONE, gone)):
        if left:
            undone.detail[reason] = undone.detail.get(reason, 0) + len(left)
    look_for_strangers(back)
    now = Sighting.objects.filter(pk__in=back).values_list("stranger", flat=True).order_by().distinct()
    strangers_moved({sightings[pk].stranger_id for pk in back}.union(now))
    tell_viewers(back)


def _lost_person(row: EditedSighting, sighting: Sighting) -> bool:
    """Returns whether the sighting had a name before the edit, and that person was deleted since."""
    if row.previous_edit_id is None:
        return sighting.machine_verdict != StoredVerdict.UNKNOWN and sighting.machine_person_id is None
    return row.verdict != StoredVerdict.UNKNOWN and row.person_id is None


def _put_back(undone: IdentityEdit, sightings: Collection[UUID]) -> None:
    """Restores `sightings`: to an earlier edit, or to what the machine says now of those that had none before."""
    values = _before(undone)
    edit, stranger = values.pop("previous_edit"), values["stranger"]
    rows = Sighting.objects.filter(pk__in=sightings)
    untouched = EditedSighting.objects.filter(edit=undone.undoes_id, sighting__in=sightings, previous_edit=None)
    machine = list(untouched.values_list("sighting", flat=True))
    rows.exclude(pk__in=machine).update(edit=edit, stranger_due=False, **values)
    rows.filter(pk__in=machine).update(
        edit=None,
        stranger=stranger,
        stranger_due=False,
        is_no_face=False,
        verdict=F("machine_verdict"),
        person=F("machine_person"),
        machine_verdict=None,
        machine_person=None,
    )
    _follow_strangers(rows)


def _follow_strangers(rows: SightingQuerySet) -> None:
    """Makes `rows` a part of what was said of their strangers since: with whom they were joined, and who they are.

    The undo of that takes them back, too: else they would stay with whoever was joined by mistake.
    """
    while joined := _strangers_of(rows, StrangerState.JOINED):
        for stranger in joined:
            theirs = rows.filter(stranger=stranger)
            if edit := _said_since(EditKind.JOIN, stranger=stranger.pk, other_stranger=stranger.into_id):
                put(edit, theirs, stranger=stranger.into)
            else:
                theirs.update(stranger=stranger.into)
    unknown = rows.filter(verdict=StoredVerdict.UNKNOWN)
    for stranger in _strangers_of(unknown, StrangerState.NAMED):
        theirs = unknown.filter(stranger=stranger)
        if edit := _naming_of(stranger):
            put(edit, theirs, verdict=StoredVerdict.MATCH, person=stranger.person)
        else:
            theirs.update(stranger=None)  # the joiner looks again


def _strangers_of(rows: SightingQuerySet, state: StrangerState) -> list[Stranger]:
    found = Stranger.objects.filter(pk__in=rows.order_by().values("stranger"), state=state).order_by("pk")
    return list(found.select_related("into", "person"))


def _naming_of(stranger: Stranger) -> IdentityEdit | None:
    """Returns the edit that named a stranger, if it holds for further sightings (strangers/just_named.py)."""
    if not Person.objects.matchable().filter(pk__in=[stranger.person_id]).exists():
        return None
    return _said_since(EditKind.NAME, EditKind.IS_SOMEBODY, stranger=stranger.pk, detail__follows=True)


def _said_since(*kinds: EditKind, **of: Any) -> IdentityEdit | None:
    """Returns and locks the edit of these kinds that holds; one that is being undone is waited for."""
    edits = IdentityEdit.objects.filter(kind__in=kinds, undone_by=None, **of)
    return edits.select_for_update(of=("self",), no_key=True).order_by("-pk").first()


def _take_out(undone: IdentityEdit, sightings: Collection[UUID]) -> None:
    """Lets the edit after the undone one lead back to what was before both of them."""
    after = EditedSighting.objects.filter(previous_edit=undone.undoes_id, sighting__in=sightings)
    after.update(**_before(undone, of="sighting"))


def _before(undone: IdentityEdit, of: str = "pk") -> dict[str, Any]:
    """Returns, for each column of KEPT, the subquery of what the sighting in column `of` was before the undone edit."""
    was = EditedSighting.objects.filter(edit=undone.undoes_id, sighting=OuterRef(of))
    return {column: Subquery(was.values(column)[:1]) for column in KEPT}
