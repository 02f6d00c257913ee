"""Reads what a broker is told of cameras: their state, how many faces are before them, and who was seen last."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from streams.channels.home_assistant import CameraNow
from streams.records.camera import Camera
from streams.records.channel import Channel
from streams.records.in_view import in_view_at
from streams.records.sighting import Sighting
from streams.records.states import StoredVerdict


def cameras_now(channel: Channel) -> list[CameraNow]:
    """Returns the values of all cameras that the channel tells of, in two queries."""
    cameras = Camera.objects.all() if channel.everywhere else Camera.objects.filter(groups__channels=channel).distinct()
    now = timezone.now()
    in_view: dict[int, int] = {}
    seen = Sighting.objects.filter(in_view_at(now), camera__in=cameras)
    for camera_id in seen.values_list("camera_id", flat=True):
        in_view[camera_id] = in_view.get(camera_id, 0) + 1
    return [_now(camera, in_view.get(camera.pk, 0), *camera.state_at(now)) for camera in _with_last_person(cameras)]


def _with_last_person(cameras: Any) -> Any:
    named = Sighting.objects.filter(camera=OuterRef("pk"), verdict=StoredVerdict.MATCH).order_by("-first_seen_at")[:1]
    return cameras.select_related("status").annotate(
        last_person=Subquery(named.values("person__name")), last_person_at=Subquery(named.values("last_seen_at"))
    )


def _now(camera: Any, in_view: int, state: str, reason: str) -> CameraNow:
    last_person, seen_at = camera.last_person or "", camera.last_person_at
    return CameraNow(camera.pk, camera.slug, camera.name, state, reason, in_view, last_person, seen_at)
