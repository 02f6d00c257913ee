"""Limits: with which cameras one has to do. As people/limits, which says with whom.

Nobody is limited without a row. A key is limited by its own rows and by those of its owner, whichever is narrower;
superusers are never limited, the keys they make may be.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from people.limits.limits import Limits, limits_of


class CameraGroup(models.Model):
    """A named set of cameras that users and API keys can be limited to."""

    name = models.CharField(max_length=200, unique=True)
    description = models.TextField(blank=True)
    cameras = models.ManyToManyField("streams.Camera", related_name="groups", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "streams"
        ordering = ["name"]
        constraints = [models.CheckConstraint(name="camera_group_has_a_name", condition=~Q(name=""))]

    def __str__(self) -> str:
        return self.name


class CameraLimit(models.Model):
    """A user or an API key sees the cameras of a group: of this one and of those of their other rows, no others."""

    group = models.ForeignKey(CameraGroup, on_delete=models.PROTECT, related_name="limits")
    """Protected: the last limit going away with its group would show every camera."""
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="camera_limits"
    )
    key = models.ForeignKey(
        "people.ApiKey", on_delete=models.CASCADE, null=True, blank=True, related_name="camera_limits"
    )

    class Meta:
        app_label = "streams"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="camera_limit_of_one",
                condition=Q(user=None, key__isnull=False) | Q(user__isnull=False, key=None),
                violation_error_message=_("Choose either a user or an API key."),
            ),
            models.UniqueConstraint(fields=["group", "user"], name="camera_limit_once_per_user"),
            models.UniqueConstraint(fields=["group", "key"], name="camera_limit_once_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.key} sees {self.group}"


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
