"""Every message that crosses a websocket, in one place; built only here, from plain JSON values.

Sockets (both ask for a logged-in user with the right `streams.view_camera`, checked before the connection is
accepted and every 30 s after, and an Origin of this site):

    /ws/dashboard/         all cameras that the user may see
    /ws/cameras/<slug>/    one camera

A third one takes pictures from a browser (`streams.send_to_camera` or `streams.change_camera`; close code 4409:
another browser sends to this camera). It says SendWelcome, then SendAck for each picture, and hears JPEGs alone:

    /ws/cameras/<slug>/send/

Close codes: 4401 nobody is logged in (any more), 4403 somebody without the right, 4404 no such camera, 4400 a
message that is none of the below, 4429 too many messages, or more than 20 sockets of one user. A browser sees the
codes of sockets that were open; one that was never accepted ends with 1006.

From the server, text: Hello, CameraState, SightingEvent, SightingGone, CameraGone; a second Hello takes the place of
all that was said before. From the server, binary: a Frame: 4 bytes
big-endian length of a JSON header (FrameHeader), the header in UTF-8, then the JPEG it describes.
From the browser, text of at most 16 KB: Watch, Ack, Ping. A frame of a camera is sent only after the last one was
acknowledged, and then the newest: pictures never queue.

`delay_ms` in headers is from capture to this message being built on the server. Times are ISO 8601 UTC.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict, cast
from uuid import UUID

from django.urls import reverse

if TYPE_CHECKING:
    from streams.models import Camera, CameraStatus, Sighting
    from streams.pipeline.messages import Heartbeat, Overlay, TrackedFace

VerdictName = Literal["match", "review", "unknown"]
ChangeName = Literal["started", "updated", "ended"]
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
    withheld: bool
    """Whether the viewer may not know what an unknown face was compared with: distance and margin are None then."""


class SightingEvent(TypedDict):
    type: Literal["sighting"]
    change: ChangeName
    sighting: SightingRecord
    captured_at: str
    """Capture time of the frame that caused this event."""
    delay_ms: int
    """From capture_at to the row being committed and this event sent."""


class SightingGone(TypedDict):
    """This one is no longer within what the viewer may see: it was decided for somebody beyond their limits."""

    type: Literal["sighting.gone"]
    id: str


class Hello(TypedDict):
    """First message of every socket, and again when its user may see less than before."""

    type: Literal["hello"]
    now: str
    cameras: list[CameraState]
    sightings: list[SightingRecord]
    """Newest first, at most 30."""


class CameraGone(TypedDict):
    """The camera was deleted, or the user may see it no longer."""

    type: Literal["camera.gone"]
    camera: CameraRef


DrawnVerdict = Literal["match", "review", "unknown", "pending", "withheld"]
"""pending: seen, not decided yet. withheld: somebody beyond the viewer's limits."""


class FaceOverlay(TypedDict):
    track: int
    box: tuple[int, int, int, int]
    """left, top, right, bottom in pixels of the analysed frame (width_px × height_px of the header)."""
    verdict: DrawnVerdict
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


class SendWelcome(TypedDict):
    """Pictures are awaited: JPEGs of at most `width_px`, at most one every `every_ms`."""

    type: Literal["send.welcome"]
    width_px: int
    every_ms: int


class SendAck(TypedDict):
    """The last picture has arrived; the next may come."""

    type: Literal["send.ack"]


def pack_frame(header: FrameHeader, jpeg: bytes) -> bytes:
    """Header and JPEG as one binary message."""
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack(">I", len(text)) + text + jpeg


def unpack_frame(message: bytes) -> tuple[FrameHeader, bytes]:
    """The reverse of pack_frame; for tests and for clients in Python."""
    (length,) = struct.unpack_from(">I", message)
    return unpack_header(message), message[4 + length :]


def unpack_header(message: bytes) -> FrameHeader:
    """The header alone, without copying the JPEG."""
    (length,) = struct.unpack_from(">I", message)
    header: FrameHeader = json.loads(message[4 : 4 + length])
    return header


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 UTC with milliseconds, as browsers parse it; None stays None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamp(moment: datetime) -> str:
    """`iso` of a moment that is there."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def delay_ms(captured_at: datetime, now: datetime | None = None) -> int:
    """Milliseconds from capture to now, at least 0: clocks of two machines may disagree by some."""
    return max(0, round(((now or datetime.now(UTC)) - captured_at).total_seconds() * 1000))


def finite(number: float | None) -> float | None:
    """A plain float for the wire; None for what JSON cannot say (an empty gallery's infinite distance)."""
    return float(number) if number is not None and math.isfinite(number) else None


def camera_ref(camera: Camera) -> CameraRef:
    return {"slug": camera.slug, "name": camera.name}


def camera_state(camera: CameraRef, status: CameraStatus | None, now: datetime | None = None) -> CameraState:
    """From the row: for greetings and for cameras that no child speaks for."""
    now = now or datetime.now(UTC)
    state, reason = ("waiting", "") if status is None else status.state_at(now)
    running = status is not None and state not in ("off", "waiting")
    return {
        "type": "camera.state",
        "camera": camera,
        "state": cast(StateName, str(state)),
        "reason": str(reason),
        "last_frame_at": iso(status.last_frame_at) if status else None,
        "frame_age_ms": delay_ms(status.last_frame_at, now) if status and status.last_frame_at else None,
        "fps_read": finite(status.fps_read) if status and running else None,
        "fps_analysed": finite(status.fps_analysed) if status and running else None,
        "width_px": status.frame_width_px if status else None,
        "height_px": status.frame_height_px if status else None,
        "at": stamp(now),
    }


def camera_heard(camera: CameraRef, heartbeat: Heartbeat) -> CameraState:
    """From the child's own words, about every second."""
    return {
        "type": "camera.state",
        "camera": camera,
        "state": cast(StateName, heartbeat.state),
        "reason": heartbeat.reason,
        "last_frame_at": iso(heartbeat.last_frame_at),
        "frame_age_ms": heartbeat.frame_age_ms,
        "fps_read": finite(heartbeat.fps_read),
        "fps_analysed": finite(heartbeat.fps_analysed),
        "width_px": heartbeat.frame_width_px,
        "height_px": heartbeat.frame_height_px,
        "at": stamp(heartbeat.sent_at),
    }


def sighting_record(sighting: Sighting, snapshot: UUID | None) -> SightingRecord:
    """`snapshot`: the detection that shows the visit best. Reads no row when camera and person are selected."""
    person = sighting.person
    return {
        "id": str(sighting.id),
        "camera": camera_ref(sighting.camera),
        "verdict": cast(VerdictName, str(sighting.verdict)),
        "person": {"id": str(person.id), "name": person.name} if person else None,
        "first_seen_at": stamp(sighting.first_seen_at),
        "last_seen_at": stamp(sighting.last_seen_at),
        "ended_at": iso(sighting.ended_at),
        "distance": finite(sighting.distance),
        "match_threshold": float(sighting.match_threshold),
        "margin": finite(sighting.margin),
        "gallery_version": sighting.gallery_version,
        "snapshot_url": reverse("detection_snapshot", args=[snapshot]) if snapshot else None,
        "url": reverse("sighting", args=[sighting.id]),
        "withheld": sighting.withheld,
    }


def sighting_event(change: ChangeName, record: SightingRecord, captured_at: datetime) -> SightingEvent:
    """Built after the commit, right before it is sent: `delay_ms` is what the viewer waits for."""
    return {
        "type": "sighting",
        "change": change,
        "sighting": record,
        "captured_at": stamp(captured_at),
        "delay_ms": delay_ms(captured_at),
    }


def hello(cameras: list[CameraState], sightings: list[SightingRecord]) -> Hello:
    return {
        "type": "hello",
        "now": stamp(datetime.now(UTC)),
        "cameras": cameras,
        "sightings": sightings,
    }


def sighting_gone(sighting: str) -> SightingGone:
    return {"type": "sighting.gone", "id": sighting}


def camera_gone(camera: CameraRef) -> CameraGone:
    return {"type": "camera.gone", "camera": camera}


def pong() -> Pong:
    return {"type": "pong", "now": stamp(datetime.now(UTC))}


def send_welcome() -> SendWelcome:
    return {"type": "send.welcome", "width_px": 960, "every_ms": 100}


def send_ack() -> SendAck:
    return {"type": "send.ack"}


def frame_header(slug: str, overlay: Overlay, names: Mapping[str, str]) -> FrameHeader:
    """`names` by person id; somebody who has left the gallery meanwhile is drawn without a name."""
    return {
        "type": "frame",
        "camera": slug,
        "frame": overlay.frame,
        "captured_at": stamp(overlay.captured_at),
        "delay_ms": delay_ms(overlay.captured_at),
        "width_px": overlay.width_px,
        "height_px": overlay.height_px,
        "faces": [face_overlay(face, names) for face in overlay.faces],
    }


def face_overlay(face: TrackedFace, names: Mapping[str, str]) -> FaceOverlay:
    left, top, right, bottom = (int(side) for side in face.box)
    person = face.person if face.person in names else None
    return {
        "track": face.track,
        "box": (left, top, right, bottom),
        "verdict": _drawn_verdict(face, person),
        "person": {"id": person, "name": names[person]} if person else None,
        "distance": finite(face.distance),
    }


def _drawn_verdict(face: TrackedFace, person: str | None) -> DrawnVerdict:
    if face.verdict is None:
        return "pending"
    if person is None:
        return "unknown"
    return face.verdict.value
