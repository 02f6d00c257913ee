"""The people whom a user may see in live frames and events, as a set of ids to look up each face without a query.

Users share the sets: a hundred dashboards of one department hold one, and read it again only after it changed.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

from django.db.models import CharField, Count, Max, Sum
from django.db.models.functions import Cast

from people.accounts.limits import Limits
from people.records.groups import PersonGroup, person_limits

People = frozenset[str]
# 64: counts different limits of users who watch at the same time, not users; 10,000 ids take 1.4 MB.
MOST_KEPT = 64
_members: Any = PersonGroup.people.through.objects
_kept: dict[Limits, tuple[Any, People]] = {}


def people_of(user: Any) -> People | None:
    """Returns the ids of people who exist for `user` (retired ones, too); None: everybody."""
    limits = person_limits(user)
    if not limits:
        return None
    stamp = _stamp(limits)  # before the ids, so that a change in between is read again
    known = _kept.get(limits)
    if known is None or known[0] != stamp:
        known = _kept[limits] = stamp, _read(limits)
        while len(_kept) > MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
    return known[1]


def _stamp(limits: Limits) -> Any:
    """Returns a value that changes whenever somebody joins or leaves a group of `limits`.

    It is the number, the highest id and the sum of ids of the membership rows. Rows never change and ids are never
    reused; the sum shows rows that are committed late.
    """
    members = _members.filter(persongroup__in=frozenset().union(*limits))
    return tuple(members.aggregate(Count("pk"), Max("pk"), Sum("pk")).values())


def _read(limits: Limits) -> People:
    """Returns the ids of people who are in a group of each of the limits."""
    text = Cast("person_id", CharField())
    sets = (_members.filter(persongroup__in=groups).values_list(text, flat=True) for groups in limits)
    return reduce(People.intersection, map(People, sets))
