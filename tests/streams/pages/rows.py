"""Rows that the pages' tests show: cameras, sightings, and detections with a picture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile

from people.records.person import Person
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.sighting import Sighting

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
WEBM = b"\x1aE\xdf\xa3 a film of some seconds"
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


def a_camera(name: str = "Front door", **fields: Any) -> Camera:
    slug = name.lower().replace(" ", "-")
    return Camera.objects.create(**{"name": name, "slug": slug, "source": "clips/door.mp4", **fields})


def a_sighting(camera: Camera, person: Person | None = None, *, at: datetime = NOON, **fields: Any) -> Sighting:
    """A sighting of three seconds; of an unknown face unless `person` is given."""
    usual = {
        "verdict": "match" if person else "unknown",
        "distance": 0.32 if person else 0.71,
        "margin": 0.25,
        "match_threshold": 0.5,
        "review_threshold": 0.55,
        "votes": 4,
        "encodings": 5,
        "gallery_version": 7,
        "first_seen_at": at,
        "last_seen_at": at + timedelta(seconds=3),
        "ended_at": at + timedelta(seconds=3),
    }
    return Sighting.objects.create(id=uuid4(), camera=camera, person=person, **{**usual, **fields})


def a_detection(
    sighting: Sighting, *, picture: bytes = JPEG, frame: bytes = b"", clip: bytes = b"", **fields: Any
) -> Detection:
    usual = {
        "captured_at": sighting.first_seen_at,
        "box": [10, 10, 90, 90],
        "frame_width_px": 640,
        "frame_height_px": 360,
        "score": 1.1,
        "quality": 0.8,
        "verdict": sighting.verdict,
        "person": sighting.person,
        "distance": sighting.distance,
        "margin": sighting.margin,
        "gallery_version": sighting.gallery_version,
    }
    detection = Detection(id=uuid4(), sighting=sighting, **{**usual, **fields})
    if picture:
        detection.snapshot.save("face.jpg", ContentFile(picture), save=False)
    if frame:
        detection.frame.save("frame.jpg", ContentFile(frame), save=False)
    if clip:
        detection.clip.save("clip.webm", ContentFile(clip), save=False)
    detection.save()
    return detection
