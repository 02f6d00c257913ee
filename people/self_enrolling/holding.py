"""Locks a link after its person, as merges and deletions of people do: in the opposite order the two would deadlock."""

from __future__ import annotations

from uuid import UUID

from people.records.enrolment_link import EnrolmentLink
from people.records.holding import hold


def hold_link(link: EnrolmentLink, *, person: UUID | None = None) -> EnrolmentLink | None:
    """Locks the link until the transaction ends, after its person, or `person`; returns it as it stands, or None."""
    theirs = EnrolmentLink.objects.filter(pk=link.pk).exclude(person=None).values_list("person", flat=True)
    hold([*theirs, *([person] if person else [])])
    return EnrolmentLink.objects.select_for_update(of=("self",)).filter(pk=link.pk).first()
