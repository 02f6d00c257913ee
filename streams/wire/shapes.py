"""The shape of every message that crosses a websocket; only builders.py builds them, from plain JSON values.

Sockets (both require a logged-in user with the right `streams.view_camera`, checked before the connection is
accepted and again when streams/live/guard.py sees rights change, and an Origin of this site):

    /ws/dashboard/         all cameras that the user may see
    /ws/cameras/<slug>/    one camera

A third one takes pictures from a browser (`streams.send_to_camera` or `streams.change_camera`; close code 4409:
another browser sends to this camera). It sends SendWelcome, then SendAck for each picture, and accepts only JPEGs:

    /ws/cameras/<slug>/send/

Close codes: 4401 nobody is logged in (any more), 4403 the user lacks the right, 4404 there is no such camera, 4400 the
message is none of those below, 4429 there were too many messages, or more than 20 sockets of one user. A browser sees
the code only of a socket that was open; one that was never accepted ends with 1006.

From the server, text: Hello, CameraState, SightingEvent, SightingGone, PresenceEvent, AlertEvent, CameraGone; a second
Hello replaces everything sent before. From the server, binary: a frame, made of the length of its JSON header (4 bytes,
big-endian), the header (FrameHeader) in UTF-8, and the JPEG that the header describes.
From the browser, text of at most 16 KB: Watch, Ack, Ping. The server sends a camera's next frame only after the
browser acknowledged the last one, and then the newest: frames never queue.

`delay_ms` in headers is the time from capture until the server built this message. Times are ISO 8601 UTC.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

VerdictName = Literal["match", "review", "unknown"]
ChangeName = Literal["started", "updated", "ended", "corrected"]
"""corrected: somebody said who it is, or it is a stranger's by now; sent only for sightings that the page shows."""
StateName = Literal["off", "asleep", "waiting", "connecting", "live", "stalled", "down", "ended"]


class PersonRef(TypedDict):
    id: str
    name: str


class CameraRef(TypedDict):
    slug: str
    name: str


class CameraState(TypedDict):
    """The state of a camera now; sent about every second while it runs, and at each change."""

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
    """When the state was reported: a page marks the camera as silent if none came for 5 s."""


class SightingRecord(TypedDict):
    """One sighting as lists and sockets show it."""

    id: str
    camera: CameraRef
    verdict: VerdictName
    person: PersonRef | None
    """Who it is (match) or may be (review); None for unknown."""
    stranger: str | None
    """“Stranger 12”, for an unknown face that is known as one."""
    first_seen_at: str
    last_seen_at: str
    ended_at: str | None
    distance: float | None
    match_threshold: float
    review_threshold: float
    margin: float | None
    gallery_version: int
    look_closer: bool
    """True if the face may be a picture held before the camera. It has no part in the verdict."""
    no_face: bool
    """True if somebody said that it shows no face."""
    edit: int | None
    """The newest edit of it; a correction names it, so that nobody overwrites what another has just said."""
    edited: str | None
    """"corrected by Ann": who said what stands here; None while it is the machine's word."""
    snapshot_url: str | None
    url: str
    withheld: bool
    """True if the viewer may not know with whom the face was compared; distance and margin are None then."""
    rounded: bool
    """True if the distance is only the limit that it is within: match, review or 2. The margin is None then."""


class SightingEvent(TypedDict):
    type: Literal["sighting"]
    change: ChangeName
    sighting: SightingRecord
    captured_at: str
    """Capture time of the frame that caused this event."""
    delay_ms: int
    """From captured_at until the row was committed and this event was sent."""


class SightingGone(TypedDict):
    """The viewer may not see this sighting any more: it was decided for somebody beyond the viewer's limits."""

    type: Literal["sighting.gone"]
    id: str


class PresentRecord(TypedDict):
    """Somebody who is in view now: one entry for each person and stranger, however many cameras see them."""

    key: str
    """Who it is, as long as they are in view: a later message with the same key replaces the entry."""
    verdict: VerdictName
    person: PersonRef | None
    stranger: str | None
    cameras: list[CameraRef]
    """The cameras that see them, the one that has longest first."""
    since: str
    """Since when they are in view without a break."""
    snapshot_url: str | None
    url: str
    """The page of the sighting that began last."""


class PresenceEvent(TypedDict):
    """Who is in view has changed. Sent only then, and only to users with the right `streams.view_presence`."""

    type: Literal["presence"]
    came: list[PresentRecord]
    """Who came into view, or is seen otherwise than before: named by now, by another camera, with a picture."""
    left: list[str]
    """Keys of those who are out of view."""


class Hello(TypedDict):
    """The first message of every socket, sent again when its user may see less than before."""

    type: Literal["hello"]
    now: str
    cameras: list[CameraState]
    sightings: list[SightingRecord]
    """Newest first, at most 30."""
    in_view: list[PresentRecord] | None
    """Everybody who is in view, longest first; None for users without the right `streams.view_presence`."""
    alerts: list[AlertRecord] | None
    """The newest alerts that nobody works off, newest first, at most 4: whoever comes back sees here which were raised
    or worked off meanwhile. None for users without the right `streams.view_alert`."""


class AlertRecord(TypedDict):
    """One alert as banners show it."""

    id: str
    rule: str
    said: str
    """What it says, in one line."""
    severity: Literal["info", "warning", "alarm"]
    state: Literal["new", "acknowledged", "second", "closed"]
    camera: CameraRef | None
    raised_at: str
    captured_at: str
    url: str


class AlertEvent(TypedDict):
    """An alert was raised, or somebody has acknowledged, decided or closed it."""

    type: Literal["alert"]
    alert: AlertRecord


class CameraGone(TypedDict):
    """The camera was deleted, or the user may not see it any more."""

    type: Literal["camera.gone"]
    camera: CameraRef


DrawnVerdict = Literal["match", "review", "unknown", "pending", "withheld"]
"""pending: seen, but not decided yet. withheld: somebody beyond the viewer's limits."""


class FaceOverlay(TypedDict):
    track: int
    box: tuple[int, int, int, int]
    """left, top, right, bottom in pixels of the analysed frame (width_px × height_px of the header)."""
    verdict: DrawnVerdict
    person: PersonRef | None
    stranger: str | None
    """“Stranger 12”, for an unknown face that is known as one."""
    distance: float | None
    """None if nobody is enrolled, if somebody said who it is, and for viewers without exact distances."""


class FrameHeader(TypedDict):
    """Describes the JPEG that follows it. The boxes belong to exactly this frame."""

    type: Literal["frame"]
    camera: str
    frame: int
    captured_at: str
    delay_ms: int
    width_px: int
    height_px: int
    old_after_ms: int
    """Age from which the frame must not be shown as live, because the camera's next one is overdue."""
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
    """The server awaits pictures: JPEGs at most `width_px` wide, at most one every `every_ms`."""

    type: Literal["send.welcome"]
    width_px: int
    every_ms: int


class SendAck(TypedDict):
    """The last picture has arrived; the next may come."""

    type: Literal["send.ack"]


FromServer = Hello | CameraState | SightingEvent | SightingGone | PresenceEvent | AlertEvent | CameraGone | Pong
"""What a page that watches hears as text."""
FromBrowser = Watch | Ack | Ping
"""What a page that watches says."""
ToSender = SendWelcome | SendAck
"""What a page that sends its camera's pictures hears."""
