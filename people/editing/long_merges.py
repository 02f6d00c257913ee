"""Merges of people with very many sightings, and their undo: each is a row that any worker works on, batch by batch.

The sightings go ahead, in transactions of their own; the last one merges the two as it does with few.
"""

from __future__ import annotations

from django.db import transaction

from people.audit.acting import Actor, acting
from people.editing.merge_watchers import tell
from people.editing.merging import finish
from people.editing.moving import elsewhere, move_some
from people.editing.separating import separate_next
from people.records.holding import hold
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.states import MergeState


@transaction.atomic
def work_on_next_merge() -> bool:
    """Does the next batch of the oldest merge that nobody else works on; returns False if there is none."""
    rows = PersonMerge.objects.working().order_by("pk").select_for_update(skip_locked=True, of=("self",))
    row = rows.select_related(None).first()
    if row is None:
        return False
    with acting(lambda: Actor.of(row.by) if row.by else Actor.program()):
        _work_on(row)
    return True


def _work_on(row: PersonMerge) -> None:
    found = hold([row.into_id, row.old_id])
    kept, other = found.get(row.into_id), found.get(row.old_id)
    if kept is None or other is None:
        row.state = MergeState.STOPPED
        row.save(update_fields=["state"])
    elif row.state == MergeState.SEPARATING:
        separate_next(row, kept, other)
    else:
        _merge_next(row, kept, other)
    tell(row, row.by)


def _merge_next(row: PersonMerge, kept: Person, merged: Person) -> None:
    for relation in elsewhere():
        if move_some(row, relation, merged, kept):
            row.save(update_fields=["moved"])
            return
    finish(row, kept, merged, row.by)
