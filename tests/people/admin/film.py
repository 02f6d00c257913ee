"""A film for Chromium's fake camera: somebody of the demo who turns the head, as warped portraits show it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from django.conf import settings

from people.recognition.engine.engine import Engine
from people.recognition.pictures.images import decode
from people.recognition.reading.head_pose import NOSE_AHEAD
from people.recognition.types import Image

FACE_PX = 170
WIDTH, HEIGHT = 640, 480
SECONDS_EACH, FRAMES_A_SECOND = 2, 30


def make_film(path: Path, portraits: Path) -> Path:
    """Writes Motion JPEG: straight, left, right, chin up, chin down, other light, two seconds each."""
    engine = Engine.load(Path(settings.MODEL_CACHE))
    straight = framed(engine, portraits / "obama.jpg")
    views = [
        straight,
        turned(engine, straight, yaw=40),
        framed(engine, portraits / "obama2.jpg"),  # looks to his right already
        turned(engine, straight, pitch=16),
        turned(engine, straight, pitch=-16),
        _lit_from_one_side(straight),
    ]
    with path.open("wb") as file:
        for view in views:
            jpeg = cv2.imencode(".jpg", view[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()
            file.write(jpeg * (SECONDS_EACH * FRAMES_A_SECOND))
    return path


def turned(engine: Engine, image: Image, *, yaw: float = 0, pitch: float = 0) -> Image:
    """Moves the nose as a turned head does, so many degrees, and leaves the eyes; the points follow it half way."""
    points = engine.detect(image, 80)[0].landmarks
    apart = float(np.hypot(*(points[0:2].mean(axis=0) - points[2:4].mean(axis=0))))
    rows, columns = np.mgrid[0 : image.shape[0], 0 : image.shape[1]].astype(np.float32)
    away = ((columns - points[4][0]) ** 2 + (rows - points[4][1]) ** 2) / (2 * (0.42 * apart) ** 2)
    aside, up = (np.exp(-away) * apart * NOSE_AHEAD * np.tan(np.radians(angle)) for angle in (yaw, pitch))
    maps = (columns - aside).astype(np.float32), (rows + up).astype(np.float32)
    return np.ascontiguousarray(cv2.remap(image, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _lit_from_one_side(image: Image) -> Image:
    shade = np.clip(np.linspace(-0.4, 1.9, image.shape[1]), 0.35, 1.1)[None, :, None]
    return np.clip(image * shade, 0, 255).astype(np.uint8)


def framed(engine: Engine, path: Path) -> Image:
    """Returns the portrait as a camera sees it: (480, 640, 3), the face 170 px wide and in the middle."""
    image = decode(path.read_bytes(), max_bytes=15_000_000)
    box = engine.detect(image, 80)[0].box
    scale, (x, y) = FACE_PX / box.width, box.centre
    move = np.array([[scale, 0, WIDTH / 2 - scale * x], [0, scale, HEIGHT / 2 - scale * y]], np.float32)
    shrunk = cv2.warpAffine(image, move, (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(shrunk)
