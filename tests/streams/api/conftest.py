"""A camera, what it saw, and clients of the three actors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from people.models import Person
from streams.models import Camera, CameraStatus, Detection, Sighting
from streams.services import save_camera
from tests.api import client_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def as_operator(operator: User) -> APIClient:
    return client_of(operator)


@pytest.fixture
def as_viewer(viewer: User) -> APIClient:
    return client_of(viewer)


@pytest.fixture
def camera(db: None) -> Camera:
    source = "rtsp://user:secret@door.example/1?channel=hidden"
    camera = save_camera(camera=Camera(name="Door", slug="door", source=source), by=None)
    CameraStatus.objects.create(camera=camera)
    return camera


def seen(
    camera: Camera, person: Person | None = None, at: datetime = NOON, verdict: str = "", **fields: object
) -> Sighting:
    """A minute's visit with one detection."""
    sighting = Sighting.objects.create(
        id=uuid4(),
        camera=camera,
        person=person,
        verdict=verdict or ("match" if person else "unknown"),
        first_seen_at=at,
        last_seen_at=at + timedelta(minutes=1),
        **{
            "distance": 0.3 if person else 0.9,
            "margin": 0.4,
            "match_threshold": 0.5,
            "review_threshold": 0.55,
            "gallery_version": 7,
            **fields,
        },
    )
    Detection.objects.create(
        id=uuid4(),
        sighting=sighting,
        captured_at=at,
        box=[10, 20, 110, 120],
        frame_width_px=640,
        frame_height_px=480,
        score=1.2,
        quality=0.8,
        verdict=sighting.verdict,
        person=person,
        distance=sighting.distance,
        margin=sighting.margin,
        gallery_version=7,
        snapshot="snapshots/some.jpg",
    )
    return sighting
