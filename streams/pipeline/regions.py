"""Regions of a camera's picture, drawn by people: where to look for faces, and what is never kept.

Corners are fractions of the upright picture, so that regions hold for every size of its stream.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from streams.pipeline.errors import BadRegion
from streams.pipeline.reasons import Reason

Point = tuple[float, float]
"""From the left and from the top, 0 to 1 each."""
MOST_POINTS = 60
MOST_REGIONS = 20
SMALLEST_AREA = 1e-5
"""Share of the picture: 20 pixels of 1920×1080. Smaller outlines are slips of the hand."""


class RegionKind(StrEnum):
    LOOK_HERE = "look_here"
    """Faces whose centre lies outside of all such regions are not looked for."""
    NEVER_KEEP = "never_keep"
    """Blackened before anything is recognised, stored or shown."""


@dataclass(frozen=True, slots=True)
class Region:
    """A polygon. Raises BadRegion for one that has too few corners, leaves the picture, or crosses itself.

    A crossing outline is refused, because it leaves open what lies inside: a mask could have a hole.
    """

    kind: RegionKind
    points: tuple[Point, ...]
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not 3 <= len(self.points) <= MOST_POINTS:
            raise BadRegion(Reason.REGION_CORNERS.said(number=len(self.points), most=MOST_POINTS))
        for x, y in self.points:
            if not (isfinite(x) and isfinite(y) and 0 <= x <= 1 and 0 <= y <= 1):
                raise BadRegion(Reason.REGION_OUTSIDE.said(x=x, y=y))
        if _crosses_itself(self.points):
            raise BadRegion(Reason.REGION_CROSSES.said())
        if _area(self.points) < SMALLEST_AREA:
            raise BadRegion(Reason.REGION_FLAT.said())

    def turned(self, degrees: int) -> Region:
        """Returns the region of a picture that is turned by `degrees` (0, 90, 180 or 270) clockwise."""
        points = self.points
        for _ in range(degrees % 360 // 90):
            points = tuple((_digits(1 - y), x) for x, y in points)
        return Region(self.kind, points, self.name)

    def mirrored(self) -> Region:
        """Returns the region of the picture's mirror image."""
        return Region(self.kind, tuple((_digits(1 - x), y) for x, y in self.points), self.name)

    def corners(self, width_px: int, height_px: int) -> NDArray[np.int32]:
        """Returns the corners in pixels of a picture of this size, (n, 2), as OpenCV draws them."""
        scale = np.array([max(1, width_px - 1), max(1, height_px - 1)])
        return np.asarray(np.rint(np.array(self.points) * scale), np.int32)


def _digits(fraction: float) -> float:
    """Returns at most four digits, which is a fifth of a pixel of 1920: 1 − 0.9 is 0.1 again."""
    return round(fraction, 4)


def _area(points: tuple[Point, ...]) -> float:
    following = (*points[1:], points[0])
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(points, following, strict=True))) / 2


def _crosses_itself(points: tuple[Point, ...]) -> bool:
    """Returns whether two sides that are not neighbours meet, or a side has no length."""
    sides = list(zip(points, (*points[1:], points[0]), strict=True))
    last = len(sides) - 1
    return any(start == end for start, end in sides) or any(
        _meet(*sides[one], *sides[two])
        for one, two in combinations(range(len(sides)), 2)
        if two - one > 1 and (one, two) != (0, last)
    )


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Returns whether the lines from `a` to `b` and from `c` to `d` have a point in common."""
    turns = _side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b)
    if turns[0] != turns[1] and turns[2] != turns[3]:
        return True
    on_line = zip(turns, ((a, b, c), (a, b, d), (c, d, a), (c, d, b)), strict=True)
    return any(turn == 0 and _between(*three) for turn, three in on_line)


def _side(a: Point, b: Point, c: Point) -> int:
    """Returns on which side of the line from `a` to `b` lies `c`: 1, -1, or 0 for on it."""
    across = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return 0 if abs(across) < 1e-12 else (1 if across > 0 else -1)


def _between(a: Point, b: Point, c: Point) -> bool:
    """Returns whether `c`, which lies on their line, lies between `a` and `b`."""
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])
