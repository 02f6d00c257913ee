"""Random names of what is stored of a detection, like those of photos: snapshot, whole frame and clip.

The sweep deletes what no row names from their folders: so these are not called as a site's own folders may be (clips/
has the films of cameras).
"""

from __future__ import annotations

from uuid import uuid4


def snapshot_name(detection: object, filename: str) -> str:
    return f"snapshots/{uuid4().hex}.jpg"


def frame_name(detection: object, filename: str) -> str:
    return f"sighting-frames/{uuid4().hex}.jpg"


def clip_name(detection: object, filename: str) -> str:
    return f"sighting-clips/{uuid4().hex}.webm"
