"""Undo of identity edits, also a week later and after others: each sighting gets back what it was before the edit.

A sighting that somebody edited since keeps the later edit; undoing that one, too, then leads to what was before both.
The row of the undo says how many sightings it could not restore, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from people.base.doorbells import ring_edits
from people.base.history import Actor
from people.base.site_time import time_words
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.states import MergeState
from streams.correcting.ledger import BATCH, record, who
from streams.correcting.rejecting import accept, reject
from streams.correcting.restoring import restore_batch
from streams.errors import CannotUndo
from streams.records.identity_edit import EditedSighting, IdentityEdit
from streams.records.sighting import Sighting
from streams.records.states import EditKind, EditState

Restore = Callable[[IdentityEdit, Actor], Mapping[str, Any]]
"""Restores what else an edit changed than sightings; returns what the undo's row should tell. Raises CannotUndo."""

CORRECT, STRANGERS = ("streams.correct_sighting",), ("streams.edit_strangers",)
RIGHTS: dict[EditKind, tuple[str, ...]] = {
    EditKind.IS: CORRECT,
    EditKind.IS_NOT: CORRECT,
    EditKind.NO_FACE: CORRECT,
    EditKind.CONFIRM: CORRECT,
    EditKind.NAME: STRANGERS,
    EditKind.IS_SOMEBODY: STRANGERS,
    EditKind.JOIN: STRANGERS,
    EditKind.DIFFERENT: STRANGERS,
    EditKind.SPLIT: STRANGERS,
    EditKind.IGNORE: STRANGERS,
    EditKind.UNIGNORE: STRANGERS,
    EditKind.MERGE_PEOPLE: ("people.change_person", "people.delete_person"),
}
"""The rights that the undo of each kind needs: those of the edit itself."""
NEVER: dict[EditKind, str] = {
    EditKind.FORGET: "Whoever was forgotten stays forgotten: nothing by which they would be recognised was kept.",
    EditKind.UNDO: "An undo is not undone: say it once more instead.",
}

_restorers: dict[EditKind, Restore] = {}
_elsewhere: dict[str, Restore] = {}
"""For edits of what is no sighting of a camera, by the name under which their detail keeps it."""


def restores(kind: EditKind) -> Callable[[Restore], Restore]:
    """Registers who restores what an edit of `kind` changed besides sightings; it is called before these."""

    def register(restore: Restore) -> Restore:
        _restorers[kind] = restore
        return restore

    return register


def restores_elsewhere(name: str) -> Callable[[Restore], Restore]:
    """Registers who restores what edits changed that keep it in their detail as `name`."""

    def register(restore: Restore) -> Restore:
        _elsewhere[name] = restore
        return restore

    return register


def why_not(edit: IdentityEdit) -> str:
    """Returns why `edit` cannot be undone, in a sentence; "" if it can."""
    if reason := NEVER.get(EditKind(edit.kind)):
        return reason
    if edit.detail.get("discarded"):
        return "Its camera discards strangers at once: nothing of the sighting was kept."
    if edit.state == EditState.WORKING:
        return "It is still being worked on. Wait until it is done."
    if undone := getattr(edit, "undone_by", None):
        return f"{undone.who} has undone it already, at {time_words(undone.at)}."
    return ""


def may_undo(user: Any, edit: IdentityEdit) -> bool:
    """Returns whether `user` has the rights for it, whatever state the edit is in."""
    wanted = RIGHTS.get(EditKind(edit.kind))
    return wanted is not None and bool(user.has_perms(wanted))


@transaction.atomic
def undo(*, edit: IdentityEdit, by: Actor, page: str) -> IdentityEdit:
    """Undoes `edit` and returns the row of the undo; of more than BATCH sightings a worker restores them.

    Raises CannotUndo with the reason. Nothing is half undone.
    """
    held = IdentityEdit.objects.select_for_update(of=("self",), no_key=True).select_related("undone_by").get(pk=edit.pk)
    if reason := why_not(held):
        raise CannotUndo(reason)
    _check_limits(held, by)
    same = {name: getattr(held, name) for name in ("person", "other_person", "stranger", "other_stranger")}
    undone = record(EditKind.UNDO, by=by, page=page, undoes=held, **same)
    _restore_counter_examples(held, by)
    restore = _restorer(held)
    undone.detail = dict(restore(held, by)) if restore else {}
    if held.kind == EditKind.MERGE_PEOPLE:
        return _separated(undone)
    undone.total = EditedSighting.objects.filter(edit=held).count()
    if undone.total > BATCH:
        undone.state = EditState.WORKING
        undone.save(update_fields=["detail", "total", "state"])
        ring_edits()
    else:
        undone.save(update_fields=["detail", "total"])
        restore_batch(undone)
    return undone


def _restorer(edit: IdentityEdit) -> Restore | None:
    elsewhere = (_elsewhere[name] for name in edit.detail if name in _elsewhere)
    return next(elsewhere, None) or _restorers.get(EditKind(edit.kind))


def _separated(undone: IdentityEdit) -> IdentityEdit:
    """Notes how far the undo of a merge is: people has moved the rows, or a worker goes on moving them."""
    merge = PersonMerge.objects.get(pk=undone.detail["merge"])
    is_done = merge.state == MergeState.SEPARATED
    undone.state = EditState.DONE if is_done else EditState.WORKING
    undone.total, undone.changed = merge.total, merge.moved
    undone.save(update_fields=["detail", "state", "total", "changed"])
    return undone


def _check_limits(edit: IdentityEdit, by: Actor) -> None:
    """Raises CannotUndo if sightings of the edit are beyond the limits of `by`."""
    shown = Sighting.objects.within_limits_of(by).values("pk")
    counted = EditedSighting.objects.filter(edit=edit).aggregate(
        every=Count("pk"), shown=Count("pk", filter=Q(sighting__in=shown))
    )
    if counted["shown"] < counted["every"]:
        raise CannotUndo("Some of its sightings are of cameras or people whom you may not see. Ask somebody who may.")


def _restore_counter_examples(edit: IdentityEdit, by: Actor) -> None:
    """Takes back the counter-examples that a correction made, and makes those anew that it took back.

    The other corrections of the sighting that hold decide whether: one of them may have said the same, or be undone.
    """
    made, taken = edit.detail.get("not", []), edit.detail.get("not_any_more", [])
    row = EditedSighting.objects.filter(edit=edit).select_related("sighting").first() if made or taken else None
    if row is not None:
        said_not = _said_not(row.sighting_id, without=edit)
        accept(_people(made) - said_not, row.sighting_id)
        reject(_people(taken) & said_not, row.sighting, who(by))


def _said_not(sighting: UUID, *, without: IdentityEdit) -> set[Person]:
    """Returns everybody of whom the corrections that hold, in their order, say that the sighting is not them."""
    edits = IdentityEdit.objects.filter(sightings__sighting=sighting, undone_by=None).exclude(pk=without.pk)
    said_not: set[Person] = set()
    for detail in edits.order_by("pk").values_list("detail", flat=True):
        said_not -= _people(detail.get("not_any_more", []))
        said_not |= _people(detail.get("not", []))
    return said_not


def _people(ids: Collection[str]) -> set[Person]:
    """Returns those who are still there; who was merged is whoever was kept."""
    return set(Person.objects.known_as(list(ids)).values()) if ids else set()
