"""What limits a user or an API key, whatever the groups are of: people or cameras."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from people.accounts.api_key import KeyUser

Looker = AbstractBaseUser | AnonymousUser | None
"""Who looks; None: the system itself, whom nothing limits."""
Limits = tuple[frozenset[int], ...]
"""Ids of groups, one set for each thing that limits: shown is what is in a group of every set. Empty: all."""
NOTHING: Limits = (frozenset(),)


class NamedGroup(models.Model):
    """A named set that users and API keys can be limited to; what is in it, its model says."""

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
    """That a user or an API key sees what is in a group: of this one and of those of their other rows, nothing else."""

    group: Any
    """Which, its model says. Protected: the last limit going away with its group would show everything."""
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
    """Every model of limits, by the name under which a user or an API key has its own: of people, of cameras."""
    kinds = sorted(Limit.__subclasses__(), key=lambda kind: kind.__name__)
    return {f"{kind._meta.model_name}s": kind for kind in kinds}


def limits_of(user: Looker, rows: type[models.Model]) -> Limits:
    """What limits `user` by `rows`, a model of Limit; falsy for nothing.

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
