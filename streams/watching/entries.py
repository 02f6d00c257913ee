"""The entries of a watchlist: who is on it, how many of their alerts were false, and who raises none any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from people.records.person import Person, PersonQuerySet
from people.records.suspension import Suspension
from people.records.watchlist import Watchlist
from streams.alerts.cards import faces_of
from streams.records.alert import Alert
from streams.records.states import AlertOutcome, AlertState


@dataclass(frozen=True, slots=True)
class WatchlistEntry:
    """One person on one list, for one reader. `false` of `closed` alerts by the list were false, over all time."""

    person: Person
    photo: UUID | None
    suspension: Suspension | None
    false: int
    closed: int


def people_on(watchlist: Watchlist, user: Any) -> PersonQuerySet:
    """Returns whom `user` may see of the list, whoever is suspended first, then by name."""
    held = Suspension.objects.holding().filter(watchlist=watchlist)
    people = Person.objects.within_limits_of(user).filter(watchlists=watchlist)
    return people.alias(is_held=Q(pk__in=held.values("person"))).order_by("-is_held", "name", "pk")


def entries_of(watchlist: Watchlist, people: Sequence[Person], user: Any) -> list[WatchlistEntry]:
    """Returns the entries of these people, in three queries."""
    ids = {person.pk for person in people}
    held = {row.person_id: row for row in Suspension.objects.holding().filter(watchlist=watchlist, person__in=ids)}
    photos, counts = faces_of(ids, user), _counts(watchlist, ids, user)
    return [
        WatchlistEntry(person, photos.get(person.pk), held.get(person.pk), *counts.get(person.pk, (0, 0)))
        for person in people
    ]


def _counts(watchlist: Watchlist, people: Collection[UUID], user: Any) -> dict[Any, tuple[int, int]]:
    rows = Alert.objects.within_limits_of(user).filter(watchlist=watchlist, person__in=people, state=AlertState.CLOSED)
    false = Count("pk", filter=Q(outcome=AlertOutcome.FALSE))
    counted = rows.order_by().values_list("person").annotate(false=false, closed=Count("pk"))
    return {person: (number, closed) for person, number, closed in counted}
