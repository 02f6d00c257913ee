"""Changes to groups and watchlists within limits: limited users see whom they add, and hidden members stay."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction

from people.accounts.limits import Looker
from people.base.doorbells import ring_gallery, ring_viewers
from people.base.history import log_deleted
from people.errors import HiddenMembers, WantsTwo
from people.records.groups import PersonGroup, person_limits
from people.records.person import Person, PersonQuerySet
from people.records.watchlist import Watchlist

logger = logging.getLogger(__name__)


@transaction.atomic
def put_within_limits(*, person: Person, by: Looker) -> None:
    """Puts a person whom `by` has just added into every group that limits `by`, who could not see them otherwise."""
    groups = frozenset[int]().union(*person_limits(by))
    if groups:
        person.groups.add(*groups)


@transaction.atomic
def change_members(*, group: PersonGroup, put_in: Iterable[Person], take_out: Iterable[Person], by: Looker) -> None:
    """Changes the members of a group.

    Call it also after writing a group's limits: it makes open dashboards check again what they may show.
    """
    group.people.add(*put_in)
    group.people.remove(*take_out)
    ring_gallery()
    ring_viewers()
    logger.info("group %s changed, by %s", group.pk, by.pk if by else "the system")


@transaction.atomic
def change_watched(*, watchlist: Watchlist, put_in: Iterable[Person], take_out: Iterable[Person], by: Looker) -> None:
    """Puts people on a watchlist and takes others off; ignores people who do not exist for `by`.

    Raises WantsTwo if somebody would come to a list that asks for two people.
    """
    shown = Person.objects.within_limits_of(by)
    coming = shown.filter(pk__in=[person.pk for person in put_in]).exclude(watchlists=watchlist)
    _check_coming(watchlist, coming.exists())
    watchlist.people.add(*coming)
    watchlist.people.remove(*shown.filter(pk__in=[person.pk for person in take_out]))
    logger.info("members of watchlist %s changed, by %s", watchlist.pk, by.pk if by else "the system")


@transaction.atomic
def set_members(*, watchlist: Watchlist, people: Collection[UUID], by: Looker) -> bool:
    """Makes `people` the members, except those who do not exist for `by`; members hidden from `by` stay.

    Returns whether that changed anything. Raises WantsTwo if somebody would come to a list that asks for two people.
    """
    leaving = list(_members(watchlist).within_limits_of(by).exclude(pk__in=people))
    coming = list(Person.objects.within_limits_of(by).filter(pk__in=people).exclude(watchlists=watchlist))
    _check_coming(watchlist, bool(coming))
    watchlist.people.remove(*leaving)
    watchlist.people.add(*coming)
    logger.info("members of watchlist %s set, by %s", watchlist.pk, by.pk if by else "the system")
    return bool(leaving or coming)


@transaction.atomic
def delete_watchlist(*, watchlist: Watchlist, by: Looker) -> None:
    """Deletes a watchlist. Raises HiddenMembers if it has members whom `by` may not see."""
    if has_hidden_members(watchlist, by):
        raise HiddenMembers
    key = watchlist.pk
    log_deleted([watchlist], by=by)
    watchlist.delete()
    logger.info("watchlist %s deleted, by %s", key, by.pk if by else "the system")


def has_hidden_members(watchlist: Watchlist, user: Looker) -> bool:
    """Returns whether the watchlist has members who do not exist for `user`."""
    members = _members(watchlist)
    return bool(person_limits(user)) and members.count() > members.within_limits_of(user).count()


def _check_coming(watchlist: Watchlist, anybody: bool) -> None:
    """Asks the database, and not the row in memory, whose setting may be about to change."""
    if anybody and Watchlist.objects.filter(pk=watchlist.pk, two_people=True).exists():
        raise WantsTwo(watchlist)


def _members(watchlist: Watchlist) -> PersonQuerySet:
    """Returns all members. The watchlist's own `people` may be prefetched with the visible members only."""
    return Person.objects.filter(watchlists=watchlist)
