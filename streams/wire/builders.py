"""Builds the messages of shapes.py from rows and from the reports of camera children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.urls import reverse

from streams.records.states import IDLE, CameraStateName
from streams.wire.shapes import (
    AlertEvent,
    AlertRecord,
    CameraGone,
    CameraRef,
    CameraState,
    ChangeName,
    DrawnVerdict,
    FaceOverlay,
    FrameHeader,
    Hello,
    Pong,
    PresenceEvent,
    PresentRecord,
    SendAck,
    SendWelcome,
    SightingEvent,
    SightingGone,
    SightingRecord,
    StateName,
    VerdictName,
)
from streams.wire.values import delay_ms, finite, iso, stamp

if TYPE_CHECKING:
    from streams.pipeline.messages import Heartbeat, Overlay, TrackedFace
    from streams.records.alert import Alert
    from streams.records.camera import Camera, CameraStatus
    from streams.records.sighting import Sighting


def camera_ref(camera: Camera) -> CameraRef:
    return {"slug": camera.slug, "name": camera.name}


def camera_state(camera: CameraRef, status: CameraStatus | None, now: datetime | None = None) -> CameraState:
    """Builds the state from the row, for greetings and for cameras without a child."""
    now = now or datetime.now(UTC)
    state, reason = (CameraStateName.WAITING.value, "") if status is None else status.state_at(now)
    running = status is not None and state not in IDLE
    return {
        "type": "camera.state",
        "camera": camera,
        "state": cast(StateName, str(state)),
        "reason": str(reason),
        "last_frame_at": iso(status.last_frame_at) if status else None,
        "frame_age_ms": status.frame_age_ms_at(now) if status else None,
        "fps_read": finite(status.fps_read) if status and running else None,
        "fps_analysed": finite(status.fps_analysed) if status and running else None,
        "width_px": status.frame_width_px if status else None,
        "height_px": status.frame_height_px if status else None,
        "at": stamp(now),
    }


def state_of(camera: Camera, now: datetime) -> CameraState:
    """Builds the state like `camera_state`, but shows a switched camera as on or off before a worker has followed."""
    told = camera_state(camera_ref(camera), getattr(camera, "status", None), now)
    state, reason = camera.state_at(now)
    told |= {"state": cast(StateName, str(state)), "reason": str(reason)}
    return told if state not in IDLE else told | {"fps_read": None, "fps_analysed": None}


def camera_heard(camera: CameraRef, heartbeat: Heartbeat) -> CameraState:
    """Builds the state from the child's heartbeat, about every second."""
    return {
        "type": "camera.state",
        "camera": camera,
        "state": cast(StateName, str(heartbeat.state)),
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
    """`snapshot`: the detection that shows the sighting best. Reads no row of those that `with_snapshot` fetches."""
    person = sighting.person
    return {
        "id": str(sighting.id),
        "camera": camera_ref(sighting.camera),
        "verdict": cast(VerdictName, str(sighting.verdict)),
        "person": {"id": str(person.id), "name": person.name} if person else None,
        "stranger": sighting.stranger_name or None,
        "first_seen_at": stamp(sighting.first_seen_at),
        "last_seen_at": stamp(sighting.last_seen_at),
        "ended_at": iso(sighting.ended_at),
        "distance": finite(sighting.distance),
        "match_threshold": float(sighting.match_threshold),
        "review_threshold": float(sighting.review_threshold),
        "margin": finite(sighting.margin),
        "gallery_version": sighting.gallery_version,
        "look_closer": sighting.look_closer,
        "no_face": sighting.is_no_face,
        "edit": sighting.edit_id,
        "edited": sighting.edit.in_words() if sighting.edit else None,
        "snapshot_url": reverse("detection_snapshot", args=[snapshot]) if snapshot else None,
        "url": reverse("sighting", args=[sighting.id]),
        "withheld": sighting.withheld,
        "rounded": sighting.rounded,
    }


def sighting_event(change: ChangeName, record: SightingRecord, captured_at: datetime) -> SightingEvent:
    """Builds the event. Call it after the commit, right before sending, so that `delay_ms` is the viewer's wait."""
    return {
        "type": "sighting",
        "change": change,
        "sighting": record,
        "captured_at": stamp(captured_at),
        "delay_ms": delay_ms(captured_at),
    }


def hello(
    cameras: list[CameraState],
    sightings: list[SightingRecord],
    in_view: list[PresentRecord] | None = None,
    alerts: list[AlertRecord] | None = None,
) -> Hello:
    return {
        "type": "hello",
        "now": stamp(datetime.now(UTC)),
        "cameras": cameras,
        "sightings": sightings,
        "in_view": in_view,
        "alerts": alerts,
    }


def present_record(key: str, records: Sequence[SightingRecord]) -> PresentRecord:
    """`records`: the open sightings of one person or stranger, at least one, the oldest first."""
    newest = records[-1]
    cameras = {record["camera"]["slug"]: record["camera"] for record in records}
    return {
        "key": key,
        "verdict": newest["verdict"],
        "person": newest["person"] if newest["verdict"] != "unknown" else None,
        "stranger": newest["stranger"],
        "cameras": list(cameras.values()),
        "since": records[0]["first_seen_at"],
        "snapshot_url": next((url for record in reversed(records) if (url := record["snapshot_url"])), None),
        "url": newest["url"],
    }


def presence_event(came: list[PresentRecord], left: list[str]) -> PresenceEvent:
    return {"type": "presence", "came": came, "left": left}


def sighting_gone(sighting: str) -> SightingGone:
    return {"type": "sighting.gone", "id": sighting}


def alert_event(alert: Alert, said: str) -> AlertEvent:
    return {"type": "alert", "alert": alert_record(alert, said)}


def alert_record(alert: Alert, said: str) -> AlertRecord:
    """`said`: what it says to whoever reads it. Reads no row if camera, person and stranger are selected."""
    camera = alert.camera
    return {
        "id": str(alert.pk),
        "rule": alert.rule_name,
        "said": said,
        "severity": cast(Any, str(alert.severity)),
        "state": cast(Any, str(alert.state)),
        "camera": camera_ref(camera) if camera else None,
        "raised_at": stamp(alert.raised_at),
        "captured_at": stamp(alert.captured_at),
        "url": reverse("alert", args=[alert.pk]),
    }


def camera_gone(camera: CameraRef) -> CameraGone:
    return {"type": "camera.gone", "camera": camera}


def pong() -> Pong:
    return {"type": "pong", "now": stamp(datetime.now(UTC))}


def send_welcome() -> SendWelcome:
    return {"type": "send.welcome", "width_px": 960, "every_ms": 100}


def send_ack() -> SendAck:
    return {"type": "send.ack"}


def frame_header(slug: str, overlay: Overlay, names: Mapping[str, str]) -> FrameHeader:
    """`names` maps person ids to names; somebody who has left the gallery meanwhile is drawn without a name."""
    return {
        "type": "frame",
        "camera": slug,
        "frame": overlay.frame,
        "captured_at": stamp(overlay.captured_at),
        "delay_ms": delay_ms(overlay.captured_at),
        "width_px": overlay.width_px,
        "height_px": overlay.height_px,
        "old_after_ms": round(overlay.old_after_s * 1000),
        "faces": [face_overlay(face, names) for face in overlay.faces],
    }


def face_overlay(face: TrackedFace, names: Mapping[str, str]) -> FaceOverlay:
    left, top, right, bottom = (int(side) for side in face.box)
    name = names.get(face.person, face.name) if face.person else ""
    person = face.person if name else None
    return {
        "track": face.track,
        "box": (left, top, right, bottom),
        "verdict": _drawn_verdict(face, person),
        "person": {"id": person, "name": name} if person else None,
        "stranger": face.name or None if face.person is None else None,
        "distance": finite(face.distance),
    }


def _drawn_verdict(face: TrackedFace, person: str | None) -> DrawnVerdict:
    if face.verdict is None:
        return "pending"
    if person is None:
        return "unknown"
    return face.verdict.value
