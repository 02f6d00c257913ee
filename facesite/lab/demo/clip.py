"""Makes the demo camera's clip: people of the portraits come into an entrance hall, stop, come near, and leave."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from facesite.lab.demo.cast import SCENES, SECONDS, ActorPlace, Scene
from facesite.lab.demo.cutouts import Cutout, Picture, cut_out
from facesite.lab.demo.hall import EYE_LEVEL_PX, HEIGHT_PX, WIDTH_PX, counter, hall
from facesite.lab.errors import ClipNotMade

FPS = 15
FRAMES = round(SECONDS * FPS)
FACE_PX = 200.0
"""Width of the nearest face."""
STEPS_PER_S = 1.9
NOISE = 3
"""Mean of the sensor noise in grey levels; the standard deviation is 2."""
Progress = Callable[[float], None]


def make_clip(portraits: Path, target: Path, progress: Progress = lambda _: None) -> None:
    """Writes 40 s of 1280×720 at 15 fps to `target` (.mp4); calls `progress` with 0 to 1.

    The file appears whole or not at all. Raises ClipNotMade, or OSError if a portrait is missing.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.unfinished.mp4")
    writer = cv2.VideoWriter(str(unfinished), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH_PX, HEIGHT_PX))
    try:
        if not writer.isOpened():
            raise ClipNotMade("OpenCV cannot write MPEG-4 here")
        for done, picture in enumerate(_pictures(Film(portraits)), 1):
            writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
            progress(done / FRAMES)
        writer.release()
        unfinished.replace(target)
    finally:
        writer.release()
        unfinished.unlink(missing_ok=True)


def _pictures(film: Film) -> Iterator[Picture]:
    """Yields all frames in order, drawn by two threads (OpenCV frees the GIL), a second at a time to bound memory."""
    with ThreadPoolExecutor(2) as pool:
        for second in range(0, FRAMES, FPS):
            yield from pool.map(film.frame, [number / FPS for number in range(second, second + FPS)])


class Film:
    def __init__(self, portraits: Path, scenes: Sequence[Scene] = SCENES) -> None:
        self._hall, self._scenes = hall(), scenes
        self._counter, self._counter_px = counter()
        once = {scene.portrait.file: scene.portrait for scene in scenes}
        self._cutouts = {name: cut_out(portrait, portraits, FACE_PX) for name, portrait in once.items()}
        self._noise = _noise()
        self._noise_mean = np.full_like(self._hall, NOISE)

    def frame(self, now_s: float) -> Picture:
        """Draws the frame at this time, with a sensor's noise: (720, 1280, 3) RGB."""
        return self._grained(self.drawn(now_s), now_s)

    def drawn(self, now_s: float) -> Picture:
        """The same without noise."""
        picture = self._hall.copy()
        for scene, mark in self._on_stage(now_s):
            _put(picture, self._cutouts[scene.portrait.file], _walking(mark), light=_light_at(mark.x))
        picture[self._counter_px :] = self._counter
        return picture

    def _on_stage(self, now_s: float) -> list[tuple[Scene, ActorPlace]]:
        """Returns the scenes with somebody in them, farthest first, because nearer people cover farther ones."""
        present = [(scene, mark) for scene in self._scenes if (mark := scene.at(now_s))]
        return sorted(present, key=lambda pair: pair[1].face_px)

    def _grained(self, picture: Picture, now_s: float) -> Picture:
        shift = int(now_s * FPS * 7919) % 64  # another part of the noise for each frame
        part = self._noise[shift : shift + HEIGHT_PX, shift : shift + WIDTH_PX]
        return np.asarray(cv2.subtract(cv2.add(picture, part), self._noise_mean), np.uint8)


def _walking(mark: ActorPlace) -> ActorPlace:
    """Adds the sway of walking, which for people who stand looks like breathing."""
    phase = 2 * math.pi * STEPS_PER_S * mark.at_s
    sway = 0.02 * mark.face_px * math.sin(phase / 4)
    return ActorPlace(mark.at_s, mark.x + sway, mark.face_px * (1 + 0.004 * math.sin(phase / 2)))


def _light_at(x: float) -> float:
    """Returns the brightness at `x`: brighter near the window on the left."""
    return 1.06 - 0.14 * min(1.0, max(0.0, x / WIDTH_PX))


def _put(picture: Picture, cutout: Cutout, mark: ActorPlace, light: float) -> None:
    """Draws the cut-out into `picture`, with its face at the mark and at eye level."""
    scale = mark.face_px / cutout.face_px
    x, y = cutout.face
    phase = 2 * math.pi * STEPS_PER_S * mark.at_s
    bob = 0.022 * mark.face_px * abs(math.sin(phase / 2))
    left, top = mark.x - scale * x, EYE_LEVEL_PX - scale * y - bob
    height, width = cutout.alpha.shape
    x0, x1 = max(0, math.floor(left)), min(WIDTH_PX, math.ceil(left + scale * width))
    y0, y1 = max(0, math.floor(top)), min(HEIGHT_PX, math.ceil(top + scale * height))
    if x1 <= x0 or y1 <= y0:
        return
    lean = 0.012 * math.sin(phase / 4)
    move = np.array([[scale, -lean * scale, left - x0], [lean * scale, scale, top - y0]])
    turned = move[:, :2] @ np.array([x, y]) - np.array([scale * x, scale * y])
    move[:, 2] -= turned  # lean about the face, so that it stays on its mark
    size = x1 - x0, y1 - y0
    person = cv2.convertScaleAbs(cv2.warpAffine(cutout.colours, move, size), alpha=light)
    free = cv2.cvtColor(255 - cv2.warpAffine(cutout.alpha, move, size), cv2.COLOR_GRAY2RGB)
    part = picture[y0:y1, x0:x1]
    picture[y0:y1, x0:x1] = cv2.add(cv2.multiply(part, free, scale=1 / 255), person)


def _noise() -> Picture:
    """Returns noise (784, 1344, 3) to be added; its mean is subtracted again."""
    numbers = np.random.default_rng(1).normal(NOISE, 2.0, (HEIGHT_PX + 64, WIDTH_PX + 64, 3))
    return numbers.clip(0, 12).astype(np.uint8)
