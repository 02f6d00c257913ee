"""The table of arrangements: which cameras one user's live page shows, in which order, and how large."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from streams.records.camera import Camera
from streams.records.groups import CameraGroup, camera_limits, groups_within
from streams.records.states import TileSize


class Arrangement(models.Model):
    """How one user has arranged the live page. Whoever has arranged nothing has no row, and sees everything by name.

    Cameras are kept by id, without a foreign key: ids of cameras that are gone, or beyond the user's limits by now,
    mean nothing.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="arrangement"
    )
    order = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """Cameras from first to last; all others stand behind them by name."""
    hidden = ArrayField(models.BigIntegerField(), default=list, blank=True)
    large = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """Cameras that take the room of four."""
    size = models.CharField(max_length=10, choices=TileSize, default=TileSize.AUTOMATIC)
    group = models.ForeignKey(CameraGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    """The only group that is shown; null: all cameras."""
    is_full_screen = models.BooleanField(default=False)

    class Meta:
        app_label = "streams"
        default_permissions = ()
        constraints = [models.CheckConstraint(name="arrangement_size", condition=Q(size__in=TileSize.values))]

    def __str__(self) -> str:
        return f"live page of {self.user}"

    @classmethod
    def of(cls, user: Any) -> Arrangement:
        """Returns the user's arrangement, or a new one that is not saved. One query."""
        return cls.objects.filter(user=user).first() or cls(user=user)

    def in_order(self, cameras: Iterable[Camera]) -> list[Camera]:
        """Returns all of `cameras` as they stand on the page; those that are switched off come last."""
        rank = {pk: number for number, pk in enumerate(self.order)}
        return sorted(cameras, key=lambda camera: (not camera.enabled, rank.get(camera.pk, len(rank)), camera.name))


def groups_shown_to(user: Any) -> models.QuerySet[CameraGroup]:
    """Returns the groups that `user` may choose on the live page: those with a camera that exists for them."""
    mine = Camera.objects.visible_to(user)
    return groups_within(camera_limits(user)).filter(cameras__in=mine).distinct()
