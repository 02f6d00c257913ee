"""The look at one face alone before it may vote: it shows faces that are none, and where the points of the others are.

A search sees the smallest faces 18 px wide. At that size hands and backs of heads are taken for faces now and then, and
boxes are coarse.
"""

from __future__ import annotations

from typing import Protocol

from people.recognition.engine.scales import SEEN_PX
from people.recognition.types import Box, FoundFace, Image
from streams.pipeline.analysis.plan import TRACK_MARGIN, grown

CLOSER_PX = 72
"""Width as which the face is seen. A look takes 0.5 ms, an encoding thirty times as long."""
SAME_IOU = 0.3


class Finder(Protocol):
    def find(self, image: Image, smallest_px: int = 40, *, region: Box | None = None) -> list[FoundFace]: ...


def closer_look(engine: Finder, image: Image, box: Box) -> FoundFace | None:
    """Returns the face in `box` as it is seen from near; None if there is none then."""
    whole = Box(0, 0, image.shape[1], image.shape[0])
    smallest_px = max(1, round(box.width * SEEN_PX / CLOSER_PX))
    found = engine.find(image, smallest_px, region=grown(box, TRACK_MARGIN * box.width, whole))
    same = [face for face in found if face.box.iou(box) > SAME_IOU]
    return max(same, key=lambda face: face.score, default=None)
