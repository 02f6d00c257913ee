"""Limits: with which cameras one has to do. As people/limits, which says with whom.

Nobody is limited without a row. A key is limited by its own rows and by those of its owner, whichever is narrower;
superusers are never limited, the keys they make may be.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q

from people.accounts.limits import Limit, Limits, NamedGroup, limits_of


class CameraGroup(NamedGroup):
    """A named set of cameras that users and API keys can be limited to."""

    cameras = models.ManyToManyField("streams.Camera", related_name="groups", blank=True)

    class Meta(NamedGroup.Meta):
        app_label = "streams"


class CameraLimit(Limit):
    """A user or an API key sees the cameras of a group: of this one and of those of their other rows, no others."""

    group = models.ForeignKey(CameraGroup, on_delete=models.PROTECT, related_name="limits")

    class Meta(Limit.Meta):
        app_label = "streams"


def camera_limits(user: AbstractBaseUser | AnonymousUser | None) -> Limits:
    """What limits `user`, as limits_of says; falsy for nothing."""
    return limits_of(user, CameraLimit)


def cameras_within(limits: Limits, camera: str = "pk") -> Q:
    """The condition that the camera whose id is in the column `camera` is within `limits`."""
    condition = Q()
    members: Any = CameraGroup.cameras.through.objects
    for groups in limits:
        condition &= Q(Exists(members.filter(camera=OuterRef(camera), cameragroup__in=groups)))
    return condition
