"""Random names of what is stored of a detection, like those of photos: snapshot, whole frame and clip."""

from __future__ import annotations

from uuid import uuid4


def snapshot_name(detection: object, filename: str) -> str:
    return f"snapshots/{uuid4().hex}.jpg"


def frame_name(detection: object, filename: str) -> str:
    return f"frames/{uuid4().hex}.jpg"


def clip_name(detection: object, filename: str) -> str:
    return f"clips/{uuid4().hex}.webm"
