"""Compares the camera pipeline with the usual loop: HOG on every second frame, all faces encoded, nearest within 0.6.

Both get the same frames of a clip, every second one, and the same photos as their gallery. Times are processor time,
without decoding, which is the same for both.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.engine import Engine
from people.recognition.engine.mmod import resized
from people.recognition.evaluation import reference
from people.recognition.gallery.gallery import Gallery
from people.recognition.pictures.images import decode
from people.recognition.reading.photo import read_photo
from people.recognition.types import Image
from streams.pipeline.analysis.analysis import Analysis
from streams.pipeline.frames import Frame
from streams.pipeline.messages import UseGallery
from streams.pipeline.replay.replaying import BEGIN

SECONDS = 10.0
"""Taken from the middle of the clip, because the usual loop takes about four minutes for the whole demo clip."""
EVERY = 2
MAX_BYTES = 50_000_000
WITHIN = 0.6


@dataclass(frozen=True, slots=True)
class PictureSize:
    """One picture size, at which both sides find faces of about the same smallest width."""

    name: str
    scale: float
    smallest_px: int
    upsample: int


SIZES = (PictureSize("full", 1.0, 80, 0), PictureSize("quarter", 0.25, 40, 1))
"""HOG finds faces from 80 px, or from 40 px in a picture enlarged once, so the usual loop has no work that ours has
not."""


@dataclass(frozen=True, slots=True)
class Loop:
    """Means over the analysed frames of one size; faces are the sum over all frames."""

    frames: int
    ours_ms: float
    reference_ms: float
    ratio: float
    faces: int
    """Faces that ours shows: found in the frame, or known to be still there."""
    reference_faces: int


def compare_loops(clip: Path, pictures: Sequence[Path], cache_dir: Path) -> dict[str, Any]:
    """Returns `loop_ratio` and `loop_faces_ratio` at full size, and all figures of both sizes. Raises ValueError."""
    engine = Engine.load(cache_dir)
    loops = {size.name: _loop(engine, clip, pictures, size) for size in SIZES}
    full = loops["full"]
    return {
        "loop_ratio": full.ratio,
        "loop_faces_ratio": round(full.faces / max(1, full.reference_faces), 3),
        "loops": {name: asdict(loop) for name, loop in loops.items()},
    }


def _loop(engine: Engine, clip: Path, pictures: Sequence[Path], size: PictureSize) -> Loop:
    both: tuple[_Way, ...] = _Ours(engine, pictures, size), _Usual(pictures, size)
    spent, faces, frames = np.zeros(2), np.zeros(2, int), 0
    for image, at_s in _frames(clip):
        small = resized(image, size.scale) if size.scale != 1 else image
        for number, loop in enumerate(both):
            began = time.process_time()
            faces[number] += loop.faces(small, at_s)
            spent[number] += time.process_time() - began
        frames += 1
    if not frames:
        raise ValueError(f"expected a clip with frames, {clip.name} has none")
    ours_ms, theirs_ms = (round(1000 * float(seconds) / frames, 2) for seconds in spent)
    return Loop(frames, ours_ms, theirs_ms, round(theirs_ms / ours_ms, 2), int(faces[0]), int(faces[1]))


class _Way(Protocol):
    def faces(self, image: Image, at_s: float) -> int:
        """Returns how many faces are shown in this frame."""
        ...


class _Ours:
    def __init__(self, engine: Engine, pictures: Sequence[Path], size: PictureSize) -> None:
        self._analysis = Analysis(engine, None, size.smallest_px)
        self._analysis.use(UseGallery(gallery_of(engine, pictures), {}, engine.distances.thresholds), BEGIN)
        self._number = 0

    def faces(self, image: Image, at_s: float) -> int:
        self._number += 1
        _changes, overlay = self._analysis.frame(Frame(self._number, image, BEGIN + timedelta(seconds=at_s), at_s))
        return len(overlay.faces)


class _Usual:
    def __init__(self, pictures: Sequence[Path], size: PictureSize) -> None:
        self._upsample = size.upsample
        known = [self._encodings(decode(path.read_bytes(), max_bytes=MAX_BYTES)) for path in pictures]
        self._known = np.concatenate([encodings for encodings in known if len(encodings)])

    def faces(self, image: Image, at_s: float) -> int:
        encodings = self._encodings(image)
        named = [bool((np.linalg.norm(self._known - encoding, axis=1) <= WITHIN).any()) for encoding in encodings]
        return len(named)

    def _encodings(self, image: Image) -> NDArray[np.float64]:
        return reference.face_encodings(image, reference.detect_hog(image, self._upsample))


def gallery_of(engine: Engine, pictures: Sequence[Path]) -> Gallery:
    """Makes a gallery of people named by their files: obama.jpg and obama2.jpg show one person.

    Pictures that cannot be used are left out.
    """
    usable = []
    for path in pictures:
        reading = read_photo(engine, path.read_bytes(), chosen_box=None, max_bytes=MAX_BYTES)
        if reading.vector is not None:
            usable.append((path.stem.rstrip("0123456789"), reading.vector))
    return Gallery.of_encodings(1, engine.key, usable)


def _frames(clip: Path) -> Iterator[tuple[Image, float]]:
    """Yields every second frame of SECONDS in the middle of the clip, and its time."""
    video = cv2.VideoCapture(str(clip), cv2.CAP_FFMPEG)
    fps, total = video.get(cv2.CAP_PROP_FPS) or 25.0, int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    first = max(0, int((total - SECONDS * fps) / 2))
    try:
        for number in range(min(total, first + int(SECONDS * fps))):
            if not video.grab():
                return
            if number >= first and (number - first) % EVERY == 0:
                read, frame = video.retrieve()
                if read:
                    yield np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB), np.uint8), number / fps
    finally:
        video.release()
