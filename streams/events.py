"""Every message that crosses a websocket, in one place; built only here, from plain JSON values.

Sockets (both ask for a logged-in user with the right `streams.view_camera`, checked before the connection is
accepted, and an Origin of this site; closed with 4401 for nobody, 4403 for somebody without the right):

    /ws/dashboard/         all cameras that the user may see
    /ws/cameras/<slug>/    one camera

From the server, text: Hello, CameraState, SightingEvent, CameraGone. From the server, binary: a Frame: 4 bytes
big-endian length of a JSON header (FrameHeader), the header in UTF-8, then the JPEG it describes.
From the browser, text: Watch, Ack, Ping. A frame of a camera is sent only after the last one was acknowledged,
and then the newest: pictures never queue.

`delay_ms` in headers is from capture to this message being built on the server. Times are ISO 8601 UTC.
"""

from __future__ import annotations

import json
import struct
from typing import Literal, NotRequired, TypedDict

VerdictName = Literal["match", "review", "unknown"]
StateName = Literal["off", "waiting", "connecting", "live", "stalled", "down"]


class PersonRef(TypedDict):
    id: str
    name: str


class CameraRef(TypedDict):
    slug: str
    name: str


class CameraState(TypedDict):
    """What a camera does now; sent about every second while it runs, and at each change."""

    type: Literal["camera.state"]
    camera: CameraRef
    state: StateName
    reason: str
    last_frame_at: str | None
    frame_age_ms: int | None
    fps_read: float | None
    fps_analysed: float | None
    width_px: int | None
    height_px: int | None
    at: str
    """When this was said: a page marks the camera as silent when no word came for 5 s."""


class SightingRecord(TypedDict):
    """One visit as lists and sockets show it."""

    id: str
    camera: CameraRef
    verdict: VerdictName
    person: PersonRef | None
    """Who it is (match) or may be (review); None for unknown."""
    first_seen_at: str
    last_seen_at: str
    ended_at: str | None
    distance: float | None
    match_threshold: float
    margin: float | None
    gallery_version: int
    snapshot_url: str | None
    url: str


class SightingEvent(TypedDict):
    type: Literal["sighting"]
    change: Literal["started", "updated", "ended"]
    sighting: SightingRecord
    captured_at: str
    """Capture time of the frame that caused this event."""
    delay_ms: int
    """From capture_at to the row being committed and this event sent."""


class Hello(TypedDict):
    """First message of every socket."""

    type: Literal["hello"]
    now: str
    cameras: list[CameraState]
    sightings: list[SightingRecord]
    """Newest first, at most 30."""


class CameraGone(TypedDict):
    """The camera was deleted, or the user may see it no longer."""

    type: Literal["camera.gone"]
    camera: CameraRef


class FaceOverlay(TypedDict):
    track: int
    box: tuple[int, int, int, int]
    """left, top, right, bottom in pixels of the analysed frame (width_px × height_px of the header)."""
    verdict: Literal["match", "review", "unknown", "pending"]
    """pending: seen, not decided yet."""
    person: PersonRef | None
    distance: float | None


class FrameHeader(TypedDict):
    """Describes the JPEG behind it. Boxes belong to this very frame."""

    type: Literal["frame"]
    camera: str
    frame: int
    captured_at: str
    delay_ms: int
    width_px: int
    height_px: int
    faces: list[FaceOverlay]


class Watch(TypedDict):
    """From the browser: send me pictures of these cameras (slugs) until I say otherwise."""

    type: Literal["watch"]
    cameras: list[str]


class Ack(TypedDict):
    """From the browser: this frame is drawn, send the newest."""

    type: Literal["ack"]
    camera: str
    frame: int


class Ping(TypedDict):
    type: Literal["ping"]


class Pong(TypedDict):
    type: Literal["pong"]
    now: NotRequired[str]


def pack_frame(header: FrameHeader, jpeg: bytes) -> bytes:
    """Header and JPEG as one binary message."""
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack(">I", len(text)) + text + jpeg


def unpack_frame(message: bytes) -> tuple[FrameHeader, bytes]:
    """The reverse of pack_frame; for tests and for clients in Python."""
    (length,) = struct.unpack_from(">I", message)
    header: FrameHeader = json.loads(message[4 : 4 + length])
    return header, message[4 + length :]
