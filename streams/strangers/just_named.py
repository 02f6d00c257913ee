"""Visits of somebody who has just been named: those in view at that moment, and those before cameras know the photos.

Nobody is joined with a named stranger, whose mean is gone: cameras know the person. But a visit that is not over when
somebody says the name, or begins before the photos are enrolled, is an unknown face to the camera. It would begin a
stranger of its own, and the person would be in the inbox again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import numpy as np

from people.accounts.limits import Looker
from people.recognition.engine.kinds import distances_of
from people.recognition.strangers.crowd import mean_of
from people.recognition.types import Vector
from people.records.groups import person_limits
from people.records.matchable import matchable_people
from people.records.person import Person
from streams.correcting.ledger import put
from streams.records.groups import camera_limits
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import EditKind, EditState, StoredVerdict
from streams.records.stranger import Stranger

FOLLOWS_FOR = timedelta(minutes=2)
"""A visit that begins so long after the naming is still named by it: photos are enrolled within seconds, behind a
folder of people within a minute or two. Then cameras decide, and counter-examples with them."""
NEWEST = 50
"""Sightings of the stranger that make the mean: fewer than of one who is not named, because the joiner waits for it."""


def sees_all(by: Looker) -> bool:
    """Returns whether what `by` says of a stranger may be carried on to visits at any camera."""
    return not (camera_limits(by) or person_limits(by))


def name_in_view(edit: IdentityEdit, stranger: Stranger, person: Person, by: Looker) -> None:
    """Names by `edit` the faces in view that are known as `stranger`, of those that `by` may see."""
    in_view = Sighting.objects.within_limits_of(by).open().filter(seen_as=edit.stranger, edit=None, stranger=None)
    in_view = in_view.filter(verdict=StoredVerdict.UNKNOWN)
    put(edit, in_view, verdict=StoredVerdict.MATCH, person=person, stranger=stranger)


def name_late(sighting: Sighting, seen: SightingEncoding) -> UUID | None:
    """Names an ended visit like the stranger whom somebody has just named, if it surely is one of theirs.

    It becomes part of that edit, whose undo takes it back, too. Returns the stranger, or None for nobody. A visit about
    which somebody has said something since, such as that it is not this person, keeps that.
    """
    if sighting.edit_id is not None:
        return None
    vector, sure = np.asarray(seen.vector, np.float32), distances_of(seen.engine).stranger.sure
    for edit, stranger in _named_lately(sighting):
        mean = _mean(stranger, seen.engine)
        if mean is not None and float(np.linalg.norm(mean - vector)) <= sure:
            visit = Sighting.objects.filter(pk=sighting.pk)
            put(edit, visit, verdict=StoredVerdict.MATCH, person=stranger.person, stranger=stranger)
            return stranger.pk
    return None


def _named_lately(sighting: Sighting) -> Iterator[tuple[IdentityEdit, Stranger]]:
    """Yields the namings that a visit may belong to, newest first, with the stranger who has the name."""
    edits = IdentityEdit.objects.filter(
        kind__in=[EditKind.NAME, EditKind.IS_SOMEBODY],
        state=EditState.DONE,
        # Nor one long after its end: whoever undoes an edit of last year's sightings would ask all namings since then.
        at__range=(sighting.first_seen_at - FOLLOWS_FOR, sighting.last_seen_at + FOLLOWS_FOR),
        undone_by=None,
        detail__follows=True,
    )
    # One that is being undone at this moment is left alone.
    held = list(edits.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("-at", "-id"))
    rows = Stranger.objects.filter(pk__in=[edit.stranger for edit in held], person__in=matchable_people())
    strangers = {row.pk: row for row in rows.select_related("person")}
    return ((edit, strangers[edit.stranger]) for edit in held if edit.stranger in strangers)


def _mean(stranger: Stranger, engine: str) -> Vector | None:
    rows = SightingEncoding.objects.filter(sighting__stranger=stranger, engine=engine)
    vectors = list(rows.order_by("-sighting__first_seen_at").values_list("vector", flat=True)[:NEWEST])
    return mean_of(np.array(vectors, np.float32)) if vectors else None
