"""Names that somebody said and that live pages show no more: of people who have left the gallery meanwhile.

Whom a camera named by itself it names anew within two seconds. What somebody said stays in the row, as it was said for
good; but while the sighting goes on, whoever withdrew or was retired is not to be followed by it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from people.records.matchable import Matchable
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.states import StoredVerdict

_SAID_AND_GOING_ON = Q(ended_at=None, machine_verdict__isnull=False, person__isnull=False)


def without_who_left(rows: SightingQuerySet) -> SightingQuerySet:
    """Leaves out the sightings that are going on and named by somebody after a person who has left the gallery."""
    known = Exists(Matchable.objects.filter(pk=OuterRef("person")))
    return rows.exclude(_SAID_AND_GOING_ON & ~known)


def unname_who_left(rows: Iterable[Sighting]) -> None:
    """Takes these names out of `rows` as they are in memory, which the caller shows and does not save.

    Asks the database once if any of `rows` was named by somebody and goes on, which few are, and else nothing.
    """
    said = [row for row in rows if row.ended_at is None and row.machine_verdict is not None and row.person_id]
    if not said:
        return
    known = set(Matchable.objects.filter(pk__in=[row.person_id for row in said]).values_list("pk", flat=True))
    for row in said:
        if row.person_id not in known:
            row.verdict, row.person, row.edit = StoredVerdict.UNKNOWN, None, None  # the edit says the name, too
