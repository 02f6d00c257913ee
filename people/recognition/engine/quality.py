"""Rates how well a face was taken, in parts of 0 to 1 each, cheap enough for every frame.

Size, sharpness, exposure and pose show in the picture; steadiness shows only once dlib has encoded the face.

The ramps were set on real photos: ordinary good ones score above 0.5 in every part. Below 0.25 an encoding has moved by
half of a match threshold or more (docs/accuracy.md has the measurements).
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.views import Crops
from people.recognition.types import Box, Image, Points, Quality

_CROP_PX = 96
"""The judged part is shrunk to this, about what the encoder sees; smaller faces are judged as they are."""
_USUAL_DROP = 0.76
"""From the line of the eyes down to the nose of a face that looks straight ahead, in units of the eyes' distance."""
STEADINESS = {Crops.ENROLMENT: (0.9905, 0.9965), Crops.PROBE: (0.985, 0.996)}
"""Lengths of the mean of dlib's views that give 0 and 1. Good photos reach 0.996 and 0.999 (median), pictures as
cameras give them less. No other part of quality knows so well which face will lie far from its person
(docs/accuracy.md)."""
Grey = NDArray[np.uint8]


def quality(image: Image, box: Box, points: Points, seen: Points | None = None) -> Quality:
    """Judges light and sharpness on the middle of the box (skin, eyes, nose), and pose on dlib's five points.

    `seen` are YuNet's points, which tell whether the face stands upright and whether it is a profile: dlib's are only
    right if it does, and may lie in a profile as in a face seen from the front.
    """
    grey = _middle(image, box)
    stands = 1.0 if seen is None else min(upright(seen), frontality(seen))
    return Quality(size=size(box), sharpness=sharpness(grey), exposure=exposure(grey), pose=min(pose(points), stands))


def size(box: Box) -> float:
    """Returns 0 at 20 px, 0.5 at 60 px, 1 from 100 px: the encoder sees faces at about 100 px."""
    return _ramp(box.width, 20, 100)


def sharpness(grey: Grey) -> float:
    """Measures how much detail one more blur takes away (after Crété 2007): a blurred face has little left to lose.

    0.5 is a blur of a fiftieth of the face's width.
    """
    if min(grey.shape) < 3:
        return 0.0
    detail = min(_lost_detail(grey, axis=0), _lost_detail(grey, axis=1))
    return _ramp(detail, 0.15, 0.60)


def exposure(grey: Grey) -> float:
    """Rates the light: darkness, burnt-out skin and missing contrast lower it."""
    mean, contrast = float(grey.mean()), float(grey.std())
    burnt = float((grey > 245).mean())
    return min(_ramp(mean, 20, 80), _ramp(mean, 250, 230), _ramp(burnt, 0.5, 0.1), _ramp(contrast, 3, 13))


def encoded_quality(quality: Quality, length: float, crops: Crops) -> Quality:
    """Returns `quality` with its steadiness, from the length of the mean of the face's views (Encoded)."""
    return replace(quality, steadiness=_ramp(length, *STEADINESS[crops]))


def is_dark(image: Image, box: Box) -> bool:
    """Returns whether bad exposure means too dark rather than too bright."""
    return float(_middle(image, box).mean()) < 110


def pose(points: Points) -> float:
    """Returns 1 straight ahead, 0.5 if the nose is a quarter of the eyes' distance aside, 0 near a profile."""
    aside, drop = nose_position(points)
    return min(_ramp(abs(aside), 0.38, 0.12), _ramp(abs(drop - _USUAL_DROP), 0.50, 0.22))


def frontality(seen: Points) -> float:
    """Returns 1 for a face that looks at the camera, 0 near a profile, by YuNet's points.

    Eyes lie as far apart as eyes and mouth (0.9 to 1.2 of it in passport photos), in profiles 0.2 to 0.45 of it.
    """
    eyes, mouth = seen[1] - seen[0], seen[3:].mean(axis=0) - seen[:2].mean(axis=0)
    share = float(np.hypot(*eyes)) / (float(np.hypot(*mouth)) or 1.0)
    return _ramp(share, 0.45, 0.65)


def upright(seen: Points) -> float:
    """Returns 1 for a face that leans by at most 35 degrees, 0 from 60 on: dlib's landmarks do not follow it there."""
    return _ramp(abs(roll(seen)), 60, 35)


def roll(seen: Points) -> float:
    """Returns by how many degrees a face is turned in its picture, by YuNet's points: -180 to 180, clockwise above 0.

    The way from the eyes to the mouth tells it, also of a face in profile, whose eyes lie close together.
    """
    x, y = seen[3:].mean(axis=0) - seen[:2].mean(axis=0)
    return float(np.degrees(np.arctan2(-x, y)))


def tilt(landmarks: Points) -> float:
    """Returns the angle of the line through the eyes in degrees, clockwise, by dlib's landmarks."""
    x, y = landmarks[0:2].mean(axis=0) - landmarks[2:4].mean(axis=0)
    return float(np.degrees(np.arctan2(y, x)))


def nose_position(points: Points) -> tuple[float, float]:
    """Returns how far the nose is beside the eyes' middle and below their line, in units of their distance."""
    left, right = points[2:4].mean(axis=0), points[0:2].mean(axis=0)  # as seen in the image
    across = right - left
    distance = float(np.hypot(*across)) or 1.0
    along = across / distance
    down = np.array([-along[1], along[0]])
    nose = points[4] - (left + right) / 2
    return float(nose @ along) / distance, float(nose @ down) / distance


def _middle(image: Image, box: Box) -> Grey:
    """Returns the inner three quarters of the box in grey, at most _CROP_PX on the longer side."""
    edge_x, edge_y = box.width // 8, box.height // 8
    height, width = image.shape[:2]
    left, top = max(0, box.left + edge_x), max(0, box.top + edge_y)
    crop = image[top : max(top, min(height, box.bottom - edge_y)), left : max(left, min(width, box.right - edge_x))]
    if not crop.size:
        return np.zeros((1, 1), np.uint8)
    longest = max(crop.shape[:2])
    if longest > _CROP_PX:
        rows, columns = (max(1, round(side * _CROP_PX / longest)) for side in crop.shape[:2])
        crop = np.asarray(cv2.resize(crop, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.uint8)


def _lost_detail(grey: Grey, axis: int) -> float:
    """Returns the share of the steps between neighbours that a 9 px mean removes: about 0.7 sharp, 0.2 blurred."""
    pixels = grey.astype(np.float32)
    steps = np.abs(np.diff(pixels, axis=axis))
    blurred = np.abs(np.diff(cv2.blur(pixels, (9, 9)), axis=axis))
    total = float(steps.sum())
    return float(np.maximum(steps - blurred, 0).sum()) / total if total else 0.0


def _ramp(value: float, zero: float, one: float) -> float:
    """Returns 0 at `zero` and 1 at `one` (which may be smaller), a straight line between, and never more or less."""
    return float(min(1.0, max(0.0, (value - zero) / (one - zero))))
