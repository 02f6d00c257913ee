"""Plans where to look for faces in the next frame: everywhere now and then, around known faces in between.

A full search takes two looks in two frames, first for bigger faces, then for the smallest wanted. Both cost about the
same, and no frame waits for both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from people.recognition.types import Box
from streams.pipeline.analysis.motion import Motion
from streams.pipeline.analysis.tracker import State, Track

SEARCH_EVERY_S = 0.5
"""How long a new face may go unseen; a search of 1280×720 costs at least as much as ten looks at a known face.

`patience` stretches this, SEARCH_BODIES_EVERY_S and SWEEP_EVERY_S if the processor does not keep up.
"""
PATIENCE_FROM, MOST_PATIENCE = 0.5, 6.0
"""Share of the time between two frames that analysing one may take before searches become rarer; and how much rarer.

Without this, a processor with too many cameras gets even slower: its frames come a second apart, and each is searched.
"""
SEARCH_BODIES_EVERY_S = 1.0
"""The same where only the bodies of known faces move: somebody may step in front of them."""
SWEEP_EVERY_S = 5.0
"""The whole frame is searched this often even if nothing moved, because motion may be too faint for the gate."""
LOOK_EVERY_S = 0.18
"""How long a moving known face is followed by its speed alone: every second frame at 8 or 10 frames a second."""
WHOLE_SHARE = 0.6
"""If the looks cost more than this share of a full search, the whole frame is searched; the next is due later then."""
SHOULDER, HAIR = 1.2, 0.8
"""Face sizes added beside and above a face: shoulders are somewhat more than three faces wide."""
TRACK_MARGIN = 0.5
"""Share of the face's width, added on each side of its expected place."""
LOST_MARGIN = 1.0
SEARCH_MARGIN = 1.0
"""Share of the smallest wanted face, added around what moved: room for the parts of a face that did not move."""
SMALLER, LARGER = 0.75, 1.15
"""A look searches for a known face between these shares of its last width: two scales, at 0.75 and 1.08.

At 0.83 and 1.2 a look costs a sixth less and finds as many, but narrow boxes make encodings worse: names came later.
"""
BIG = 1.44
"""Times the smallest wanted face: the detector's next scale. It and all above cost as much as the first scale."""
CERTAIN = 0.1
"""A look may miss faces whose size is this near to its limits, as a share of the limit."""


@dataclass(frozen=True, slots=True)
class Look:
    """One call of the detector. `region` lies within the frame."""

    region: Box
    smallest_px: int
    largest_px: int | None = None
    is_half: bool = False
    """Whether it is the second half of a search: what moved since the first half was not searched for in all sizes."""
    is_at_known: bool = False
    """Whether it looks at a known face, for that face's size alone."""

    @property
    def cost(self) -> float:
        """Returns the cost in windows of the detector, which searches for bigger faces in a smaller image."""
        return self.region.area / self.smallest_px**2

    def explains(self, found: Sequence[object]) -> bool:
        """Returns whether the faces `found` explain everything that moved here.

        A look at a known face that is not there must not hide that somebody else is there.
        """
        return not self.is_half and (bool(found) or not self.is_at_known)

    def covers(self, box: Box) -> bool:
        """Returns whether the look would find a face at `box`: its middle is inside, its size within the limits."""
        x, y = box.centre
        inside = self.region.left < x < self.region.right and self.region.top < y < self.region.bottom
        big_enough = box.width >= (1 - CERTAIN) * self.smallest_px
        return inside and big_enough and (self.largest_px is None or box.width <= (1 - CERTAIN) * self.largest_px)


class ScanPlan:
    def __init__(self, smallest_px: int) -> None:
        self._smallest_px = smallest_px
        self._searched_s = self._swept_s = float("-inf")
        self._half_done = self._was_cut = False
        self.patience = 1.0

    def busy(self, share: float) -> None:
        """Makes searches rarer if analysing a frame takes a large share of the time between two frames."""
        self.patience = min(MOST_PATIENCE, max(1.0, share / PATIENCE_FROM))

    def looks(
        self,
        frame: Box,
        motion: Motion,
        tracks: Sequence[Track],
        now_s: float,
        curious: Callable[[Track], bool] = lambda _: False,
    ) -> list[Look]:
        """Returns no, one or several looks that overlap little. `frame` is the whole frame as a box.

        Known faces get a look when they move, when they are new, or when `curious` wants more of them.
        """
        wanted = [
            track
            for track in tracks
            if track.state is State.TENTATIVE or curious(track) or self._has_moved_on(track, motion, now_s)
        ]
        around = merged([_around(track, frame) for track in wanted])
        if self._is_new_scene(motion):
            return self._everywhere(motion, wanted, frame, now_s)
        if self._half_done:
            self._half_done = False
            small = Look(frame, self._smallest_px, round(self._smallest_px * BIG) - 1, is_half=True)
            return [small, *_besides(small, wanted, frame)]
        if now_s - self._swept_s >= SWEEP_EVERY_S * self.patience:
            return self._everywhere(motion, wanted, frame, now_s)
        news = self._news(motion, tracks, now_s)
        if not news:
            return around
        self._searched_s = now_s
        places = merged([*around, *(Look(grown(place, 0, frame), self._smallest_px) for place in news)])
        if sum(look.cost for look in places) > WHOLE_SHARE * Look(frame, self._smallest_px).cost:
            return self._everywhere(motion, wanted, frame, now_s)
        return places

    def _is_new_scene(self, motion: Motion) -> bool:
        """Returns whether a scene begins: where a camera turns, one cut follows another, and only the first counts."""
        was_cut, self._was_cut = self._was_cut, motion.is_cut()
        return self._was_cut and not was_cut

    def _has_moved_on(self, track: Track, motion: Motion, now_s: float) -> bool:
        settled = track.state is State.CONFIRMED and not track.doubtful
        if settled and now_s - track.found_s < LOOK_EVERY_S:
            return False
        return motion.within(track.box)

    def _everywhere(self, motion: Motion, wanted: Sequence[Track], frame: Box, now_s: float) -> list[Look]:
        """Returns the first half of a full search; the whole search in a new scene, where nobody is known yet."""
        is_first = self._searched_s == float("-inf")
        self._searched_s = self._swept_s = now_s
        if is_first or motion.is_cut():
            self._half_done = False
            return [Look(frame, self._smallest_px)]
        self._half_done = True
        big = Look(frame, round(self._smallest_px * BIG))
        return [big, *_besides(big, wanted, frame)]

    def _news(self, motion: Motion, tracks: Sequence[Track], now_s: float) -> list[Box]:
        """Returns where something moves that no face in sight explains, if it is time to look there."""
        since_s = (now_s - self._searched_s) / self.patience
        if since_s < SEARCH_EVERY_S:
            return []
        known = [track.box for track in tracks if track.state is not State.LOST]
        if since_s < SEARCH_BODIES_EVERY_S:
            known = [_body(box) for box in known]
        return motion.outside(known, round(SEARCH_MARGIN * self._smallest_px))


def _besides(look: Look, wanted: Sequence[Track], frame: Box) -> list[Look]:
    """Returns looks at the wanted faces that `look` would not find."""
    return merged([_around(track, frame) for track in wanted if not look.covers(track.predicted)])


def _body(face: Box) -> Box:
    """Returns the box of hair, head, shoulders and everything below them."""
    return Box(
        face.left - round(SHOULDER * face.width),
        face.top - round(HAIR * face.height),
        face.right + round(SHOULDER * face.width),
        1 << 16,
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
    """Joins looks that cost no more together than apart. Where looks still overlap, the detector looks twice."""
    rest, done = list(looks), list[Look]()
    while rest:
        look = rest.pop()
        for other in rest:
            both = _joined(look, other)
            if both.cost <= look.cost + other.cost:
                rest.remove(other)
                rest.append(both)
                break
        else:
            done.append(look)
    return done


def _joined(one: Look, two: Look) -> Look:
    a, b = one.region, two.region
    limits = [look.largest_px for look in (one, two) if look.largest_px]
    return Look(
        Box(min(a.left, b.left), min(a.top, b.top), max(a.right, b.right), max(a.bottom, b.bottom)),
        min(one.smallest_px, two.smallest_px),
        max(limits) if len(limits) == 2 else None,
        is_at_known=one.is_at_known and two.is_at_known,
    )


def _around(track: Track, frame: Box) -> Look:
    """Returns the look at a known face; a lost one may come back in any size from SMALLER on."""
    width, is_lost = track.box.width, track.state is State.LOST
    region = grown(track.predicted, (LOST_MARGIN if is_lost else TRACK_MARGIN) * width, frame)
    largest_px = None if is_lost else max(45, round(LARGER * width))
    return Look(region, max(30, round(SMALLER * width)), largest_px, is_at_known=True)
