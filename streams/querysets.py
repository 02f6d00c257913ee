"""What is read of cameras, sightings and detections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, PermissionsMixin
from django.db import models
from django.db.models import OuterRef, Subquery

from streams.pipeline.addresses import BROWSER

if TYPE_CHECKING:
    from streams.models import Camera, Detection, Sighting  # noqa: F401

type_user = AbstractBaseUser | AnonymousUser | PermissionsMixin


class CameraQuerySet(models.QuerySet["Camera"]):
    def enabled(self) -> CameraQuerySet:
        return self.filter(enabled=True)

    def visible_to(self, user: type_user) -> CameraQuerySet:
        """Cameras whose pictures `user` may see."""
        return self if user.has_perm("streams.view_camera") else self.none()  # type: ignore[union-attr]

    def sendable_by(self, user: type_user) -> CameraQuerySet:
        """Browser cameras that `user` may send pictures to."""
        rights = ("streams.send_to_camera", "streams.change_camera")
        may_send = any(user.has_perm(right) for right in rights)  # type: ignore[union-attr]
        return self.filter(source=BROWSER) if may_send else self.none()


class SightingQuerySet(models.QuerySet["Sighting"]):
    def open(self) -> SightingQuerySet:
        """Visits that have not ended."""
        return self.filter(ended_at=None)

    def for_camera(self, camera_id: int) -> SightingQuerySet:
        return self.filter(camera_id=camera_id)

    def with_snapshot(self) -> SightingQuerySet:
        """With camera and person, and `snapshot_id`: the detection with the best picture, or None."""
        detections = self.model.detections.rel.related_model.objects  # type: ignore[attr-defined]
        best = detections.filter(sighting=OuterRef("pk")).exclude(snapshot="").order_by("-quality", "id")
        return self.select_related("camera", "person").annotate(snapshot_id=Subquery(best.values("id")[:1]))

    def visible_to(self, user: type_user) -> SightingQuerySet:
        return self if user.has_perm("streams.view_sighting") else self.none()  # type: ignore[union-attr]


class DetectionQuerySet(models.QuerySet["Detection"]):
    def visible_to(self, user: type_user) -> DetectionQuerySet:
        return self if user.has_perm("streams.view_sighting") else self.none()  # type: ignore[union-attr]
