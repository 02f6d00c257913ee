"""JPEGs made from frames: the preview, the whole frame of a look, and the snapshot (a face with its surroundings)."""

from __future__ import annotations

from typing import cast

import cv2

from people.recognition.types import Box, Image

PREVIEW_WIDTH_PX = 960
PREVIEW_QUALITY = 80
WHOLE_WIDTH_PX = 1280
WHOLE_QUALITY = 75
SNAPSHOT_MARGIN = 0.5
"""Share of the face's size, added on each side."""
SNAPSHOT_PX = 320
SNAPSHOT_QUALITY = 88


def preview_of(image: Image) -> Image:
    """Returns the frame at most 960 px wide: a dashboard shows it no larger, and it costs half the bytes."""
    width = image.shape[1]
    if width <= PREVIEW_WIDTH_PX:
        return image
    return shrunk(image, PREVIEW_WIDTH_PX / width)


def whole_frame(image: Image) -> bytes:
    """Returns the JPEG of a whole frame, at most 1280 px wide."""
    scale = WHOLE_WIDTH_PX / image.shape[1]
    if scale < 1:
        # 2 instead of 9 ms for 1920 px, and nobody sees a difference; much larger ones would flicker without averages.
        image = shrunk(image, scale, cv2.INTER_LINEAR if scale > 0.5 else cv2.INTER_AREA)
    return jpeg(image, WHOLE_QUALITY)


def shrunk(image: Image, scale: float, by: int = cv2.INTER_AREA) -> Image:
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return cast(Image, cv2.resize(image, size, interpolation=by))


def jpeg(image: Image, quality: int = PREVIEW_QUALITY) -> bytes:
    """Encodes `image` (RGB) as JPEG. Raises ValueError if OpenCV cannot write it."""
    done, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"an image of shape {image.shape} cannot be written as JPEG")
    return data.tobytes()


def snapshot_of(image: Image, box: Box) -> Image:
    """Returns a copy of the face with its surroundings, at most 320 px high and wide."""
    height, width = image.shape[:2]
    across, down = round(box.width * SNAPSHOT_MARGIN), round(box.height * SNAPSHOT_MARGIN)
    left, top = max(0, min(box.left - across, width - 1)), max(0, min(box.top - down, height - 1))
    right, bottom = max(left + 1, min(width, box.right + across)), max(top + 1, min(height, box.bottom + down))
    crop = image[top:bottom, left:right]
    longest = max(crop.shape[:2])
    return shrunk(crop, SNAPSHOT_PX / longest) if longest > SNAPSHOT_PX else crop.copy()
