"""The rule of who may change whose rights: nobody gives what they lack, and nobody touches who stands above.

It holds for users, groups, limits, passwords, keys and tokens alike, whichever page or command the change comes from:
every service that writes one of them does so within `governed`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Q

from people.accounts.standing import Standing, rights_of_group, standing_of, standings
from people.errors import LastSuperuser, NotYoursToGive, OnlyByOthers, StandsAbove


@contextmanager
def governed(*users: User, groups: Collection[Group] = (), by: User | None) -> Iterator[None]:
    """Runs the block, which changes `users` and `groups`, in a transaction, and undoes it if `by` may not do this.

    Compares before and after the block what users, groups and their members may do and see with what `by` could when
    it began. Raises StandsAbove, NotYoursToGive, OnlyByOthers or LastSuperuser. None, the system, may do everything
    but take the last superuser away. The rows stay locked until the end, so two changes cannot outwit each other.
    """
    with transaction.atomic():
        _lock(users, groups, by)
        ids = {user.pk for user in users if user.pk} | _members(groups)
        mine, before = by and standing_of(by), standings(ids)
        if mine:
            _compare(mine, before, groups, StandsAbove)
        yield
        after = standings(ids | {user.pk for user in users if user.pk})
        if mine and by:
            _compare(mine, after, groups, NotYoursToGive)
            if before.get(by.pk) != after.get(by.pk):
                raise OnlyByOthers
        _keep_a_superuser(before, after)


def what_is_beyond(user: User, by: Any) -> str:
    """Returns what `user` may and `by` may not, to follow "may"; "" if `by` may change them."""
    return standing_of(by).lacks(standing_of(user))


def refuse_above(user: User, by: Any) -> None:
    """Raises StandsAbove if `user` may do or see more than `by`."""
    if more := what_is_beyond(user, by):
        raise StandsAbove(user.get_username(), more)


def what_group_is_beyond(group: Group, by: Any) -> str:
    """Returns what `group` or one of its members may and `by` may not; "" if `by` may change it."""
    mine, members = standing_of(by), standings(_members([group]))
    return next(filter(None, map(mine.lacks, [_standing_of_group(group, mine), *members.values()])), "")


def grantable(groups: Collection[Group], by: Any) -> list[Group]:
    """Returns those of `groups` whose rights `by` has; read them with their permissions prefetched."""
    mine = standing_of(by)
    return [group for group in groups if mine.is_all_powerful() or rights_of_group(group) <= mine.rights]


def _standing_of_group(group: Group, mine: Standing) -> Standing:
    """Returns a standing with the group's rights; a group lets nobody see more, so it sees what `mine` sees."""
    return Standing(f"the group {group.name}", rights=rights_of_group(group), sees=mine.sees)


def _members(groups: Collection[Group]) -> set[int]:
    saved = [group.pk for group in groups if group.pk]
    return set(User.objects.filter(groups__in=saved).values_list("pk", flat=True))


def _lock(users: Collection[User], groups: Collection[Group], by: User | None) -> None:
    """Locks what is about to change, whoever changes it, and the superusers, in one order: nobody waits in a circle."""
    # FOR UPDATE: a user who is put into one of the groups meanwhile waits, and is then compared with what it became.
    saved = [group.pk for group in groups if group.pk]
    list(Group.objects.select_for_update().filter(pk__in=saved).order_by("pk"))
    ids = {user.pk for user in (*users, *([by] if by else [])) if user.pk} | _members(groups)
    wanted = Q(pk__in=ids) | Q(is_superuser=True, is_active=True)
    list(User.objects.select_for_update(no_key=True).filter(wanted).order_by("pk"))


def _compare(
    mine: Standing,
    theirs: Mapping[int, Standing],
    groups: Collection[Group],
    refusal: type[StandsAbove] | type[NotYoursToGive],
) -> None:
    of_groups = [_standing_of_group(group, mine) for group in groups if group.pk]
    for standing in (*of_groups, *theirs.values()):
        if more := mine.lacks(standing):
            raise refusal(standing.name, more)


def _keep_a_superuser(before: Mapping[int, Standing], after: Mapping[int, Standing]) -> None:
    def lost(user: int) -> bool:
        return before[user].is_all_powerful() and not (user in after and after[user].is_all_powerful())

    if any(map(lost, before)) and not User.objects.filter(is_superuser=True, is_active=True).exists():
        raise LastSuperuser
