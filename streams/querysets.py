"""What is read of cameras, sightings and detections, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from pgvector.django import L2Distance

from people.limits.person_limits import people_listed, people_within, person_limits
from people.recognition.types import Vector
from streams.limits import camera_limits, cameras_within
from streams.pipeline.addresses import BROWSER
from streams.withholding import DetectionsWithheld, SightingsWithheld

if TYPE_CHECKING:
    from streams.models import Camera, Detection, Sighting  # noqa: F401

Looker = AbstractBaseUser | AnonymousUser | None
"""Who looks; None: the system itself, whom nothing limits."""


class CameraQuerySet(models.QuerySet["Camera"]):
    def within_limits_of(self, user: Looker) -> CameraQuerySet:
        """Cameras that exist for `user`, whatever it is that they have the right to do (streams/limits.py)."""
        limits = camera_limits(user)
        return self.filter(cameras_within(limits)) if limits else self

    def enabled(self) -> CameraQuerySet:
        return self.filter(enabled=True)

    def visible_to(self, user: Any) -> CameraQuerySet:
        """Cameras whose pictures `user` may see."""
        return self.within_limits_of(user) if user.has_perm("streams.view_camera") else self.none()

    def sendable_by(self, user: Any) -> CameraQuerySet:
        """Browser cameras that `user` may send pictures to."""
        rights = ("streams.send_to_camera", "streams.change_camera")
        may_send = any(user.has_perm(right) for right in rights)
        return self.within_limits_of(user).filter(source=BROWSER) if may_send else self.none()


class SightingQuerySet(models.QuerySet["Sighting"]):
    def within_limits_of(self, user: Looker) -> SightingQuerySet:
        """Visits to cameras that exist for `user`, of people who do and of unknown faces.

        Whoever is limited to some people reads nothing that other people were measured by (streams/withholding.py).
        """
        cameras, people = camera_limits(user), person_limits(user)
        rows = self.filter(cameras_within(cameras, "camera_id")) if cameras else self
        if people:
            (shown,) = people_listed(people, "person_id")
            rows = rows.filter(Q(person=None) | shown)
            rows._iterable_class = SightingsWithheld
        return rows

    def visible_to(self, user: Any) -> SightingQuerySet:
        """As within_limits_of; none without the right to see sightings."""
        return self.within_limits_of(user) if user.has_perm("streams.view_sighting") else self.none()

    def open(self) -> SightingQuerySet:
        """Visits that have not ended."""
        return self.filter(ended_at=None)

    def for_camera(self, camera_id: int) -> SightingQuerySet:
        return self.filter(camera_id=camera_id)

    def with_snapshot(self, user: Looker = None) -> SightingQuerySet:
        """With camera and person, and `snapshot_id`: the detection with the best picture within the limits of
        `user`, or None."""
        detections = self.model.detections.rel.related_model.objects.within_limits_of(user)  # type: ignore[attr-defined]
        best = detections.filter(sighting=OuterRef("pk")).exclude(snapshot="").order_by("-quality", "id")
        return self.select_related("camera", "person").annotate(snapshot_id=Subquery(best.values("id")[:1]))

    def searchable(self, engine: str) -> SightingQuerySet:
        """Sightings that have an encoding of `engine`."""
        return self.filter(encoding__engine=engine)

    def near(self, vector: Vector, within: float) -> Any:
        """(id, distance) of those at most `within` (Euclidean, 0 to 2) from `vector`, nearest first. Exact."""
        apart = self.annotate(probe_distance=L2Distance("encoding__vector", vector))
        near = apart.filter(probe_distance__lte=within).order_by("probe_distance", "id")
        return near.values_list("id", "probe_distance")


class DetectionQuerySet(models.QuerySet["Detection"]):
    def within_limits_of(self, user: Looker) -> DetectionQuerySet:
        """Of the sightings within the limits of `user`, but for single looks that named somebody beyond them.

        An unknown face stays and its nearest person is withheld when beyond the limits (streams/withholding.py).
        """
        cameras, people = camera_limits(user), person_limits(user)
        rows = self.filter(cameras_within(cameras, "sighting__camera_id")) if cameras else self
        if people:
            of_sighting, of_look = people_listed(people, "sighting__person_id", "person_id")
            rows = rows.filter(Q(sighting__person=None) | of_sighting, Q(verdict="unknown") | of_look)
            rows = rows.annotate(is_nearest_shown=people_within(people, "person_id"))
            rows._iterable_class = DetectionsWithheld
        return rows

    def visible_to(self, user: Any) -> DetectionQuerySet:
        """As within_limits_of; none without the right to see sightings."""
        return self.within_limits_of(user) if user.has_perm("streams.view_sighting") else self.none()
