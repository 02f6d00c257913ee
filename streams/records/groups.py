"""Groups of cameras, and limits that hide all other cameras from a user or an API key.

They work like the limits on people (people/records/groups.py). Without a limit row nobody is limited. A key is limited
both by its own rows and by those of its owner. Superusers are never limited; their keys may be.
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
    """Limits a user or an API key to the cameras of a group; with several rows, to the cameras of all those groups."""

    group = models.ForeignKey(CameraGroup, on_delete=models.PROTECT, related_name="limits")

    class Meta(Limit.Meta):
        app_label = "streams"


def camera_limits(user: AbstractBaseUser | AnonymousUser | None) -> Limits:
    """Returns the limits of `user` on cameras (see limits_of); falsy if there are none."""
    return limits_of(user, CameraLimit)


def groups_within(limits: Limits) -> models.QuerySet[CameraGroup]:
    """Returns the groups that somebody with these limits may choose and see: those in every set; all without any set.

    A key that is limited to one of its owner's groups gets that one alone.
    """
    rows = CameraGroup.objects.all()
    for groups in limits:
        rows = rows.filter(pk__in=groups)
    return rows


def cameras_within(limits: Limits, camera: str = "pk") -> Q:
    """Returns the condition that the camera whose id is in the column `camera` is within `limits`."""
    condition = Q()
    members: Any = CameraGroup.cameras.through.objects
    for groups in limits:
        condition &= Q(Exists(members.filter(camera=OuterRef(camera), cameragroup__in=groups)))
    return condition
