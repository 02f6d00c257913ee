"""Writes the heartbeats of a worker's children into their cameras' rows, one statement for all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import connection

from streams.pipeline.messages import Heartbeat
from streams.wire.values import finite

# Rows are locked in the same order as for renewals (streams/running/leases.py), so that neither waits for the other
# while the other waits for it.
_WRITE = """
WITH said AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(%(said)s::jsonb) AS said (camera_id bigint, state text,
        reason text, heartbeat_at timestamptz, last_frame_at timestamptz, frame_age_ms int, frame_width_px int,
        frame_height_px int, fps_read float8, fps_analysed float8, frames_dropped bigint, gallery_version bigint)),
    ours AS (SELECT camera_id FROM streams_camerastatus WHERE camera_id IN (SELECT camera_id FROM said)
        AND lease_holder = %(holder)s ORDER BY camera_id FOR UPDATE)
UPDATE streams_camerastatus status SET (state, reason, heartbeat_at, last_frame_at, frame_age_ms, frame_width_px,
        frame_height_px, fps_read, fps_analysed, frames_dropped, gallery_version)
    = (said.state, said.reason, said.heartbeat_at, said.last_frame_at, said.frame_age_ms, said.frame_width_px,
        said.frame_height_px, said.fps_read, said.fps_analysed, said.frames_dropped, said.gallery_version)
FROM said JOIN ours USING (camera_id) WHERE status.camera_id = said.camera_id RETURNING status.camera_id
"""
OLDEST_MS = 2**31 - 1
"""The largest age that the column holds: 24.8 days without a picture."""
_NUMBERS = re.compile(r"[\d.,]+")


class Facts(NamedTuple):
    """What of a heartbeat is written and told at once when it changes; rates and times can wait."""

    state: str
    reason: str
    """Without its numbers, which mostly count seconds."""
    size_px: tuple[int | None, int | None]
    gallery_version: int

    @classmethod
    def of(cls, beat: Heartbeat) -> Facts:
        size_px = beat.frame_width_px, beat.frame_height_px
        return cls(beat.state, _NUMBERS.sub("", beat.reason), size_px, beat.gallery_version)


def record_heartbeats(*, holder: str, heartbeats: Mapping[int, Heartbeat]) -> set[int]:
    """Writes the heartbeat of each camera whose lease `holder` has; returns these cameras."""
    said = json.dumps([_row(camera_id, beat) for camera_id, beat in heartbeats.items()])
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {"said": said, "holder": holder})
        return {row[0] for row in cursor.fetchall()}


def _row(camera_id: int, beat: Heartbeat) -> dict[str, Any]:
    return {
        "camera_id": camera_id,
        "state": beat.state,
        "reason": beat.reason[:300],
        "heartbeat_at": beat.sent_at.isoformat(),
        "last_frame_at": beat.last_frame_at.isoformat() if beat.last_frame_at else None,
        "frame_age_ms": None if beat.frame_age_ms is None else min(beat.frame_age_ms, OLDEST_MS),
        "frame_width_px": beat.frame_width_px,
        "frame_height_px": beat.frame_height_px,
        "fps_read": finite(beat.fps_read),
        "fps_analysed": finite(beat.fps_analysed),
        "frames_dropped": beat.frames_dropped,
        "gallery_version": beat.gallery_version,
    }
