"""The primitive of every identity edit: one row in the ledger, and what each sighting was before.

`record` writes the row, `put` changes sightings. Both run in the caller's transaction. What the machine said stays
with each sighting, so that nothing is overwritten without being kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Case, When
from django.db.models.functions import Coalesce

from people.accounts.api_key import KeyUser
from people.base.doorbells import ring_edits, ring_strangers
from people.base.history import Actor
from people.records.person import Person
from streams.correcting.following import strangers_moved
from streams.correcting.telling import tell_viewers
from streams.records.identity_edit import EditedSighting, IdentityEdit
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.states import EditKind, EditState, StoredVerdict
from streams.records.stranger import Stranger
from streams.records.stranger_due import WANTS_STRANGER

BATCH = 2_000
"""Sightings that one transaction changes; more are a worker's job."""
Values = dict[str, Any]
"""Columns of sightings with plain values, such as person_id, which JSON can keep."""


class Unchanged:
    """Stands for "leave it as it is", where None means nobody."""


UNCHANGED = Unchanged()


def record(kind: EditKind, *, by: Actor, page: str, **of: Any) -> IdentityEdit:
    """Writes a row of the ledger; `of`: further columns, such as person, stranger, undoes or detail.

    `page`: the address where it was done.
    """
    return IdentityEdit.objects.create(kind=kind, by_id=by.pk if by else None, who=who(by), page=page[:200], **of)


def put(
    edit: IdentityEdit,
    sightings: SightingQuerySet,
    *,
    verdict: StoredVerdict | None = None,
    person: Person | None = None,
    stranger: Stranger | Unchanged | None = UNCHANGED,
    is_no_face: bool = False,
) -> int:
    """Changes `sightings` by `edit`, keeps what each was before, and returns how many there were.

    `verdict` None leaves verdict, person and no-face as they are: only the stranger changes. The joiner looks for a
    stranger of unknown faces that have none. Viewers are told after the commit. All of it is in one transaction: for
    all sightings of a stranger use put_all_of.
    """
    values = _values(verdict, person, stranger, is_no_face)
    ids = list(sightings.order_by("pk").values_list("pk", flat=True))
    number = sum(_put_batch(edit, ids[at : at + BATCH], values) for at in range(0, len(ids), BATCH))
    edit.total += number
    edit.save(update_fields=["total", "changed"])
    return number


def put_all_of(
    edit: IdentityEdit,
    whose: Stranger,
    *,
    verdict: StoredVerdict | None = None,
    person: Person | None = None,
    stranger: Stranger | Unchanged | None = UNCHANGED,
) -> None:
    """Does what `put` does with all sightings of `whose`; if there are more than BATCH, a worker does it."""
    sightings = Sighting.objects.filter(stranger=whose)
    total = sightings.count()
    if total <= BATCH:
        put(edit, sightings, verdict=verdict, person=person, stranger=stranger)
        return
    edit.state, edit.total = EditState.WORKING, total
    edit.detail["put"] = {"whose": str(whose.pk), "values": _values(verdict, person, stranger, is_no_face=False)}
    edit.save(update_fields=["state", "total", "detail"])
    ring_edits()


def put_next(edit: IdentityEdit) -> bool:
    """Changes the next BATCH sightings of a long edit, and ends it when none are left; returns whether there are more.

    It runs in the caller's transaction, which holds `edit`. Nothing is left, either, once the person whom it names was
    erased: the erasure empties `detail`.
    """
    spec = edit.detail.get("put")
    ids = _left(edit, spec) if spec and _is_there(spec["values"]) else []
    if spec and ids:
        _put_batch(edit, ids, spec["values"])
    else:
        edit.state, edit.total = EditState.DONE, edit.changed
    edit.save(update_fields=["state", "total", "changed"])
    return bool(ids)


def _left(edit: IdentityEdit, spec: Mapping[str, Any]) -> list[UUID]:
    rows = Sighting.objects.filter(stranger=spec["whose"]).exclude(edit=edit)
    return list(rows.values_list("pk", flat=True)[:BATCH])


def who(by: Actor) -> str:
    """Returns the name of the user, and of the API key if it is one: it outlasts both rows."""
    if by is None:
        return "the system"
    return f"{by.get_username()} with the key {by.key}" if isinstance(by, KeyUser) else by.get_username()


def as_it_was(edit: IdentityEdit, sighting: Sighting) -> EditedSighting:
    """Returns the row, not yet saved, that keeps what `sighting` is before `edit`."""
    return EditedSighting(
        edit=edit,
        sighting=sighting,
        previous_edit_id=sighting.edit_id,
        verdict=sighting.verdict,
        person_id=sighting.person_id,
        stranger_id=sighting.stranger_id,
        is_no_face=sighting.is_no_face,
        stranger_due=sighting.stranger_due,
    )


def look_for_strangers(sightings: Collection[UUID]) -> None:
    """Has the joiner look at those of `sightings` that want a stranger."""
    if Sighting.objects.filter(WANTS_STRANGER, pk__in=sightings).update(stranger_due=True):
        ring_strangers()


def _values(
    verdict: StoredVerdict | None, person: Person | None, stranger: Stranger | Unchanged | None, is_no_face: bool
) -> Values:
    values: Values = {}
    if verdict is not None:
        values |= {"verdict": str(verdict), "person_id": person and str(person.pk), "is_no_face": is_no_face}
    if not isinstance(stranger, Unchanged):
        values["stranger_id"] = stranger and str(stranger.pk)
    return values


def _is_there(values: Values) -> bool:
    """Returns whether the person and the stranger of `values` still exist; one who was merged leads to who was kept."""
    if person := values.get("person_id"):
        kept = Person.objects.known_as([person]).get(person)
        values["person_id"] = kept and str(kept.pk)
        return kept is not None
    stranger = values.get("stranger_id")
    return stranger is None or Stranger.objects.filter(pk=stranger).exists()


def _put_batch(edit: IdentityEdit, ids: Collection[UUID], values: Values) -> int:
    """Changes those of these sightings that are still there; locks them in the order of their ids."""
    before = list(Sighting.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",), no_key=True))
    held = [sighting.pk for sighting in before]
    EditedSighting.objects.bulk_create([as_it_was(edit, sighting) for sighting in before])
    Sighting.objects.filter(pk__in=held).update(
        edit=edit,
        stranger_due=False,
        machine_verdict=Coalesce("machine_verdict", "verdict"),
        machine_person=Case(When(machine_verdict=None, then="person"), default="machine_person"),
        **values,
    )
    look_for_strangers(held)
    if "stranger_id" in values:
        strangers_moved({*(sighting.stranger_id for sighting in before), values["stranger_id"]})
    tell_viewers(held)
    edit.changed += len(held)
    return len(held)
