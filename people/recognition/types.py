"""The values that recognition passes around: boxes, faces, quality, matches and decisions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""(height, width, 3) uint8, RGB, upright."""
Vector = NDArray[np.float32]
"""(width,) float32 of unit length: an encoding or a template. The width is the engine's: 128 or 256."""
Matrix = NDArray[np.float32]
"""(n, width) float32, rows of unit length."""
Points = NDArray[np.float32]
"""(5, 2) float32 x, y in pixels."""


class Box(NamedTuple):
    """A rectangle in pixels of its image, perhaps reaching outside of it; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def area(self) -> int:
        return max(0, self.width) * max(0, self.height)

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def moved(self, x: int, y: int) -> "Box":
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def iou(self, other: "Box") -> float:
        """Returns intersection over union, 0 to 1."""
        overlap = Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )
        if overlap.width <= 0 or overlap.height <= 0:
            return 0.0
        return overlap.area / (self.area + other.area - overlap.area)


class FoundFace(NamedTuple):
    """Where a detector found a face, and how sure it was."""

    box: Box
    score: float
    """YuNet's goes from 0 to 1; MMOD's is above 0 for a face."""
    points: Points | None = None
    """YuNet's: the middles of the person's right eye (on the left in the image) and left eye, the tip of the nose, the
    right and left corner of the mouth. None if MMOD or a person found the face."""

    def moved(self, x: int, y: int) -> "FoundFace":
        points = None if self.points is None else self.points + np.array([x, y], np.float32)
        return FoundFace(self.box.moved(x, y), self.score, points)


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a face was taken; each part goes from 0 (useless) to 1 (as good as a passport photo)."""

    size: float
    sharpness: float
    exposure: float
    pose: float
    steadiness: float = 1.0
    """How well the network's views of the face agree; 1 until the face is encoded."""

    @property
    def overall(self) -> float:
        """Returns the weakest part, because one fault is enough to spoil an encoding."""
        return min(self.size, self.sharpness, self.exposure, self.pose, self.steadiness)


@dataclass(frozen=True, slots=True)
class Face:
    """One face found in one image."""

    box: Box
    score: float
    """The detector's, as in FoundFace."""
    landmarks: Points
    """dlib's: outer and inner corner of the person's left eye (on the right in the image), outer and inner corner of
    the other eye, base of the nose."""
    quality: Quality


class Verdict(StrEnum):
    """The three outcomes of a decision, with no gap between them."""

    MATCH = "match"
    REVIEW = "review"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RefusedPerson:
    """A person who would have been the nearest, but for one of their counter-examples (gallery/counter_examples.py)."""

    person: str
    distance: float
    counter_example: int
    """Its id."""


@dataclass(frozen=True, slots=True)
class Match:
    """The nearest person in a gallery; an empty gallery gives person None and infinite distance."""

    person: str | None
    """The person's id as text."""
    distance: float
    """Euclidean distance between unit vectors, 0 to 2, lower is closer."""
    margin: float
    """Distance of the next nearest person minus this distance; infinite if there is no other person."""
    runner_up: str | None
    gallery_version: int
    refused: RefusedPerson | None = None
    """Somebody nearer, whom a counter-example refuses."""


FARTHEST = 2.0
"""The largest distance of two unit vectors."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The distances that decide whether a face gets a name; each engine has its own (engine/distances.py)."""

    match: float
    review: float
    margin: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.match <= self.review <= 2:
            raise ValueError(f"expected 0 < match <= review <= 2, got match {self.match}, review {self.review}")
        if self.margin < 0:
            raise ValueError(f"expected margin >= 0, got {self.margin}")

    def with_match(self, match: float | None) -> "Thresholds":
        """Returns thresholds with another match distance and the same width of review band; None changes nothing."""
        if match is None:
            return self
        return Thresholds(match, min(2.0, match + self.review - self.match), self.margin)

    def rounded_up(self, distance: float) -> float:
        """Returns the next limit from `distance` up: match, review or FARTHEST. It tells no more than a verdict does.

        There is no step beyond review: strangers' pictures, of which anybody has a thousand, must all look the same.
        """
        return next((limit for limit in (self.match, self.review) if distance <= limit), FARTHEST)

    def decisive(self, match: Match) -> int | None:
        """Returns the id of the counter-example without which somebody else would be named or suggested, or None."""
        refused = match.refused
        return refused.counter_example if refused and refused.distance <= self.review else None

    def decide(self, match: Match) -> Verdict:
        """Decides match if near and clearly nearer than anybody else, review if in doubt, else unknown."""
        if match.person is None or match.distance > self.review:
            return Verdict.UNKNOWN
        if match.distance <= self.match and match.margin >= self.margin:
            return Verdict.MATCH
        return Verdict.REVIEW
