"""Draws photos as a camera sees them on a screen: stripes of red, green and blue, turned, blurred and pressed as JPEG.

Drawn, not taken: the project has no photos of screens. Real ones also shine, and cameras differ in how they sharpen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from people.recognition.pictures.images import decode, jpeg
from people.recognition.types import Box, Image

FINER = 3
"""Samples of the screen per pixel of the camera, across and down."""
FACE_PX = 110
"""Width of the face on the screen, in the screen's pixels."""
AROUND = 0.9
"""How much the camera sees beside the face on each side, in widths of the face; as far as the photo reaches."""
DARK_ROWS, BETWEEN = 0.18, 0.25
"""Share of each row of the screen that is dark, and how bright it and the other two colours' stripes are."""
QUALITY, MAX_BYTES = 85, 100_000_000
BLURS = (0.0, 0.2, 0.3, 0.4, 0.6)
"""Pixels of the screen; a phone's lens spreads a point over 0.5 to 0.7 of its own."""
PITCHES, ANGLES, LEANS = (1.0, 2.5), (1.0, 12.0), (0.0, 0.08)


@dataclass(frozen=True, slots=True)
class Recapture:
    """How a screen is photographed."""

    pitch: float
    """Pixels of the camera per pixel of the screen."""
    angle: float
    """Degrees."""
    lean: float
    """How much shorter the far side of the screen looks, as a share."""
    blur: float
    """Standard deviation, in pixels of the screen."""
    mosaic: bool = False
    """Whether each pixel of the camera sees one colour, the others being guessed from its neighbours."""


def recaptures_of(image: Image, face: Box, seed: int) -> Iterator[tuple[str, Image]]:
    """Yields a name and a picture for each of BLURS, from another place each time; one seed gives the same ones."""
    chance = np.random.default_rng(seed)
    for blur in BLURS:
        angle = chance.uniform(*ANGLES) * chance.choice([-1, 1])
        taken = Recapture(chance.uniform(*PITCHES), angle, chance.uniform(*LEANS), blur, bool(chance.integers(2)))
        yield f"blur of {blur:.1f} px", on_screen(image, face, taken)


def on_screen(image: Image, face: Box, taken: Recapture) -> Image:
    """Returns the photo around `face`, photographed from a screen."""
    shown = _shown(image, face)
    height, width = shown.shape[:2]
    size = round(width * taken.pitch), round(height * taken.pitch)
    u, v = _places(size, (width, height), taken)
    spread = cv2.GaussianBlur(_lit(shown, u, v), (0, 0), max(0.3, taken.blur * taken.pitch * FINER))
    seen = np.asarray(cv2.resize(spread, size, interpolation=cv2.INTER_AREA), np.float64)
    grains = np.random.default_rng(3).normal(0, 1.5, seen.shape)
    exposed = seen / max(float(seen.mean()), 1.0) * float(shown.mean()) + grains
    picture = np.asarray(np.clip(np.rint(exposed), 0, 255), np.uint8)
    if taken.mosaic:
        picture = _through_a_mosaic(picture)
    return decode(jpeg(picture, QUALITY), max_bytes=MAX_BYTES)


def _shown(image: Image, face: Box) -> Image:
    """Returns the part of the photo that the camera sees, in pixels of the screen."""
    margin = round(AROUND * face.width)
    part = image[max(0, face.top - margin) : face.bottom + margin, max(0, face.left - margin) : face.right + margin]
    scale = FACE_PX / face.width
    size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), np.uint8)


def _places(
    size: tuple[int, int], screen: tuple[int, int], taken: Recapture
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Returns which place of the screen each sample sees, in its pixels."""
    across, down = (FINER * side for side in size)
    width, height = screen
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), taken.angle, 1.0)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = (corners @ turn[:, :2].T + turn[:, 2]).astype(np.float32)
    seen[1:3] = (seen[1:3] - [width / 2, height / 2]) * (1 + taken.lean) + [width / 2, height / 2]
    samples = np.array([[0, 0], [across, 0], [across, down], [0, down]], np.float32)
    matrix = cv2.getPerspectiveTransform(samples, seen)
    x, y = np.meshgrid(np.arange(across, dtype=np.float32) + 0.5, np.arange(down, dtype=np.float32) + 0.5)
    far = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
    u = (matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]) / far
    v = (matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]) / far
    return u.astype(np.float32), v.astype(np.float32)


def _lit(shown: Image, u: NDArray[np.float32], v: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the light of each sample: a pixel of the screen is three stripes, with a dark row below."""
    pixels = cv2.remap(shown, np.floor(u), np.floor(v), cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT).astype(
        np.float32
    )
    stripe = np.floor((u - np.floor(u)) * 3)
    for colour in range(3):
        pixels[..., colour] *= np.where(stripe == colour, 1.0, BETWEEN)
    pixels *= np.where(v - np.floor(v) < DARK_ROWS, BETWEEN, 1.0)[..., None]
    return pixels


def _through_a_mosaic(picture: Image) -> Image:
    raw = picture[..., 1].copy()
    raw[0::2, 0::2] = picture[0::2, 0::2, 0]
    raw[1::2, 1::2] = picture[1::2, 1::2, 2]
    return np.asarray(cv2.cvtColor(raw, cv2.COLOR_BayerRGGB2RGB), np.uint8)
