"""Changes to users: each function is one transaction that holds the rule of granting.py and writes the history."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.views.decorators.debug import sensitive_variables
from rest_framework.authtoken.models import Token

from people.accounts.granting import governed
from people.accounts.limits import limit_kinds
from people.base.doorbells import ring_viewers
from people.base.history import changed_in_words, log_added, log_changed, log_deleted
from people.errors import WrongState

logger = logging.getLogger(__name__)

COLUMNS = ("username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser")
"""The columns that save_user writes; the password has functions of its own."""
Sight = Mapping[str, Iterable[Any]]
"""Groups that a user is limited to, by kind of limit (limit_kinds). A kind that is not named stays as it is."""


def save_user(
    *,
    user: User,
    by: User | None,
    groups: Iterable[Group] | None = None,
    single_rights: Collection[Permission] | None = None,
    sees: Sight | None = None,
) -> User:
    """Saves a new or changed user, already validated, with groups, single rights and limits; None leaves them.

    Whoever is limited limits a new user to the same groups, unless `sees` names fewer.
    """
    is_new = user._state.adding
    with governed(user, by=by):
        before = None if is_new else User.objects.get(pk=user.pk)
        user.save(update_fields=None if is_new else COLUMNS)
        words = [
            *_set(user.groups, groups, "roles"),
            *_set(user.user_permissions, single_rights, "single rights"),
            *_limit(user, _within_own(by, sees or {}) if is_new else sees or {}),
        ]
        if before is None:
            log_added(user, by=by)
        elif change := changed_in_words(before, user, *words):
            log_changed(user, change, by=by)
        ring_viewers()
    logger.info("user %s saved, by %s", user.pk, _told(by))
    return user


@sensitive_variables("password")
def set_password(*, user: User, password: str, by: User | None) -> None:
    """Gives `user` another password, which ends their sessions and their token."""
    with governed(user, by=by):
        user.set_password(password)
        user.save(update_fields=["password"])
        log_changed(user, "Changed password.", by=by)
        ring_viewers()
    logger.info("password of user %s set, by %s", user.pk, _told(by))


def set_active(*, user: User, is_active: bool, by: User | None) -> None:
    """Deactivates a user, who can then no longer log in, nor can their keys and token; or takes that back."""
    with governed(user, by=by):
        if User.objects.filter(pk=user.pk).exclude(is_active=is_active).update(is_active=is_active):
            log_changed(user, "Activated." if is_active else "Deactivated.", by=by)
            ring_viewers()
    user.refresh_from_db(fields=["is_active"])
    logger.info("user %s %s, by %s", user.pk, "activated" if is_active else "deactivated", _told(by))


def revoke_token(*, user: User, by: User | None) -> None:
    """Ends the token with which the user's scripts log in. Without a token it changes nothing."""
    with governed(user, by=by):
        if Token.objects.filter(user=user).delete()[0]:
            log_changed(user, "Revoked the token.", by=by)
            ring_viewers()


def delete_user(*, user: User, by: User | None) -> None:
    """Deletes a deactivated user for good, with their keys, their token and what the history says they did."""
    with governed(user, by=by):
        if User.objects.get(pk=user.pk).is_active:
            raise WrongState(f"Deactivate {user} first: that can be taken back, and deleting cannot.")
        log_deleted([user], by=by)
        key = user.pk
        user.delete()
        ring_viewers()
    logger.info("user %s deleted, by %s", key, _told(by))


def _set(relation: Any, wanted: Iterable[Any] | None, word: str) -> list[str]:
    """Makes `wanted` the rows of a relation, unless it is None; returns [word] if that changed anything."""
    if wanted is None:
        return []
    ids = {row.pk for row in wanted}
    if ids == set(relation.values_list("pk", flat=True)):
        return []
    relation.set(ids)
    return [word]


def _within_own(by: User | None, sees: Sight) -> Sight:
    """Returns `sees`, with the groups of `by` for each kind for which nothing was chosen."""
    if by is None or by.is_superuser:
        return sees
    own = {
        kind: [limit.group for limit in limits._default_manager.filter(user=by.pk).select_related("group")]
        for kind, limits in limit_kinds().items()
    }
    return {kind: list(sees.get(kind, ())) or own[kind] for kind in own}


def _limit(user: User, sees: Sight) -> list[str]:
    """Makes the groups of `sees` the limits of `user`; returns words for the history if that changed anything."""
    changed = False
    for kind, groups in sees.items():
        rows = limit_kinds()[kind]._default_manager.filter(user=user)
        wanted, there = {group.pk for group in groups}, set(rows.values_list("group", flat=True))
        rows.filter(group__in=there - wanted).delete()
        for group in wanted - there:
            rows.create(user=user, group_id=group)
        changed = changed or wanted != there
    return ["what they see"] if changed else []


def _told(by: User | None) -> object:
    return by.pk if by else "the system"
