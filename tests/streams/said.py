"""What camera children say, with everything filled in that a test does not care about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np

from people.recognition.types import Box, Thresholds, Verdict
from streams.pipeline.messages import (
    Footage,
    FootageKind,
    Heartbeat,
    MeanEncoding,
    NewDetection,
    Overlay,
    SightingChange,
    TrackedFace,
)

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
JPEG = b"\xff\xd8\xff picture \xff\xd9"


def heartbeat(**fields: Any) -> Heartbeat:
    usual = {
        "state": "live",
        "reason": "",
        "sent_at": datetime.now(UTC),
        "last_frame_at": datetime.now(UTC),
        "frame_age_ms": 40,
        "frame_width_px": 1280,
        "frame_height_px": 720,
        "fps_read": 15.0,
        "fps_analysed": 8.0,
        "frames_dropped": 3,
        "overlays_dropped": 0,
        "gallery_version": 1,
        "packets_lost": 7,
    }
    return Heartbeat(**{**usual, **fields})


def new_detection(**fields: Any) -> NewDetection:
    usual = {
        "id": uuid4(),
        "captured_at": NOON,
        "box": Box(10, 20, 110, 140),
        "frame_width_px": 1280,
        "frame_height_px": 720,
        "score": 1.2,
        "quality": 0.8,
        "verdict": Verdict.UNKNOWN,
        "person": None,
        "distance": 0.7,
        "margin": None,
        "gallery_version": 1,
        "snapshot": JPEG,
    }
    return NewDetection(**{**usual, **fields})


def footage(change: SightingChange, kind: FootageKind = FootageKind.FRAME, **fields: Any) -> Footage:
    """A whole frame of the last look of `change`."""
    usual = {"sighting": change.id, "detection": change.detections[-1].id, "kind": kind, "content": JPEG}
    return Footage(**{**usual, **fields})


def encoding(axis: int = 0, towards: int = 1, distance: float = 0.0, engine: str = "engine") -> MeanEncoding:
    """So far from the unit vector `axis`, on the way to the unit vector `towards`."""
    angle = 2 * np.arcsin(distance / 2)
    vector = np.zeros(128, np.float32)
    vector[axis], vector[towards] = np.cos(angle), np.sin(angle)
    return MeanEncoding(engine, vector.tobytes(), 0.8)


def sighting_change(**fields: Any) -> SightingChange:
    """A sighting of an unknown face that goes on."""
    usual = {
        "id": uuid4(),
        "captured_at": datetime.now(UTC),
        "first_seen_at": NOON,
        "last_seen_at": NOON + timedelta(seconds=2),
        "ended": False,
        "verdict": Verdict.UNKNOWN,
        "person": None,
        "distance": 0.7,
        "margin": None,
        "thresholds": Thresholds(0.31, 0.36),
        "votes": 3,
        "encodings": 4,
        "gallery_version": 1,
        "detections": (),
    }
    return SightingChange(**{**usual, **fields})


def overlay(frame: int = 1, **fields: Any) -> Overlay:
    usual = {
        "frame": frame,
        "captured_at": datetime.now(UTC),
        "width_px": 1280,
        "height_px": 720,
        "faces": (TrackedFace(1, Box(10, 20, 110, 140), None, None, None),),
        "preview": JPEG,
        "annotated": None,
    }
    return Overlay(**{**usual, **fields})
