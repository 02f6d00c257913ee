"""Limits of users and API keys to groups, for groups of people and of cameras alike."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from people.accounts.api_key import KeyUser

Looker = AbstractBaseUser | AnonymousUser | None
"""Whoever looks at rows. None is the system itself, which nothing limits."""
Limits = tuple[frozenset[int], ...]
"""Sets of group ids, one for each owner of limits. Rows in some group of every set are shown; empty shows all."""
NOTHING: Limits = (frozenset(),)


class NamedGroup(models.Model):
    """A named set that users and API keys can be limited to. A subclass adds the members."""

    name = models.CharField(max_length=200, unique=True)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["name"]
        constraints = [models.CheckConstraint(name="%(class)s_has_a_name", condition=~Q(name=""))]

    def __str__(self) -> str:
        return self.name


class Limit(models.Model):
    """Limits a user or an API key to the members of a group, together with the groups of their other rows."""

    group: Any
    """Set by the subclass, and protected: deleting a group with its last limit would show everything."""
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )
    key = models.ForeignKey("people.ApiKey", on_delete=models.CASCADE, null=True, blank=True, related_name="%(class)ss")

    class Meta:
        abstract = True
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="%(class)s_of_one",
                condition=Q(user=None, key__isnull=False) | Q(user__isnull=False, key=None),
                violation_error_message="Choose either a user or an API key.",
            ),
            models.UniqueConstraint(fields=["group", "user"], name="%(class)s_once_per_user"),
            models.UniqueConstraint(fields=["group", "key"], name="%(class)s_once_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.key} sees {self.group}"


def limit_kinds() -> dict[str, Any]:
    """Returns the models of limits (of people, of cameras), by their name on a user or an API key."""
    kinds = sorted(Limit.__subclasses__(), key=lambda kind: kind.__name__)
    return {f"{kind._meta.model_name}s": kind for kind in kinds}


def limits_of(user: Looker, rows: type[models.Model]) -> Limits:
    """Returns the limits of `user` in `rows`, a model of Limit. An empty result means no limits.

    None is the system itself, which sees everything; somebody who is not logged in sees nothing. Asks once and keeps
    the answer with the user object: a request asks once, and a long-lived socket loads a fresh user.
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


def _read(user: Any, rows: type[models.Model]) -> Limits:
    whose = Q(pk__in=())
    if not user.is_superuser:
        whose |= Q(user=user.pk)
    if isinstance(user, KeyUser):
        whose |= Q(key=user.key.pk)
    found = list(rows._default_manager.filter(whose).values_list("user", "group"))
    owners = frozenset(group for owner, group in found if owner)
    keys = frozenset(group for owner, group in found if not owner)
    return tuple(groups for groups in (owners, keys) if groups)
