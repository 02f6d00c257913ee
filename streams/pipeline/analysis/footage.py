"""What is kept of a sighting beside its faces: the whole frame of the look that decided."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from streams.pipeline.analysis.open_sighting import EncodedFace
from streams.pipeline.analysis.pictures import whole_frame
from streams.pipeline.frames import Frame
from streams.pipeline.messages import Footage, FootageKind

SETTLES_S = 3.0
"""A look counts as the one that decided when it is so old and no other has taken its place: better looks come within
the first seconds, and each frame that is stored and replaced costs an upload."""


@dataclass(frozen=True, slots=True)
class DecidingLook:
    """The look that stands below a sighting's headline now."""

    sighting: UUID
    detection: UUID
    taken_s: float
    whole: bytes


class FootageWatch:
    """Waits for each sighting until its look has settled, and then says what to keep of it, once."""

    def __init__(self, *, keeps_frames: bool = False) -> None:
        self._keeps_frames = keeps_frames
        self._looks: dict[UUID, DecidingLook] = {}

    def whole(self, frame: Frame) -> bytes:
        """Returns the JPEG of a frame in which faces were encoded, or nothing if the camera keeps none."""
        return whole_frame(frame.image) if self._keeps_frames else b""

    def decided(self, sighting: UUID, detection: UUID, face: EncodedFace) -> None:
        """Takes a look that is told now: it replaces the one before, if that was not kept yet."""
        if face.whole:
            self._looks[sighting] = DecidingLook(sighting, detection, face.taken_s, face.whole)

    def due(self, now_s: float) -> list[Footage]:
        """Returns the frames of the looks that have settled by `now_s`."""
        settled = [look for look in self._looks.values() if now_s - look.taken_s >= SETTLES_S]
        for look in settled:
            del self._looks[look.sighting]
        return [Footage(look.sighting, look.detection, FootageKind.FRAME, look.whole) for look in settled]
