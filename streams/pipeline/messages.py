"""The messages in the pipe between a camera child and its parent: frozen dataclasses of plain values, pickled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from people.recognition.engine.kinds import distances_of
from people.recognition.gallery.gallery import Gallery
from people.recognition.types import FARTHEST, Box, Thresholds, Verdict
from streams.pipeline.clock import LATE_S
from streams.pipeline.reasons import Sentence
from streams.pipeline.sources.transport import Transport
from streams.pipeline.sources.videos import Videos
from streams.pipeline.view import CameraView


@dataclass(frozen=True, slots=True)
class OwnThreshold:
    """A camera's own match distance, and the engine for which it was chosen."""

    match: float
    engine: str
    """Its key; empty: dlib's, which was the only one when cameras did not keep it."""

    def under(self, engine: str) -> float:
        """Returns the distance that is as near or far for another engine: in proportion to both defaults."""
        ours, theirs = distances_of(self.engine).thresholds.match, distances_of(engine).thresholds.match
        return self.match if ours == theirs else min(FARTHEST, round(self.match * theirs / ours, 4))


@dataclass(frozen=True, slots=True)
class CameraConfig:
    """Parent to child, when the child starts. A changed configuration needs a new child."""

    camera_id: int
    slug: str
    source: str = field(repr=False)
    """The resolved source: an absolute path, an address with its user and password, or a device number as text."""
    loop: bool
    analysis_fps: float
    smallest_face_px: int
    own_threshold: OwnThreshold | None
    """None: use the site's, which comes with the gallery."""
    weights_dir: str
    cache_dir: str
    networks: tuple[str, ...] = ()
    """Networks that are not public but to which an address may lead, such as 10.0.0.0/8."""
    videos: Videos = field(default_factory=Videos)
    """Which videos in cloud storage may be played."""
    engine: str = ""
    """Key of the engine to begin with; empty: the one that a new site begins with."""
    liveness_hint: bool = False
    """Whether sightings may hint at pictures held before the camera."""
    has_liveness: bool = False
    """Whether the network for this hint is in `cache_dir`. If it comes or goes, the camera gets a new child."""
    view: CameraView = field(default_factory=CameraView)
    snapshot_seconds: float = 1.0
    """Seconds between two requests, where the source is an address that gives one picture for each."""
    transport: Transport = Transport.AUTOMATIC
    """How the packets of an RTSP server are to travel."""
    down_after_s: float = 0.0
    """Seconds without a picture after which a source that does not come back counts as down; 0: at once."""
    decodes_always: bool = True
    """Whether a live stream is decoded also while nothing moves."""
    keeps_whole_frame: bool = False
    """Whether the whole frame of the look that decided is kept with a sighting."""
    clip_seconds: int = 0
    """Seconds around it that are kept, too; 0: none."""


@dataclass(frozen=True, slots=True)
class UseGallery:
    """Parent to child: decide with this gallery from the next frame on. `names` maps person ids to names to draw.

    If the gallery lies in shared memory, a few bytes go through the pipe (child/orders.py).
    """

    gallery: Gallery
    names: Mapping[str, str]
    thresholds: Thresholds
    """The site's thresholds at the time of the gallery's version."""


@dataclass(frozen=True, slots=True)
class SaidOfFace:
    """What is drawn at the face of one open sighting in place of what the machine says."""

    verdict: Verdict | None
    """None: somebody said that it is no face, and nothing is drawn."""
    person: str | None = None
    name: str = ""
    """Of the person, who need not be in the gallery, or of the stranger: "Stranger 12"."""
    is_said: bool = True
    """False: nobody has said so; an unknown face is known as this stranger, as long as it is unknown."""


@dataclass(frozen=True, slots=True)
class UseSaid:
    """Parent to child: what is said of open sightings, by their ids, from the next frame on; it replaces the last.

    The machine's own verdict, which a sighting reports, stays as it is.
    """

    said: Mapping[UUID, SaidOfFace]


@dataclass(frozen=True, slots=True)
class WatchMode:
    """Parent to child: whether anybody watches. The child makes JPEGs only while somebody does."""

    preview: bool
    annotated: bool
    """Whether somebody watches the JPEG with boxes burnt in, as MJPEG viewers do."""


@dataclass(frozen=True, slots=True)
class SentPicture:
    """Parent to child: the newest JPEG that a browser sent for this camera, not checked yet."""

    jpeg: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stop:
    """Parent to child: close open sightings, report them, and leave."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Child to parent, every second in every state. `state` is one of streams.records.states.CameraStateName."""

    state: str
    reason: str
    sent_at: datetime
    last_frame_at: datetime | None
    frame_age_ms: int | None
    frame_width_px: int | None
    frame_height_px: int | None
    fps_read: float
    fps_analysed: float
    frames_dropped: int
    overlays_dropped: int
    gallery_version: int
    frames_read: int = 0
    """These four and the three dropped counts run from the start of the child."""
    frames_analysed: int = 0
    encodings_made: int = 0
    packets_lost: int = 0
    footage_dropped: int = 0


@dataclass(frozen=True, slots=True)
class GaveUp:
    """Child to parent, its last message: it cannot work at all, for this reason."""

    reason: Sentence


@dataclass(frozen=True, slots=True)
class TrackedFace:
    """One face to draw; `verdict` is None until it is decided."""

    track: int
    box: Box
    verdict: Verdict | None
    person: str | None
    distance: float | None
    name: str = ""
    """Of a person whom the gallery need not have, or of a stranger without `person`: "Stranger 12"."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Child to parent, for every analysed frame; holds pictures while somebody watches. May be dropped."""

    frame: int
    captured_at: datetime
    width_px: int
    height_px: int
    faces: tuple[TrackedFace, ...]
    preview: bytes | None
    """JPEG of this frame, at most 960 px wide."""
    annotated: bytes | None
    old_after_s: float = LATE_S
    """The same as Frame.old_after_s."""


@dataclass(frozen=True, slots=True)
class NewDetection:
    """One face at one moment; the worker stores it as a Detection row."""

    id: UUID
    captured_at: datetime
    box: Box
    frame_width_px: int
    frame_height_px: int
    score: float
    quality: float
    verdict: Verdict
    person: str | None
    distance: float | None
    margin: float | None
    gallery_version: int
    snapshot: bytes
    """JPEG of the face with its surroundings."""


@dataclass(frozen=True, slots=True)
class MeanEncoding:
    """The mean of a sighting's encodings, by which a search finds the sighting later. Biometric data."""

    engine: str
    vector: bytes = field(repr=False)
    """(width,) float32 of unit length, as `tobytes()` writes them on this machine."""
    quality: float
    """Quality of the sighting's best encoded face, 0 to 1."""


@dataclass(frozen=True, slots=True)
class SightingChange:
    """Child to parent, never dropped: the whole state of one sighting, so that the newest message is enough.

    `id` stays the same through the sighting's life. `ended` is True in its last message.
    """

    id: UUID
    captured_at: datetime
    """Capture time of the frame that caused this change."""
    first_seen_at: datetime
    last_seen_at: datetime
    ended: bool
    verdict: Verdict
    person: str | None
    distance: float | None
    margin: float | None
    thresholds: Thresholds
    votes: int
    encodings: int
    gallery_version: int
    detections: tuple[NewDetection, ...]
    """Detections since the last change; at most a few per sighting."""
    encoding: MeanEncoding | None = None
    """Sent with new detections and at the end; None: nothing new, or no face good enough to tell people apart."""
    look_closer: bool = False
    """Whether the face may be a picture held before the camera. It has no part in the verdict."""
    liveness: float | None = None
    """What this hint rests on, 0 (a held picture) to 1 (alive); None: not looked at often enough."""
    refused_by: int | None = None
    """The counter-example without which it would name or suggest somebody else."""


class FootageKind(StrEnum):
    FRAME = "frame"
    CLIP = "clip"


@dataclass(frozen=True, slots=True)
class Footage:
    """Child to parent, some seconds after the look that decided: what else is kept of it. May be dropped."""

    sighting: UUID
    detection: UUID
    """The look, which was told before."""
    kind: FootageKind
    content: bytes = field(repr=False)
    """JPEG of the whole frame, or the clip as WebM."""


ToChild = UseGallery | UseSaid | WatchMode | SentPicture | Stop
ToParent = Heartbeat | Overlay | SightingChange | Footage
FromChild = ToParent | GaveUp
