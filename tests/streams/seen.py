"""What a camera has seen, as rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from people.records.person import Person
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.sighting import Sighting

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def seen(
    camera: Camera, person: Person | None = None, at: datetime = NOON, verdict: str = "", **fields: object
) -> Sighting:
    """A minute's sighting with one detection."""
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
