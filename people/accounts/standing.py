"""What users may do and see, so that two of them can be compared: who stands above whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db.models import F

from people.accounts.limits import limit_kinds
from people.accounts.right_words import listed_in_words

NONE: frozenset[str] = frozenset()
NO_GROUPS: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """What one user may do and see, or could again once activated."""

    name: str = field(compare=False)
    is_active: bool = True
    is_superuser: bool = False
    is_staff: bool = False
    rights: frozenset[str] = NONE
    """Empty for superusers, who have every right."""
    sees: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """The groups that the user is limited to, by kind of limit; without an entry they see everything of that kind."""

    def is_all_powerful(self) -> bool:
        return self.is_superuser and self.is_active

    def lacks(self, other: Standing) -> str:
        """Returns what `other` may and this user may not, to follow "may"; "" if there is nothing."""
        if self.is_all_powerful():
            return ""
        if not self.is_active:
            return "log in"
        if other.is_superuser:
            return "do everything, as a superuser"
        if more := other.rights - self.rights:
            return listed_in_words(more)
        if other.is_staff and not self.is_staff:
            return "open the admin"
        return "" if self._sees_all_of(other) else "see people or cameras that you do not see"

    def _sees_all_of(self, other: Standing) -> bool:
        theirs = (other.sees.get(kind, NO_GROUPS) for kind in self.sees)
        return all(groups and groups <= own for groups, own in zip(theirs, self.sees.values(), strict=True))


def standings(users: Collection[int]) -> dict[int, Standing]:
    """Returns the standing of each user of `users` (ids) as the database has it now: four queries, however many."""
    rights, sees = _rights(users), _limits(users)
    return {
        user.pk: Standing(
            name=user.get_username(),
            is_active=user.is_active,
            is_superuser=user.is_superuser,
            is_staff=user.is_staff,
            rights=NONE if user.is_superuser else frozenset(rights[user.pk]),
            sees={} if user.is_superuser else {kind: frozenset(groups) for kind, groups in sees[user.pk].items()},
        )
        for user in User.objects.filter(pk__in=users)
    }


def standing_of(user: User) -> Standing:
    return standings([user.pk])[user.pk]


def rights_of_group(group: Group) -> frozenset[str]:
    return _named(group.permissions)


def rights_given_singly(user: User) -> frozenset[str]:
    """Returns the rights that a user has by no group."""
    return _named(user.user_permissions)


def _named(permissions: Any) -> frozenset[str]:
    pairs = permissions.order_by().values_list("content_type__app_label", "codename")
    return frozenset(f"{app}.{codename}" for app, codename in pairs)


def _rights(users: Collection[int]) -> dict[int, set[str]]:
    """Returns the rights of each user, their own and those of their groups. ModelBackend would hide the inactive's."""
    found: dict[int, set[str]] = defaultdict(set)
    for holder in ("user", "group__user"):
        rows = Permission.objects.filter(**{f"{holder}__in": users}).order_by()
        for user, app, codename in rows.values_list(F(holder), "content_type__app_label", "codename"):
            found[user].add(f"{app}.{codename}")
    return found


def _limits(users: Collection[int]) -> dict[int, dict[str, set[int]]]:
    found: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for kind, limits in limit_kinds().items():
        for user, group in limits._default_manager.filter(user__in=users).order_by().values_list("user", "group"):
            found[user][kind].add(group)
    return found
