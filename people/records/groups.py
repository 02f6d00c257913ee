"""Groups of people, and limits that hide everybody outside some groups from a user or an API key.

A role decides what a user may do; a limit decides which people exist for them. Without a limit row nobody is limited.
A key is limited both by its own rows and by those of its owner. Superusers are never limited; their keys may be.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast

from people.accounts.limits import Limit, Limits, NamedGroup, limits_of

MOST_LISTED = 200
"""The most members of a small group, whose ids people_listed writes into the query.

Measured with 100,000 people: finding 50 of them takes 0.2 ms instead of 26. From 300 members on it is no
quicker, and lists of detections are slower: reading the table newest first soon fills a page with so many people.
"""


class PersonGroup(NamedGroup):
    """A named set of people that users and API keys can be limited to."""

    people = models.ManyToManyField("people.Person", related_name="groups", blank=True)

    class Meta(NamedGroup.Meta):
        app_label = "people"


class PersonLimit(Limit):
    """Limits a user or an API key to the people of a group; with several rows, to the people of all those groups."""

    group = models.ForeignKey(PersonGroup, on_delete=models.PROTECT, related_name="limits")

    class Meta(Limit.Meta):
        app_label = "people"


def person_limits(user: AbstractBaseUser | AnonymousUser | None) -> Limits:
    """Returns the limits of `user` on people (see limits_of); falsy if there are none."""
    return limits_of(user, PersonLimit)


def people_within(limits: Limits, person: str = "pk") -> Q:
    """Returns the condition that the person whose id is in the column `person` is within `limits`."""
    condition = Q()
    members: Any = PersonGroup.people.through.objects
    for groups in limits:
        condition &= Q(Exists(members.filter(person=OuterRef(person), persongroup__in=groups)))
    return condition


def people_listed(limits: Limits, *columns: str) -> list[Q]:
    """Returns the condition of people_within for each of `columns`; use it for tables with many rows of everybody.

    It runs one query for each set of groups, and writes the ids of a small group's people into the condition.
    Postgres then knows how few rows they have, and finds them by the index on people instead of reading the whole
    table, newest first, to fill a page.
    """
    conditions = [Q() for _ in columns]
    members: Any = PersonGroup.people.through.objects
    for groups in limits:
        few = list(members.filter(persongroup__in=groups).values_list("person_id", flat=True)[: MOST_LISTED + 1])
        for place, column in enumerate(columns):
            listed = Q(**{f"{column}__in": few}) if len(few) <= MOST_LISTED else people_within((groups,), column)
            conditions[place] &= listed
    return conditions


def ids_within(limits: Limits) -> set[str]:
    """Returns the ids, as text, of the people within `limits`, which must not be empty.

    A group of 50,000 takes 0.15 s. The ids come from the table of memberships and Postgres makes them text: a query
    on the table of people takes ten times as long.
    """
    members: Any = PersonGroup.people.through.objects
    ids = Cast("person_id", models.TextField())
    return set.intersection(
        *(set(members.filter(persongroup__in=groups).values_list(ids, flat=True)) for groups in limits)
    )
