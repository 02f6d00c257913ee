"""Names of stored snapshots: random, as photos' are."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from streams.models import Detection


def snapshot_name(detection: Detection, filename: str) -> str:
    return f"snapshots/{uuid4().hex}.jpg"
