"""What limits a user or an API key, whatever the groups are of: people or cameras."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q

from people.keys.api_key import KeyUser

Limits = tuple[frozenset[int], ...]
"""Ids of groups, one set for each thing that limits: shown is what is in a group of every set. Empty: all."""
NOTHING: Limits = (frozenset(),)


def limits_of(user: AbstractBaseUser | AnonymousUser | None, rows: type[Model]) -> Limits:
    """What limits `user` by `rows`, a model with `user`, `key` and `group`; falsy for nothing.

    None is the system itself, which sees all; a passer-by sees nothing. One query, kept with the user object: a request
    asks once, and whoever lives longer asks with a fresh user.
    """
    if user is None:
        return ()
    if user.pk is None:
        return NOTHING
    kept = f"_{rows._meta.model_name}s"
    known: Limits | None = getattr(user, kept, None)
    if known is None:
        known = _read(user, rows)
        setattr(user, kept, known)
    return known


def _read(user: Any, rows: type[Model]) -> Limits:
    whose = Q(pk__in=())
    if not user.is_superuser:
        whose |= Q(user=user.pk)
    if isinstance(user, KeyUser):
        whose |= Q(key=user.key.pk)
    found = list(rows._default_manager.filter(whose).values_list("user", "group"))
    owners = frozenset(group for owner, group in found if owner)
    keys = frozenset(group for owner, group in found if not owner)
    return tuple(groups for groups in (owners, keys) if groups)
