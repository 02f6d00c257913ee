"""Short films for cameras of the running site: who stands where, then an empty hall until it begins again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2

from facesite.lab.demo.cast import ActorPlace, Scene
from facesite.lab.demo.clip import HEIGHT_PX, WIDTH_PX, Film
from facesite.lab.demo.cutouts import Portrait

FPS = 10
STAY_S, EMPTY_S = 4.0, 6.5
"""A sighting ends five seconds after the face was seen last."""
ROUND_MS = round((STAY_S + EMPTY_S) * 1000)


def standing(portrait: Portrait, x: float) -> Scene:
    """Somebody who stands at `x`, in pixels, while anybody is there."""
    return Scene(portrait, (ActorPlace(0, x, 150), ActorPlace(STAY_S, x, 150)))


def write_film(target: Path, portraits: Path, scenes: Sequence[Scene]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    film, size = Film(portraits, scenes), (WIDTH_PX, HEIGHT_PX)
    writer = cv2.VideoWriter(str(target), cv2.VideoWriter.fourcc(*"mp4v"), FPS, size)
    for number in range(round((STAY_S + EMPTY_S) * FPS)):
        writer.write(cv2.cvtColor(film.frame(number / FPS), cv2.COLOR_RGB2BGR))
    writer.release()
