"""Writes sightings, detections and cameras as CSV files for spreadsheets: one line each."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone

from people.base.csv_files import number_cell, parts_of
from people.base.site_time import file_time, zone_name
from people.base.spreadsheets import safe
from streams.cameras.source_rules import redacted
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.sighting import Sighting

COLUMNS = (
    "id", "camera", "verdict", "person_id", "person", "first_seen_at", "last_seen_at", "ended_at", "distance",
    "margin", "gallery_version", "look_closer", "liveness", "by_hand", "no_face", "time_zone",
)  # fmt: skip
"""`by_hand`: somebody said who it is or is not, or named or joined a stranger; verdict and person are what holds."""
DETECTION_COLUMNS = (
    "id", "sighting", "camera", "captured_at", "verdict", "nearest_person_id", "nearest_person", "distance", "margin",
    "quality", "gallery_version", "time_zone",
)  # fmt: skip
CAMERA_COLUMNS = (
    "slug", "name", "enabled", "role", "state", "reason", "last_picture_at", "source", "time_zone",
)  # fmt: skip


def sightings_csv(sightings: QuerySet[Sighting]) -> Iterator[str]:
    """Returns the parts of a CSV file of sightings, newest first. Raises TooManyRows."""
    rows = sightings.select_related("camera", "person").order_by("-first_seen_at", "-id")
    return parts_of(rows, COLUMNS, sighting_cells)


def detections_csv(detections: QuerySet[Detection]) -> Iterator[str]:
    """Returns the parts of a CSV file of detections, newest first. Raises TooManyRows."""
    rows = detections.select_related("sighting__camera", "person").order_by("-captured_at", "-id")
    return parts_of(rows, DETECTION_COLUMNS, _detection_cells)


def cameras_csv(cameras: QuerySet[Camera]) -> Iterator[str]:
    """Returns the parts of a CSV file of cameras, without what is secret in their sources. Raises TooManyRows."""
    return parts_of(cameras.select_related("status"), CAMERA_COLUMNS, _camera_cells)


def sighting_cells(row: Sighting) -> list[object]:
    return [
        row.pk,
        row.camera.slug,
        row.verdict,
        row.person_id or "",
        safe(row.person.name) if row.person else "",
        file_time(row.first_seen_at),
        file_time(row.last_seen_at),
        file_time(row.ended_at),
        number_cell(row.distance),
        number_cell(row.margin),
        row.gallery_version,
        str(row.look_closer).lower(),
        number_cell(row.liveness),
        str(row.edit_id is not None).lower(),
        str(row.is_no_face).lower(),
        zone_name(),
    ]


def _detection_cells(row: Detection) -> list[object]:
    return [
        row.pk,
        row.sighting_id,
        row.sighting.camera.slug,
        file_time(row.captured_at),
        row.verdict,
        row.person_id if row.person else "",
        safe(row.person.name) if row.person else "",
        number_cell(row.distance),
        number_cell(row.margin),
        number_cell(row.quality),
        row.gallery_version,
        zone_name(),
    ]


def _camera_cells(row: Camera) -> list[object]:
    state, reason = row.state_at(timezone.now())
    status = getattr(row, "status", None)
    return [
        row.slug,
        safe(row.name),
        str(row.enabled).lower(),
        row.role,
        state,
        safe(reason),
        file_time(status.last_frame_at if status else None),
        safe(redacted(row.source)),
        zone_name(),
    ]
