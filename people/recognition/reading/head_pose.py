"""Estimates how far a head is turned, from the points of a face.

The estimate is as coarse as its five points, and guided capture needs no more: a little left, right, up, down.
MediaPipe's face mesh would measure pitch without a straight frame to compare with, but costs a wheel of tens of
megabytes, a second runtime, and another model with a licence and golden values to keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, degrees

import numpy as np

from people.recognition.engine.quality import nose_position
from people.recognition.types import Face

NOSE_AHEAD = 0.41
"""How far the base of the nose stands before the eyes, in units of their distance (MediaPipe's canonical face)."""
NOSE_BELOW = 0.75
"""And how far below them. Faces differ in that by 9 degrees of pitch (standard deviation over 17 people), the photos of
one person by 4 (median): so pitch says something only against another frame of the same person."""


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Angles in degrees, all 0 for a head of average shape that is upright and looks straight at the camera."""

    yaw: float
    """Positive when the person looks to their own left."""
    pitch: float
    """Positive when they look up. Only differences between frames of one person mean something: faces differ."""
    roll: float
    """Positive when the head is tilted clockwise in the image."""


def head_pose(face: Face) -> HeadPose:
    """Returns the pose of a face. The only place that knows which points a face has."""
    aside, drop = nose_position(face.landmarks)
    yaw = atan2(aside, NOSE_AHEAD)
    # Turning narrows the eyes' distance, in units of which the drop is given.
    pitch = (NOSE_BELOW - drop * cos(yaw)) / NOSE_AHEAD
    left, right = face.landmarks[2:4].mean(axis=0), face.landmarks[0:2].mean(axis=0)  # as seen in the image
    across = np.asarray(right - left, np.float64)
    return HeadPose(degrees(yaw), degrees(pitch), degrees(atan2(across[1], across[0])))
