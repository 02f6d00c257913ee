"""Corrections of who a face of a video is, through the same ledger as those of cameras' sightings, and their undo.

No encoding of a video's faces is kept, so nothing is learnt from them: a correction holds for this video alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from people.base.history import Actor
from people.records.holding import hold
from people.records.person import Person
from streams.correcting.corrections import Correction, check, hold_unchanged, holds, kind_of, person_said
from streams.correcting.ledger import UNCHANGED, Unchanged, record
from streams.correcting.undoing import restores_elsewhere
from streams.errors import CannotUndo, SightingIsGone
from streams.records.identity_edit import IdentityEdit
from streams.records.states import EditKind, StoredVerdict
from streams.videos.video import VideoSighting

KEPT_AS = "video"
"""Where the edit's detail keeps which face of which video it is about, and what it was before."""


@transaction.atomic
def correct_face(
    *, face: UUID, says: Correction, by: Actor, page: str, seen: int | Unchanged | None = UNCHANGED
) -> IdentityEdit | None:
    """Writes what `by` says about a sighting in a video, as `correct` does of a camera's; the same errors."""
    rows = VideoSighting.objects.within_limits_of(by).select_related("person", "machine_person", "edit")
    before = rows.filter(pk=face).first()
    if before is None:
        raise SightingIsGone
    person = person_said(says.person, by) if says.person else None
    if holds(says.kind, before, person):
        return None
    check(says.kind, before, person, seen)
    hold([person.pk] if person else [])  # people are locked before the sighting, as everywhere
    hold_unchanged(before)
    detail = {"not": [], KEPT_AS: _as_it_was(before)}
    kind = kind_of(says.kind, before, person)
    edit = record(kind, by=by, page=page, person=person and person.pk, detail=detail, total=1, changed=1)
    _put(edit, before, person if says.kind == EditKind.IS else None)
    return edit


@restores_elsewhere(KEPT_AS)
def take_back(edit: IdentityEdit, by: Actor) -> Mapping[str, Any]:
    """Gives the face of a video back what it was before; only the newest edit of a face can be undone."""
    was = edit.detail[KEPT_AS]
    rows = VideoSighting.objects.visible_to(by) if by else VideoSighting.objects.all()
    people = Person.objects.known_as([was["person"]] if was["person"] else [])
    row = rows.filter(pk=was["sighting"]).first()
    if row is None:
        raise CannotUndo("The video was deleted since, with all that was seen in it, or you may not see it.")
    if row.edit_id != edit.pk:
        raise CannotUndo("Somebody has said something else about this face since. Undo that first.")
    if was["verdict"] != StoredVerdict.UNKNOWN and was["person"] not in people:
        raise CannotUndo("Whoever it was before was deleted since.")
    values = {"verdict": was["verdict"], "person": people.get(was["person"]), "is_no_face": was["is_no_face"]}
    if was["edit"] is None:
        values |= {"machine_verdict": None, "machine_person": None}
    VideoSighting.objects.filter(pk=row.pk, edit=edit).update(edit=was["edit"], **values)
    return {}


def _as_it_was(row: VideoSighting) -> dict[str, Any]:
    return {
        "id": str(row.video_id),
        "sighting": str(row.pk),
        "verdict": row.verdict,
        "person": row.person_id and str(row.person_id),
        "is_no_face": row.is_no_face,
        "edit": row.edit_id,
    }


def _put(edit: IdentityEdit, row: VideoSighting, person: Person | None) -> None:
    machine = {} if row.machine_verdict else {"machine_verdict": row.verdict, "machine_person": row.person_id}
    VideoSighting.objects.filter(pk=row.pk).update(
        edit=edit,
        verdict=StoredVerdict.MATCH if person else StoredVerdict.UNKNOWN,
        person=person,
        is_no_face=edit.kind == EditKind.NO_FACE,
        **machine,
    )
