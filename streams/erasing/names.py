"""All names that somebody has or had: whoever was renamed, or merged, stands under earlier ones elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from people.base.names import folded
from people.records.basis import Basis
from people.records.enrolment_link import EnrolmentLink
from people.records.person import Person
from people.records.person_merge import PersonMerge
from streams.erasing.history import entries_about
from streams.erasing.words import TAKEN_OUT

# Before and after of every change of the row, and the name that a merged or deleted row had.
_IN_AUDIT = """
SELECT DISTINCT said.value->>'name' FROM people_auditentry entry
CROSS JOIN LATERAL (VALUES (entry.detail->'before'), (entry.detail->'after')) said(value)
WHERE entry.about && %s::varchar[] AND entry.kind = 'person' AND said.value->>'name' <> ''
"""


def names_of(ids: Sequence[UUID]) -> list[str]:
    """Returns the name of the person, and then the earlier ones; none if they do not exist any more.

    An earlier name that somebody else has is left out: what stands under it is theirs. It reads the audit, the history,
    merges, bases and links, which keep these names until the person is gone: a try that breaks off finds them again.
    What the audit has not chained yet it does not see.
    """
    current: str | None = Person.objects.filter(pk__in=ids[:1]).values_list("name", flat=True).first()
    if current is None:
        return []
    earlier = {folded(name): name for name in sorted(_ever(ids)) if folded(name) != folded(current)}
    others = Person.objects.exclude(pk__in=ids)
    return [current, *(name for name in earlier.values() if not others.called(name).exists())]


def _ever(ids: Sequence[UUID]) -> set[str]:
    found = set(_in_audit(ids))
    found.update(entries_about(Person, ids).values_list("object_repr", flat=True))
    for row in PersonMerge.objects.filter(into__in=ids).values_list("merged_row", flat=True):
        found.add(str(row.get("columns", {}).get("name") or ""))
    found.update(Basis.objects.filter(person__in=ids).values_list("agreed_name", flat=True))
    found.update(EnrolmentLink.objects.filter(person__in=ids).values_list("name", flat=True))
    return {name.strip() for name in found} - {"", TAKEN_OUT}


def _in_audit(ids: Sequence[UUID]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_IN_AUDIT, [[f"person:{key}" for key in ids]])
        return [name for (name,) in cursor.fetchall()]
