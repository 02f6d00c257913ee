"""Every message that crosses a websocket, in one place; built in builders.py alone, from plain JSON values.

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

from typing import Literal, NotRequired, TypedDict

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
    """One sighting as lists and sockets show it."""

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
    old_after_ms: int
    """Age of the capture from which the picture must not pass for live: the camera's next one is overdue then."""
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


FromServer = Hello | CameraState | SightingEvent | SightingGone | CameraGone | Pong
"""What a page that watches hears as text."""
FromBrowser = Watch | Ack | Ping
"""What a page that watches says."""
ToSender = SendWelcome | SendAck
"""What a page that sends its camera's pictures hears."""
