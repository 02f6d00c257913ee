"""The values that recognition passes around: boxes, faces, quality, matches and decisions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""(height, width, 3) uint8, RGB, upright."""
Vector = NDArray[np.float32]
"""(128,) float32 of unit length: an encoding or a template."""
Matrix = NDArray[np.float32]
"""(n, 128) float32, rows of unit length."""


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


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a face was taken; each part goes from 0 (useless) to 1 (as good as a passport photo)."""

    size: float
    sharpness: float
    exposure: float
    pose: float

    @property
    def overall(self) -> float:
        """Returns the weakest part, because one fault is enough to spoil an encoding."""
        return min(self.size, self.sharpness, self.exposure, self.pose)


@dataclass(frozen=True, slots=True)
class Face:
    """One face found in one image."""

    box: Box
    score: float
    """The detector's score: higher is surer, and above 0 the detector takes it for a face."""
    landmarks: NDArray[np.float32]
    """(5, 2) float32 x, y in pixels: outer and inner corner of the person's left eye (on the right in the image),
    outer and inner corner of the other eye, base of the nose."""
    quality: Quality


class Verdict(StrEnum):
    """The three outcomes of a decision, with no gap between them."""

    MATCH = "match"
    REVIEW = "review"
    UNKNOWN = "unknown"


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


FARTHEST = 2.0
"""The largest distance of two unit vectors."""
PAIR_THRESHOLD = 0.40
"""Up to this distance two photos show one person; two single photos vary more than a photo and a template do."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The distances that decide whether a face gets a name; docs/accuracy.md says where the defaults come from."""

    match: float = 0.31
    review: float = 0.36
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

    def decide(self, match: Match) -> Verdict:
        """Decides match if near and clearly nearer than anybody else, review if in doubt, else unknown."""
        if match.person is None or match.distance > self.review:
            return Verdict.UNKNOWN
        if match.distance <= self.match and match.margin >= self.margin:
            return Verdict.MATCH
        return Verdict.REVIEW
