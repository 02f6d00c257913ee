"""What was said of two people while they were one record: once they are two again, it holds for both.

The merge may have been right and its undo the mistake: then whoever left the gallery would be in it again under the
other record. Somebody who knows better restores them, or records another basis.
"""

from __future__ import annotations

from datetime import datetime

from people.records.basis import Basis
from people.records.person import Person
from people.records.person_merge import PersonMerge

WHY = "Said while this was one record with another."


def retired_since(row: PersonMerge, kept: Person) -> datetime | None:
    """Returns when the kept person was retired, if that was after the merge."""
    return kept.retired_at if kept.retired_at and kept.retired_at >= row.at else None


def withdrawn_since(row: PersonMerge, kept: Person) -> list[Basis]:
    """Returns the bases that were withdrawn after the merge, the newest first. Ask before they are moved back."""
    return list(kept.bases.filter(withdrawn_at__gte=row.at).order_by("-withdrawn_at", "pk"))


def hand_on_withdrawal(withdrawn: list[Basis], *people: Person) -> None:
    """Records the newest withdrawal also of those of `people` who have none of `withdrawn`, now that these are moved.

    It names nobody: who sees one of the two may not see the other.
    """
    if not withdrawn:
        return
    having = set(Basis.objects.filter(pk__in=[basis.pk for basis in withdrawn]).values_list("person", flat=True))
    newest = withdrawn[0]
    for person in people:
        if person.pk not in having:
            Basis.objects.create(
                person=person,
                kind=newest.kind,
                purpose=newest.purpose,
                valid_from=newest.valid_from,
                valid_until=newest.valid_until,
                withdrawn_at=newest.withdrawn_at,
                withdrawn_by_id=newest.withdrawn_by_id,
                withdrawn_who=newest.withdrawn_who,
                withdrawn_why=WHY,
            )
