"""The API's live state: each camera's state, who is in sight, and whether it has the newest gallery."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from people.gallery.stored import current_version
from people.rest.filter_backend import only_these
from people.rest.permissions import RightsTable
from streams.api.camera_serializers import CameraStateSerializer
from streams.api.sighting_serializers import SightingSerializer
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.records.states import IDLE
from streams.records.worker_presence import WorkerPresence
from streams.wire.builders import camera_ref, state_of

MOST_IN_SIGHT = 500
"""The most open sightings shown, newest first; more would mean a fault, not a real scene."""


class InSightSerializer(SightingSerializer):
    """A sighting that has not ended."""

    class Meta(SightingSerializer.Meta):
        fields = ["id", "verdict", "person", "first_seen_at", "last_seen_at", "distance", "snapshot_url"]
        read_only_fields = fields


class LiveCameraSerializer(CameraStateSerializer):
    """A camera's live state."""

    slug = serializers.CharField()
    name = serializers.CharField()
    gallery_version = serializers.IntegerField(
        allow_null=True, help_text="The gallery version that the camera compares with."
    )
    gallery_is_newest = serializers.BooleanField(help_text="Whether that is the gallery's newest version.")
    in_sight = InSightSerializer(
        many=True,
        allow_null=True,
        help_text="Sightings that have not ended, newest first; null if you may not see sightings.",
    )


class WorkersSerializer(serializers.Serializer[Any]):
    """The recognition workers that are running now."""

    present = serializers.IntegerField()
    capacity_cameras = serializers.IntegerField(help_text="Cameras that they could run together.")


class LiveSerializer(serializers.Serializer[Any]):
    """The live state of the site."""

    at = serializers.DateTimeField()
    gallery_version = serializers.IntegerField(help_text="The newest.")
    workers = WorkersSerializer()
    cameras = LiveCameraSerializer(many=True)


class LiveView(APIView):
    rights: ClassVar[RightsTable] = {"GET": ("streams.view_camera",)}

    @extend_schema(
        tags=["cameras"],
        operation_id="live_retrieve",
        summary="Show what all cameras do now and who is in sight",
        description="As each camera last reported, about a second ago. The sockets send changes as they happen.",
        responses=LiveSerializer,
    )
    def get(self, request: Request) -> Response:
        only_these(request, {})
        return Response(LiveSerializer(live_state(request.user), context={"request": request}).data)


def live_state(user: Any) -> dict[str, Any]:
    """Returns the fields of LiveSerializer that `user` may see; the number of queries does not grow with the rows."""
    now, newest = datetime.now(UTC), current_version()
    cameras = Camera.objects.visible_to(user).select_related("status").order_by("name")
    in_sight = _in_sight(user)
    present = WorkerPresence.objects.here()
    return {
        "at": now,
        "gallery_version": newest,
        "workers": {"present": present.count(), "capacity_cameras": present.total_capacity()},
        "cameras": [_camera(camera, in_sight, newest, now) for camera in cameras],
    }


def _in_sight(user: Any) -> dict[int, list[Sighting]] | None:
    """Returns open sightings by camera; None if `user` has no right to see sightings."""
    if not user.has_perm("streams.view_sighting"):
        return None
    found: dict[int, list[Sighting]] = defaultdict(list)
    for sighting in Sighting.objects.visible_to(user).open().with_snapshot(user)[:MOST_IN_SIGHT]:
        found[sighting.camera_id].append(sighting)
    return found


def _camera(camera: Camera, in_sight: dict[int, list[Sighting]] | None, newest: int, now: datetime) -> dict[str, Any]:
    status = getattr(camera, "status", None)
    state = state_of(camera, now)
    runs = state["state"] not in IDLE
    version = status.gallery_version if status and runs else None
    # A camera that is not live sees nobody: sightings that were open when it fell silent say nothing about now.
    seen = None if in_sight is None else in_sight.get(camera.pk, []) if state["state"] == "live" else []
    return {
        **state,
        **camera_ref(camera),
        "gallery_version": version,
        "gallery_is_newest": version == newest,
        "in_sight": seen,
    }
