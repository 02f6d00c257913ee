"""The upright, undistorted and masked picture that everything else sees: made right after a frame is captured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import cast

import cv2

from people.recognition.types import Image
from streams.pipeline.regions import Region, RegionKind

TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
LOWEST_ASPECT, HIGHEST_ASPECT = 0.25, 4.0
"""Pixel aspects of real streams lie between 0.45 (1080i in half width) and 2.2; others are slips."""
SQUARE_WITHIN = 0.01
"""An aspect this near to 1 costs more to correct than anybody sees: 1088 lines for 1080 give 1.007."""
LARGEST_PX = 36_000_000
"""A picture is stretched no larger than a source may be (sources refuse larger ones)."""


@dataclass(frozen=True, slots=True)
class CameraView:
    """How a camera's frames become upright pictures."""

    turn: int = 0
    """Degrees by which the camera's picture is turned clockwise: 0, 90, 180 or 270."""
    mirrored: bool = False
    """Whether left and right change places, after turning."""
    pixel_aspect: float | None = None
    """Width of a pixel divided by its height, as the camera sends it; None: what the stream says of itself, by which
    its pictures are stretched already."""
    regions: tuple[Region, ...] = ()

    def of(self, image: Image, stream_aspect: float = 1.0) -> Image:
        """Returns the picture of a frame: stretched, turned, mirrored, and black where nothing is ever kept.

        `stream_aspect`: pixel aspect as the stream says, by which its source has stretched the frame. The frame itself
        is not changed.
        """
        picture = stretched(image, 1.0 if self.pixel_aspect is None else self.pixel_aspect / stream_aspect)
        if self.turn:
            picture = cast(Image, cv2.rotate(picture, TURNS[self.turn]))
        if self.mirrored:
            picture = cast(Image, cv2.flip(picture, 1))
        masks = self.of_kind(RegionKind.NEVER_KEEP)
        return blackened(picture.copy() if picture is image else picture, masks) if masks else picture

    def of_kind(self, kind: RegionKind) -> tuple[Region, ...]:
        return tuple(region for region in self.regions if region.kind is kind)


def stretched(image: Image, aspect: float) -> Image:
    """Returns the image with square pixels: wider, or higher for an `aspect` below 1, so that no detail is lost."""
    if abs(aspect - 1) <= SQUARE_WITHIN or not LOWEST_ASPECT <= aspect <= HIGHEST_ASPECT:
        return image
    height, width = float(image.shape[0]), float(image.shape[1])
    if aspect > 1:
        width *= aspect
    else:
        height /= aspect
    shrink = min(1.0, sqrt(LARGEST_PX / (width * height)))
    return cast(Image, cv2.resize(image, (round(width * shrink), round(height * shrink))))


def blackened(image: Image, masks: Sequence[Region]) -> Image:
    """Blackens the regions in `image` itself, their outlines included, and returns it."""
    height, width = image.shape[:2]
    for mask in masks:
        cv2.fillPoly(image, [mask.corners(width, height)], (0, 0, 0))
    return image
