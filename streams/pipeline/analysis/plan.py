"""Plans where to look for faces in the next frame: everywhere now and then, around known faces in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from people.recognition.engine.scales import ENOUGH_PX, LARGEST_PX, SEEN_PX, STEP, scale_for
from people.recognition.types import Box
from streams.pipeline.analysis.motion import Motion
from streams.pipeline.analysis.tracker import State, Track

SEARCH_EVERY_S = 0.25
"""How long a new face may go unseen.

`patience` stretches this, SEARCH_BODIES_EVERY_S and SWEEP_EVERY_S if the processor does not keep up.
"""
PATIENCE_FROM, MOST_PATIENCE = 0.5, 6.0
"""Share of the time between two frames that analysing one may take before searches become rarer; and how much rarer.

Without this, a processor with too many cameras gets even slower: its frames come a second apart, and each is searched.
"""
SEARCH_BODIES_EVERY_S = 0.5
"""The same where only the bodies of known faces move: somebody may step in front of them."""
SWEEP_EVERY_S = 5.0
"""The whole frame is searched this often even if nothing moved, because motion may be too faint for the gate."""
SWEEP_LATER_S = 1.0
"""A camera that has just been woken looks first at what moves: a sweep takes 0.13 s, and 0.5 s beside nine others."""
LOOK_EVERY_S = 0.18
"""How long a moving known face is followed by its speed alone: every second frame at 8 or 10 frames a second."""
WHOLE_SHARE = 0.6
"""If the looks cost more than this share of a full search, the whole frame is searched; the next is due later then."""
RUN_PX = 15_000
"""What a run of the detector costs beside its pixels, in pixels: a run takes 0.3 ms and 2.2 ms for 100,000 pixels."""
SHOULDER, HAIR = 1.2, 0.8
"""Face sizes added beside and above a face: shoulders are somewhat more than three faces wide."""
TRACK_MARGIN = 0.5
"""Share of the face's width, added on each side of its expected place."""
LOST_MARGIN = 1.0
SEARCH_MARGIN = 1.0
"""Share of the smallest wanted face, added around what moved: room for the parts of a face that did not move."""
KNOWN_SEEN_PX = 40
"""Width as which a known face is seen by a look at it: so its box and points are exact enough."""
CERTAIN = 0.1
"""A look may miss faces whose size is this near to its limits, as a share of the limit."""


@dataclass(frozen=True, slots=True)
class Look:
    """One run of the detector. `region` lies within the frame."""

    region: Box
    smallest_px: int
    is_at_known: bool = False
    """Whether it looks at a known face only."""

    @property
    def scale(self) -> float:
        return scale_for(self.smallest_px)

    @property
    def cost(self) -> float:
        """Returns the cost of the run in pixels that the detector sees."""
        return self.region.area * self.scale**2 + RUN_PX

    def explains(self, found: Sequence[object]) -> bool:
        """Returns whether the faces `found` explain everything that moved here.

        A look at a known face that is not there must not hide that somebody else is there.
        """
        return bool(found) or not self.is_at_known

    def covers(self, box: Box) -> bool:
        """Returns whether the look would find a face at `box`: its middle is inside, its size within the limits."""
        x, y = box.centre
        inside = self.region.left < x < self.region.right and self.region.top < y < self.region.bottom
        return inside and (1 - CERTAIN) * self.smallest_px <= box.width <= (1 - CERTAIN) * LARGEST_PX / self.scale


class ScanPlan:
    def __init__(self, smallest_px: int) -> None:
        self._smallest_px = smallest_px
        self._searched_s = self._swept_s = float("-inf")
        self._was_cut = False
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
        places: Sequence[Box] | None = None,
        *,
        sweeps: bool = True,
    ) -> list[Look]:
        """Returns no, one or several looks that overlap little. `frame` is the whole frame as a box.

        `places`: the parts of the frame in which faces are looked for; None: all of it. `sweeps`: whether the
        whole frame may be searched although nothing moved; False puts that off for SWEEP_LATER_S at least.

        Known faces get a look when they move, when they are new, or when `curious` wants more of them.
        """
        everywhere = [look for place in ([frame] if places is None else places) for look in self._search(place)]
        if self._is_new_scene(motion) or self._sweep_is_due(now_s, sweeps):
            return self._everywhere(everywhere, now_s)
        wanted = [
            track
            for track in tracks
            if track.state is State.TENTATIVE or curious(track) or self._has_moved_on(track, motion, now_s)
        ]
        news = self._news(motion, tracks, now_s)
        if news:
            self._searched_s = now_s
        moving = [Look(grown(place, 0, frame), self._smallest_px) for place in news]
        looks = merged([*(_around(track, frame) for track in wanted), *moving])
        if sum(look.cost for look in looks) > WHOLE_SHARE * sum(look.cost for look in everywhere):
            return self._everywhere(everywhere, now_s)
        return looks

    def _is_new_scene(self, motion: Motion) -> bool:
        """Returns whether a scene begins: where a camera turns, one cut follows another, and only the first counts."""
        was_cut, self._was_cut = self._was_cut, motion.is_cut()
        return self._was_cut and not was_cut

    def _sweep_is_due(self, now_s: float, sweeps: bool) -> bool:
        every_s = SWEEP_EVERY_S * self.patience
        if not sweeps:
            self._swept_s = max(self._swept_s, now_s + SWEEP_LATER_S - every_s)
        return now_s - self._swept_s >= every_s

    def _has_moved_on(self, track: Track, motion: Motion, now_s: float) -> bool:
        settled = track.state is State.CONFIRMED and not track.doubtful
        if settled and now_s - track.found_s < LOOK_EVERY_S:
            return False
        return motion.within(track.box)

    def _search(self, place: Box) -> list[Look]:
        return search(place, self._smallest_px)

    def _everywhere(self, looks: list[Look], now_s: float) -> list[Look]:
        self._searched_s = self._swept_s = now_s
        return looks

    def _news(self, motion: Motion, tracks: Sequence[Track], now_s: float) -> list[Box]:
        """Returns where something moves that no face in sight explains, if it is time to look there."""
        since_s = (now_s - self._searched_s) / self.patience
        if since_s < SEARCH_EVERY_S:
            return []
        known = [track.box for track in tracks if track.state is not State.LOST]
        if since_s < SEARCH_BODIES_EVERY_S:
            known = [_body(box) for box in known]
        return motion.outside(known, round(SEARCH_MARGIN * self._smallest_px))


def search(frame: Box, smallest_px: int) -> list[Look]:
    """Returns the looks that find faces of every size from `smallest_px` on in the whole frame.

    Faces of SEEN_PX to LARGEST_PX are found by one look. Larger ones fit only into a large frame; a second look finds
    them, which costs a ninth of the first.
    """
    looks = [Look(frame, smallest_px)]
    while max(frame.width, frame.height) * looks[-1].scale > ENOUGH_PX:
        looks.append(Look(frame, round(STEP * looks[-1].smallest_px)))
    return looks


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
    return Look(
        Box(min(a.left, b.left), min(a.top, b.top), max(a.right, b.right), max(a.bottom, b.bottom)),
        min(one.smallest_px, two.smallest_px),
        is_at_known=one.is_at_known and two.is_at_known,
    )


def _around(track: Track, frame: Box) -> Look:
    """Returns the look at a known face; it finds faces from half to seven times its size, and a lost one farther."""
    width = track.box.width
    margin = LOST_MARGIN if track.state is State.LOST else TRACK_MARGIN
    smallest_px = max(1, round(width * SEEN_PX / KNOWN_SEEN_PX))
    return Look(grown(track.predicted, margin * width, frame), smallest_px, is_at_known=True)
