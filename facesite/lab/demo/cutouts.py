"""Cuts people out of the portraits, ready to be put into another picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

WORK_PX = 420
"""Height at which the outline is searched: enough for an edge that is softened anyway, and done in a second."""
EDGE_SHARE = 0.035
"""Share of the portrait's height over which a body fades out where the portrait's side cuts it off."""

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Portrait:
    """One file, and where in it the person is, as fractions of its width and height."""

    file: str
    face: tuple[float, float, float]
    """Centre x and y of the face, and its width."""
    body: tuple[tuple[float, float], ...]
    """Corners of an area that is certainly the person."""
    around: tuple[tuple[float, float], ...]
    """Corners of an area that certainly holds the whole person."""
    light: float = 1.0


@dataclass(frozen=True, slots=True)
class Cutout:
    colours: Picture
    """(height, width, 3): RGB times alpha, so that edges mix well at any size."""
    alpha: Picture
    """(height, width)."""
    face: tuple[float, float]
    """Centre of the face in pixels of the cut-out."""
    face_px: float
    """Width of the face in pixels of the cut-out."""


def cut_out(portrait: Portrait, folder: Path, largest_face_px: float) -> Cutout:
    """Cuts the person out, as large as needed to show the face at `largest_face_px`, or as large as the portrait is."""
    image = Pillow.open(folder / portrait.file).convert("RGB")
    scale = min(1.0, largest_face_px / (portrait.face[2] * image.width))
    image = image.resize((round(image.width * scale), round(image.height * scale)), Pillow.Resampling.LANCZOS)
    pixels = np.asarray(image)
    alpha = _outline(pixels, portrait)
    colours = np.clip(pixels * portrait.light, 0, 255) * alpha[..., None]
    x, y, width = portrait.face
    face, face_px = (x * image.width, y * image.height), width * image.width
    return Cutout(colours.astype(np.uint8), (alpha * 255).astype(np.uint8), face, face_px)


def _outline(pixels: Picture, portrait: Portrait) -> NDArray[np.float32]:
    """Returns the person's outline, 0 to 1, found by GrabCut from the two known areas.

    It is smoothed and drawn in by a pixel or two.
    """
    height, width = pixels.shape[:2]
    scale = WORK_PX / height
    small = cv2.resize(pixels, (round(width * scale), WORK_PX), interpolation=cv2.INTER_AREA)
    mask = np.full(small.shape[:2], cv2.GC_BGD, np.uint8)
    _fill(mask, portrait.around, cv2.GC_PR_FGD)
    _fill(mask, portrait.body, cv2.GC_FGD)
    x, y, face = portrait.face
    centre = round(x * mask.shape[1]), round(y * mask.shape[0])
    radius = round(0.45 * face * mask.shape[1])
    cv2.ellipse(mask, centre, (radius, round(1.2 * radius)), 0, 0, 360, cv2.GC_FGD, -1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(1)  # the same clip on every machine
    cv2.grabCut(small, mask, (0, 0, 0, 0), *models, 3, cv2.GC_INIT_WITH_MASK)
    person = _largest_part(np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8))
    inner = cv2.erode(person, np.ones((3, 3), np.uint8)).astype(np.float32)
    soft = cv2.resize(cv2.GaussianBlur(inner, (0, 0), 1.3), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(soft.clip(0, 1) * _faded_sides(width, round(EDGE_SHARE * height)), np.float32)


def _fill(mask: Picture, corners: tuple[tuple[float, float], ...], value: int) -> None:
    points = np.array([(x * mask.shape[1], y * mask.shape[0]) for x, y in corners]).round().astype(np.int32)
    cv2.fillPoly(mask, [points], value)


def _largest_part(person: Picture) -> Picture:
    person = np.asarray(cv2.morphologyEx(person, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)), np.uint8)
    _, labels, places, _ = cv2.connectedComponentsWithStats(person)
    largest = 1 + int(places[1:, cv2.CC_STAT_AREA].argmax())
    return np.asarray(labels == largest, np.uint8)


def _faded_sides(width: int, over_px: int) -> NDArray[np.float32]:
    ramp = np.ones(width, np.float32)
    edge = np.linspace(0, 1, min(over_px, width // 4), dtype=np.float32) ** 0.7
    ramp[: len(edge)], ramp[-len(edge) :] = edge, edge[::-1]
    return ramp[None, :]
