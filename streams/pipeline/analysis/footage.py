"""What is kept of a sighting beside its faces: the whole frame of the look that decided, and a clip around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from streams.pipeline.analysis.clip_ring import ClipPicture, ClipRing
from streams.pipeline.analysis.open_sighting import EncodedFace
from streams.pipeline.analysis.pictures import whole_frame
from streams.pipeline.frames import Frame
from streams.pipeline.messages import Footage, FootageKind

SETTLES_S = 3.0
"""A look counts as the one that decided when it is so old and no other has taken its place: better looks come within
the first seconds, and each frame that is stored and replaced costs an upload."""
FEWEST_PICTURES = 3
"""Fewer are no clip."""
SLACK_S = 2.0
"""A look is told some time after its frame came, so the ring of pictures goes back a little farther than clips do."""


@dataclass(frozen=True, slots=True)
class DecidingLook:
    """The look that stands below a sighting's headline now."""

    sighting: UUID
    detection: UUID
    taken_s: float
    whole: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClipOrder:
    """A clip to encode, of these pictures."""

    sighting: UUID
    detection: UUID
    pictures: tuple[ClipPicture, ...] = field(repr=False)


class FootageWatch:
    """Waits for each sighting until its look has settled, and then says what to keep of it, once."""

    def __init__(self, *, keeps_frames: bool = False, clip_s: float = 0) -> None:
        """`clip_s`: how many seconds a clip takes, half of them after the look; 0: the camera keeps none."""
        self._keeps_frames, self._half_s = keeps_frames, clip_s / 2
        self._settles_s = max(SETTLES_S, self._half_s)
        self._ring = ClipRing(self._half_s + self._settles_s + SLACK_S) if clip_s else None
        self._looks: dict[UUID, DecidingLook] = {}

    def see(self, frame: Frame) -> None:
        """Takes every frame that is analysed."""
        if self._ring:
            self._ring.add(frame)

    def whole(self, frame: Frame) -> bytes:
        """Returns the JPEG of a frame in which faces were encoded, or nothing if the camera keeps none."""
        return whole_frame(frame.image) if self._keeps_frames else b""

    def decided(self, sighting: UUID, detection: UUID, face: EncodedFace) -> None:
        """Takes a look that is told now: it replaces the one before, if that was not kept yet."""
        if face.whole or self._ring:
            self._looks[sighting] = DecidingLook(sighting, detection, face.taken_s, face.whole)

    def due(self, now_s: float) -> Iterator[Footage | ClipOrder]:
        """Yields the frames of the looks that have settled by `now_s`, and the clips to make around them."""
        for look in [look for look in self._looks.values() if now_s - look.taken_s >= self._settles_s]:
            del self._looks[look.sighting]
            if look.whole:
                yield Footage(look.sighting, look.detection, FootageKind.FRAME, look.whole)
            if len(pictures := self._around(look)) >= FEWEST_PICTURES:
                yield ClipOrder(look.sighting, look.detection, pictures)

    def _around(self, look: DecidingLook) -> tuple[ClipPicture, ...]:
        if self._ring is None:
            return ()
        return self._ring.between(look.taken_s - self._half_s, look.taken_s + self._half_s)
