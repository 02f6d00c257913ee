"""Chooses the scales at which YuNet looks at a picture, and joins what it finds at several."""

from __future__ import annotations

from collections.abc import Sequence

from people.recognition.types import FoundFace, Image

LARGEST_PX = 300
"""Width of the largest faces that YuNet was trained on, in pixels of the picture that it sees."""
SEEN_PX = 18
"""Width as which the smallest wanted face is seen. At 12 px some are missed, at 24 px more things are taken for one."""
MOST_ENLARGED = 2.0
SMALLEST_PX, PART = 20, 64
"""Width of the smallest face that is searched for in a picture unless another is asked for, or this part of its longer
side if that is more: at most 1,152 pixels are looked at then, 28 ms."""
SMALLEST_ASKED_PX = 18
"""The smallest face that anybody can ask for: smaller ones are not told from other things."""
STEP = 3.0
"""From one scale to the next smaller one: faces of 18 to 300 px are found at each, a range of 17."""
ENOUGH_PX = 480
"""Longer side at which no smaller scale is needed: a face that fills such a picture is hardly wider than LARGEST_PX."""
BIGGEST_FIRST_PX = 200
"""The same if only the biggest face is wanted: a portrait is done after one look of 0.8 ms."""
PLAIN_PX = 24
"""Seen narrower than this, a face's box is not exact enough to stop there."""
SAME_FACE = 0.3
"""Overlap (IoU) from which on faces found at two scales are one."""


def scale_for(smallest_px: int) -> float:
    """Returns the scale at which a face of this width is SEEN_PX wide."""
    return min(MOST_ENLARGED, SEEN_PX / smallest_px)


def scales(width: int, height: int, smallest_px: int, enough_px: int = ENOUGH_PX) -> list[float]:
    """Returns the scales that show faces of every size from `smallest_px` on, smallest scale first.

    `enough_px`: the longer side of the smallest scale is at most this.
    """
    found = [scale_for(smallest_px)]
    while max(width, height) * found[-1] > enough_px:
        found.append(found[-1] / STEP)
    return found[::-1]


def usual_smallest(image: Image) -> int:
    """Returns the width of the smallest face that is searched for in this picture by default."""
    longest: int = max(image.shape[:2])
    return max(SMALLEST_PX, longest // PART)


def joined(faces: Sequence[FoundFace]) -> list[FoundFace]:
    """Returns each face once, the surest of those that overlap, surest first."""
    kept: list[FoundFace] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if all(face.box.iou(other.box) < SAME_FACE for other in kept):
            kept.append(face)
    return kept
