"""Scales an image down step by step, and places each level so that its search grid is the one dlib would use.

dlib lays all levels out on one canvas and searches that: level below level, then going up again in a second column. Its
windows stand on a grid of 8 px that starts at the canvas, so the place of a level decides where boxes can be. Here
levels are searched one by one, which saves the canvas's empty fifth, but each level gets the black margin that puts it
on dlib's grid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from people.recognition.types import Image

STEP = 5 / 6
GAP_PX = 10
MARGIN_PX = 11
GRID_PX = 8
PIXELS = 4
"""The width of a level is a multiple of this."""
SMALLEST_CANVAS_LEVEL_PX = 5
SMALLEST_LEVEL_PX = 60
"""dlib goes down to 5 px, but below 60 px no window of 80 px lies mostly inside the image any more."""
UP_SHIFT_PX = 0.3
"""dlib adds this to a point for each level that it takes the point up."""


class Level(NamedTuple):
    pixels: Image
    """The image at this scale, with margins."""
    left: int
    """Width of the left margin in pixels; `top` is the height of the upper one."""
    top: int
    number: int

    @property
    def scale(self) -> float:
        return float(STEP**self.number)

    @property
    def shift(self) -> float:
        """Returns what dlib's repeated rounding adds to a point of this level, in pixels of the image."""
        return UP_SHIFT_PX * (1 / self.scale - 1) / (1 / STEP - 1)


def pyramid(image: Image, every: int = 1) -> Iterator[Level]:
    """Yields the image itself, then smaller by 5/6 each time; with `every` 2 only every second of these.

    Each level is made from the one before, so there is hardly any aliasing.
    """
    height, width = image.shape[:2]
    sizes = _sizes(width, height)
    level = image
    for number, ((width, height), (left, top)) in enumerate(zip(sizes, _corners(sizes), strict=False)):
        if min(width, height) < SMALLEST_LEVEL_PX:
            return
        if number % every:
            continue
        if number:
            level = np.asarray(cv2.resize(level, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
        yield _with_margins(level, left, top, number)


def _with_margins(level: Image, left: int, top: int, number: int) -> Level:
    """Adds black margins of 4 to 11 px, chosen so that the corner keeps its place on the grid.

    More black columns, which no window reaches, make the width a multiple of 4 for the network that takes four pixels
    together.
    """
    left, top = (MARGIN_PX - (MARGIN_PX - corner) % GRID_PX for corner in (left, top))
    width = level.shape[1]
    right = MARGIN_PX + -(left + width + MARGIN_PX) % PIXELS
    pixels = cv2.copyMakeBorder(level, top, MARGIN_PX, left, right, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    return Level(np.asarray(pixels, np.uint8), left, top, number)


def _sizes(width: int, height: int) -> list[tuple[int, int]]:
    sizes = []
    while width and height >= SMALLEST_CANVAS_LEVEL_PX:
        sizes.append((width, height))
        width, height = int(width * STEP), int(height * STEP)
    return sizes


def _corners(sizes: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yields left and top of each level on dlib's canvas."""
    rows = _first_column(sizes)
    top = MARGIN_PX
    for _width, height in sizes[:rows]:
        yield MARGIN_PX, top
        top += height + GAP_PX
    right, bottom = MARGIN_PX + sizes[0][0], top - GAP_PX
    for width, height in sizes[rows:]:
        yield right - width, bottom - height
        bottom -= height + GAP_PX


def _first_column(sizes: Sequence[tuple[int, int]]) -> int:
    """Returns how many levels stand below each other before the rest fits beside them."""
    (width, top_height), previous, height = sizes[0], 0, 0
    total = sum(level_height + GAP_PX for _width, level_height in sizes) - 2 * GAP_PX
    for count, (level_width, level_height) in enumerate(sizes):
        if level_width <= width - previous - GAP_PX and 2 * (height - top_height) >= total - top_height:
            return count
        height, previous = height + level_height + GAP_PX, level_width
    return len(sizes)
