"""The views of a head that guided capture collects, and which of them a frame gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from people.recognition.reading.head_pose import HeadPose
from people.recognition.types import Box, Image

TILTED = 20.0
"""Degrees of roll up to which a head counts as upright; alignment removes roll, so this is only for the guide."""
STRAIGHT_YAW, STRAIGHT_PITCH = 9.0, 25.0
"""The first frame's limits, in degrees. Pitch is that of an average face here, and faces differ by 9 degrees."""
TURNED, TOO_FAR = 13.0, 30.0
"""Degrees of yaw that count as a little left or right. Beyond 37 the gate of enrolment refuses a photo."""
UP, DOWN, NODDED_TOO_FAR = 8.0, -6.0, 20.0
"""Degrees of pitch against the straight frame. Looking down moves the nose less than looking up does: 10 degrees give
12 up and 8 down."""
LEVEL_YAW, LEVEL_PITCH = 11.0, 12.0
"""How far a face that looks up or down may be turned aside, and one that is turned aside may be lifted or lowered."""
BRIGHTER, BESIDE = 30.0, 0.12
"""From these differences on the light is another one. Photos of one person that differ so (by 30, or by 0.1) lie 0.21
apart on average, others 0.18 (167 pairs of 17 people); while somebody speaks before a camera, both change by half."""


class View(StrEnum):
    """The views that guided capture collects, in the order in which it asks for them."""

    STRAIGHT = "straight"
    LEFT = "left"
    """A little to the person's own left."""
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    LIGHT = "light"
    """Straight again, in other light: not everybody can, so it comes last."""


@dataclass(frozen=True, slots=True)
class Light:
    """The light on a face."""

    brightness: float
    """Mean grey, 0 to 255."""
    balance: float
    """How much brighter its right half in the image is than its left, -1 to 1."""

    def is_other_than(self, light: Light) -> bool:
        return abs(self.brightness - light.brightness) >= BRIGHTER or abs(self.balance - light.balance) >= BESIDE


@dataclass(frozen=True, slots=True)
class Straight:
    """What the straight frame showed: other views are told by how they differ from it."""

    pitch: float
    light: Light


def view_of(pose: HeadPose, light: Light, missing: tuple[View, ...], straight: Straight | None) -> View | None:
    """Returns the missing view that a frame gives, or None; others than the straight one are compared with that."""
    if abs(pose.roll) > TILTED:
        return None
    if straight is None or View.STRAIGHT in missing:
        is_straight = abs(pose.yaw) <= STRAIGHT_YAW and abs(pose.pitch) <= STRAIGHT_PITCH
        return View.STRAIGHT if is_straight and View.STRAIGHT in missing else None
    view = _turned(pose.yaw, pose.pitch - straight.pitch)
    if view is View.STRAIGHT and light.is_other_than(straight.light):
        view = View.LIGHT
    return view if view in missing else None


def _turned(yaw: float, pitch: float) -> View | None:
    """Returns the view of a head turned by so many degrees against the straight one; None between two views."""
    if TURNED <= abs(yaw) <= TOO_FAR and abs(pitch) <= LEVEL_PITCH:
        return View.LEFT if yaw > 0 else View.RIGHT
    if abs(yaw) > LEVEL_YAW or abs(pitch) > NODDED_TOO_FAR:
        return None
    if pitch >= UP:
        return View.UP
    return View.DOWN if pitch <= DOWN else View.STRAIGHT


def light_on(image: Image, box: Box) -> Light:
    """Measures the light on the face in `box`, of which some part lies in the image."""
    height, width = image.shape[:2]
    left, right = max(0, box.left), min(width, box.right)
    rows, middle = slice(max(0, box.top), min(height, box.bottom)), (left + right) // 2
    halves = image[rows, left:middle], image[rows, middle:right]
    dim, bright = (float(half.mean()) if half.size else 0.0 for half in halves)
    return Light((dim + bright) / 2, (bright - dim) / (bright + dim or 1.0))
