"""What tests say of the schedule of keeping."""

from __future__ import annotations

from people.records.keeping_term import KeepingTerm, KeptKind

SIGHTINGS = (KeptKind.SIGHTINGS_NAMED, KeptKind.SIGHTINGS_STRANGERS)


def kept_for(days: int | None, *kinds: KeptKind) -> None:
    """Makes these kinds of data, by default all sightings, be kept for so many days; None: for ever."""
    assert KeepingTerm.objects.filter(pk__in=kinds or SIGHTINGS).update(days=days)
