"""The part of the picture in which faces are looked for: all of it, or what the camera's regions leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from people.recognition.types import Box
from streams.pipeline.analysis.motion import cell_grid
from streams.pipeline.regions import Region, RegionKind

EDGE_SHARE = 3
"""The search reaches a sixth of the height beyond a *look here*: faces of a third are whole, centred on its edge."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The area in a picture of one size."""

    whole: Box
    places: tuple[Box, ...]
    """Rectangles around the parts of the area; empty if nothing is left to look at."""
    mask: NDArray[np.uint8] | None = None
    """(height, width), 255 within the area; None: all of it."""
    cells: NDArray[np.bool_] | None = None
    """The cells of motion.py that touch the area; None: all of them."""

    def has(self, box: Box) -> bool:
        """Returns whether the centre of `box` lies within the area."""
        if self.mask is None:
            return True
        x, y = (round(side) for side in box.centre)
        height, width = self.mask.shape
        return bool(self.mask[min(max(y, 0), height - 1), min(max(x, 0), width - 1)])


class Area:
    """Draws the regions once for each size of picture that comes."""

    def __init__(self, regions: Sequence[Region] = ()) -> None:
        self._look = [region for region in regions if region.kind is RegionKind.LOOK_HERE]
        self._never = [region for region in regions if region.kind is RegionKind.NEVER_KEEP]
        self._ground: Ground | None = None

    def of(self, width_px: int, height_px: int) -> Ground:
        whole = Box(0, 0, width_px, height_px)
        if self._ground is None or self._ground.whole != whole:
            self._ground = self._drawn(whole) if self._look or self._never else Ground(whole, (whole,))
        return self._ground

    def _drawn(self, whole: Box) -> Ground:
        size = whole.width, whole.height
        shown = _painted(size, self._never, paint=0, ground=255)
        mask = np.minimum(shown, _painted(size, self._look, paint=255, ground=0)) if self._look else shown
        around = cv2.dilate(mask, _square(whole.height // EDGE_SHARE)) if self._look else mask
        searched = np.minimum(shown, np.asarray(around, np.uint8))
        small = cv2.resize(mask, cell_grid(*size), interpolation=cv2.INTER_AREA)
        return Ground(whole, _places(searched), mask, np.asarray(small > 0))


def _painted(size: tuple[int, int], regions: Sequence[Region], *, paint: int, ground: int) -> NDArray[np.uint8]:
    width, height = size
    canvas = np.full((height, width), ground, np.uint8)
    for region in regions:
        cv2.fillPoly(canvas, [region.corners(width, height)], (paint,))
    return canvas


def _square(side_px: int) -> NDArray[np.uint8]:
    """Returns a square by which OpenCV dilates `side_px / 2` on each side."""
    return np.ones((max(1, side_px), max(1, side_px)), np.uint8)


def _places(mask: NDArray[np.uint8]) -> tuple[Box, ...]:
    number, _, found, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    boxes = [tuple(int(value) for value in place[:4]) for place in found[1:number]]
    return tuple(Box(left, top, left + width, top + height) for left, top, width, height in boxes)
