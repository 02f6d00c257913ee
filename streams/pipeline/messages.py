"""What crosses the pipe between a camera child and its parent. Frozen dataclasses of plain values, pickled."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Box, Thresholds, Verdict
from streams.pipeline.clock import LATE_S
from streams.pipeline.reasons import Sentence
from streams.pipeline.sources.videos import Videos


@dataclass(frozen=True, slots=True)
class CameraConfig:
    """Parent to child, at its start. A change of it is a new child."""

    camera_id: int
    slug: str
    source: str = field(repr=False)
    """Resolved: an absolute path, an address with user and password in it, or a device number as text."""
    loop: bool
    analysis_fps: float
    smallest_face_px: int
    match_threshold: float | None
    """The camera's own match distance; None: the site's, which comes with the gallery."""
    weights_dir: str
    cache_dir: str
    networks: tuple[str, ...] = ()
    """Networks that are not public and where an address may lead all the same, as 10.0.0.0/8."""
    videos: Videos = field(default_factory=Videos)
    """Which videos in cloud storage may be played."""


@dataclass(frozen=True, slots=True)
class UseGallery:
    """Parent to child: decide with this gallery from the next frame on. `names` by person id, for drawing."""

    gallery: Gallery
    names: dict[str, str]
    thresholds: Thresholds = field(default_factory=Thresholds)
    """The site's, as they stood with the gallery's version."""


@dataclass(frozen=True, slots=True)
class WatchMode:
    """Parent to child: whether anybody looks. Pictures are encoded only while somebody does."""

    preview: bool
    annotated: bool
    """The JPEG with boxes burnt in, for MJPEG viewers."""


@dataclass(frozen=True, slots=True)
class SentPicture:
    """Parent to child: the newest JPEG that a browser sent for this camera. As it came: not looked at yet."""

    jpeg: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stop:
    """Parent to child: close open sightings, say so, and leave."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Child to parent, every second whatever happens. `state` as in streams.records.states.CameraStateName."""

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
    """These three, as those dropped: since the child's start."""
    frames_analysed: int = 0
    encodings_made: int = 0


@dataclass(frozen=True, slots=True)
class GaveUp:
    """Child to parent, its last word: it cannot work at all, and why."""

    reason: Sentence


@dataclass(frozen=True, slots=True)
class TrackedFace:
    """One face as drawn: `verdict` None until decided."""

    track: int
    box: Box
    verdict: Verdict | None
    person: str | None
    distance: float | None


@dataclass(frozen=True, slots=True)
class Overlay:
    """Child to parent, for every analysed frame; with pictures while watched. May be dropped."""

    frame: int
    captured_at: datetime
    width_px: int
    height_px: int
    faces: tuple[TrackedFace, ...]
    preview: bytes | None
    """JPEG of the very frame, at most 960 px wide."""
    annotated: bytes | None
    old_after_s: float = LATE_S
    """As Frame.old_after_s."""


@dataclass(frozen=True, slots=True)
class NewDetection:
    """One face at one moment, kept as a Detection row."""

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
    """JPEG of the face with surroundings."""


@dataclass(frozen=True, slots=True)
class MeanEncoding:
    """What a sighting can be found by later: the mean of its encodings. Biometric data."""

    engine: str
    vector: bytes = field(repr=False)
    """128 float32 of unit length, as `tobytes()` of this machine gives them."""
    quality: float
    """Of the sighting's best picture, 0 to 1."""


@dataclass(frozen=True, slots=True)
class SightingChange:
    """Child to parent, never dropped: the whole state of one sighting, so that the last one heard is the truth.

    The same `id` through the sighting's life. `ended` at its end.
    """

    id: UUID
    captured_at: datetime
    """Of the frame that caused this change."""
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
    """New since the last change; at most a few per sighting."""
    encoding: MeanEncoding | None = None
    """Said with new detections and at the end; None: nothing new, or no picture good enough to tell people apart."""


ToChild = UseGallery | WatchMode | SentPicture | Stop
ToParent = Heartbeat | Overlay | SightingChange
FromChild = ToParent | GaveUp
