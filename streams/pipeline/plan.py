"""Where to look for faces in the next frame: everywhere now and then, around known faces in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from people.recognition.types import Box
from streams.pipeline.motion import Motion
from streams.pipeline.tracker import State, Track

SEARCH_EVERY_S = 0.5
"""How long a new face may go unseen; a search of 1280×720 costs as much as ten looks at a known face or more."""
SEARCH_BODIES_EVERY_S = 1.0
"""And where only the bodies of known faces move, in front of which somebody may step."""
SWEEP_EVERY_S = 5.0
"""The whole picture is searched this often even where nothing moved: motion too faint for the gate."""
WHOLE_SHARE = 0.6
"""From this share of the picture on, one search of everything is cheaper than its parts."""
TRACK_MARGIN = 0.5
"""Of the face's width, on each side of where it is expected."""
LOST_MARGIN = 1.0
SEARCH_MARGIN = 1.5
"""Of the smallest wanted face, around what moved: room for the parts of a face that did not."""
SMALLER = 0.75
"""A known face is looked for down to this share of its last width: bigger faces need fewer pixels."""


@dataclass(frozen=True, slots=True)
class Look:
    """One call of the detector. `region` lies within the frame."""

    region: Box
    smallest_px: int


class ScanPlan:
    def __init__(self, smallest_px: int) -> None:
        self._smallest_px = smallest_px
        self._searched_s = self._swept_s = float("-inf")

    def looks(
        self,
        frame: Box,
        motion: Motion,
        tracks: Sequence[Track],
        now_s: float,
        curious: Callable[[Track], bool] = lambda _: False,
    ) -> list[Look]:
        """None, one or several places that do not overlap much. `frame` is the whole picture as a box.

        Known faces are looked at when they move, when they are new, or when `curious` wants more of them.
        """
        wanted = [t for t in tracks if motion.within(t.box) or t.state is State.TENTATIVE or curious(t)]
        around = merged([_around(track, frame) for track in wanted])
        whole = Look(frame, self._smallest_px)
        if now_s - self._swept_s >= SWEEP_EVERY_S:
            self._swept_s = self._searched_s = now_s
            return [whole]
        news = self._news(motion, tracks, now_s)
        if not news:
            return around
        self._searched_s = now_s
        places = merged([*around, *(Look(grown(place, 0, frame), self._smallest_px) for place in news)])
        if sum(look.region.area for look in places) > WHOLE_SHARE * frame.area:
            return [whole]
        return places

    def _news(self, motion: Motion, tracks: Sequence[Track], now_s: float) -> list[Box]:
        """Where something moves that no known face explains, when it is time to look there."""
        since_s = now_s - self._searched_s
        if since_s < SEARCH_EVERY_S:
            return []
        margin_px = round(SEARCH_MARGIN * self._smallest_px)
        if since_s < SEARCH_BODIES_EVERY_S:
            return motion.outside([_body(track.box) for track in tracks], margin_px)
        return motion.outside([track.box for track in tracks], margin_px)


def _body(face: Box) -> Box:
    """Head, shoulders and everything below them."""
    return Box(
        face.left - round(0.8 * face.width), face.top - face.height // 2, face.right + round(0.8 * face.width), 1 << 16
    )


def grown(box: Box, margin_px: float, within: Box) -> Box:
    margin = round(margin_px)
    return Box(
        max(within.left, box.left - margin),
        max(within.top, box.top - margin),
        min(within.right, box.right + margin),
        min(within.bottom, box.bottom + margin),
    )


def merged(looks: list[Look]) -> list[Look]:
    """The same places with overlapping ones joined, as the detector would find their faces twice."""
    rest, done = list(looks), list[Look]()
    while rest:
        look = rest.pop()
        for other in rest:
            if look.region.iou(other.region) > 0:
                rest.remove(other)
                rest.append(_joined(look, other))
                break
        else:
            done.append(look)
    return done


def _joined(one: Look, two: Look) -> Look:
    a, b = one.region, two.region
    return Look(
        Box(min(a.left, b.left), min(a.top, b.top), max(a.right, b.right), max(a.bottom, b.bottom)),
        min(one.smallest_px, two.smallest_px),
    )


def _around(track: Track, frame: Box) -> Look:
    width = track.box.width
    smallest_px = round(SMALLER * width)
    margin = LOST_MARGIN if track.state is State.LOST else TRACK_MARGIN
    return Look(grown(track.predicted, margin * width, frame), max(30, smallest_px))
