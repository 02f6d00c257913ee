"""Random names of stored snapshots, like those of photos."""

from __future__ import annotations

from uuid import uuid4


def snapshot_name(detection: object, filename: str) -> str:
    return f"snapshots/{uuid4().hex}.jpg"
