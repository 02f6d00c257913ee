"""Degrades photos to what cameras give: small, out of focus, or taken in the dark. Nothing here needs an engine.

The face that was found in the good photo decides the scale. The picture keeps two face widths around it, so that a
detector has something to look at, and is saved as JPEG, as cameras do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import cv2
import numpy as np

from people.recognition.pictures.images import decode, jpeg
from people.recognition.types import Box, Image

AROUND = 2.0
"""Widths of the face that the picture shows on each side of it."""
USUAL_PX = 100
"""Width of the face in pictures that are not made small: what the encoder sees."""
NARROWEST_PX, WIDEST_PX = 8, 400
JPEG_QUALITY = 80
MAX_BYTES = 100_000_000
SEED = 20


@dataclass(frozen=True, slots=True)
class DegradedPicture:
    """A degraded picture, and where the face is in it."""

    image: Image
    box: Box


@dataclass(frozen=True, slots=True)
class Degradation:
    """What happens to a photo, in this order: shrinking, defocus, less light, sensor noise, JPEG."""

    name: str
    face_px: int = USUAL_PX
    """Width of the face afterwards; a face that is narrower stays as it is."""
    defocus: float = 0.0
    """Radius of the disc that a point becomes, as a share of the face's width."""
    light: float = 1.0
    """Share of every grey level that is left."""
    noise: float = 0.0
    """Standard deviation of the sensor's noise, in grey levels of 255, on each colour of each pixel."""

    def of(self, image: Image, face: Box) -> DegradedPicture:
        """Returns the surroundings of `face`, degraded; the same photo always gives the same picture."""
        scale = min(1.0, self.face_px / face.width)
        picture = _shrunk(_surroundings(image, face), scale)
        if self.defocus:
            picture = _defocused(picture, self.defocus * scale * face.width)
        if self.light < 1 or self.noise:
            picture = _in_the_dark(picture, self.light, self.noise)
        margin = _margin(face)
        edges = margin, margin, margin + face.width, margin + face.height
        box = Box(*(round(edge * scale) for edge in edges))
        return DegradedPicture(decode(jpeg(picture, JPEG_QUALITY), max_bytes=MAX_BYTES), box)


KINDS = {
    "blur": Degradation("blur", defocus=0.06),
    "dark": Degradation("dark", light=0.15, noise=5.0),
}


def degradations(names: str) -> list[Degradation]:
    """Reads names such as "35px,22px,blur,dark": `Npx` makes faces N px wide. Raises ValueError."""
    return [_named(name.strip()) for name in names.split(",")]


def _named(name: str) -> Degradation:
    if name in KINDS:
        return KINDS[name]
    width = re.fullmatch(r"(\d{1,4})px", name)
    if width is None or not NARROWEST_PX <= int(width[1]) <= WIDEST_PX:
        known = ", ".join(KINDS)
        raise ValueError(f"expected {known}, or {NARROWEST_PX}px to {WIDEST_PX}px, separated by commas; got {name!r}")
    return Degradation(name, face_px=int(width[1]))


def _surroundings(image: Image, face: Box) -> Image:
    """Cuts out the face with its margin on each side; beyond the photo its edge goes on."""
    height, width = image.shape[:2]
    margin = _margin(face)
    left, top, right, bottom = face.left - margin, face.top - margin, face.right + margin, face.bottom + margin
    inside = image[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
    beyond = max(0, -top), max(0, bottom - height), max(0, -left), max(0, right - width)
    return np.asarray(cv2.copyMakeBorder(inside, *beyond, cv2.BORDER_REPLICATE), np.uint8)


def _margin(face: Box) -> int:
    return round(AROUND * face.width)


def _shrunk(image: Image, scale: float) -> Image:
    """Averages areas, as a sensor with larger pixels does."""
    height, width = image.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _defocused(image: Image, radius_px: float) -> Image:
    """Spreads each point over a disc, as a lens does that is not in focus."""
    reach = int(np.ceil(radius_px))
    across = np.arange(-reach, reach + 1)
    off_px = np.hypot(across[:, None], across[None, :])
    disc = np.clip(radius_px + 0.5 - off_px, 0, 1)  # smooth at its edge
    return np.asarray(cv2.filter2D(image, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT), np.uint8)


def _in_the_dark(image: Image, light: float, noise: float) -> Image:
    grains = np.random.default_rng(SEED).normal(0.0, noise, image.shape)
    return np.asarray(np.clip(np.rint(image * light + grains), 0, 255), np.uint8)
