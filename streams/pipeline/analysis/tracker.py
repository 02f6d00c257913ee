"""Follows faces from frame to frame by their place; a track is tentative, confirmed, lost, and at last gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from math import hypot

from people.recognition.types import Box, FoundFace

CONFIRM_HITS = 2
"""Hits that confirm a track: the detector seldom raises a false alarm twice in the same place."""
TENTATIVE_S = 0.6
LOST_S = 1.5
"""How long a face may be turned away or covered and still count as the same by its place alone."""
SLOW_S = TENTATIVE_S
"""Frames farther apart are slow: whoever walks is elsewhere in the next one, so one hit confirms a track."""
TENTATIVE_GAPS, LOST_GAPS = 1.5, 2.5
"""Gaps between two frames that a track outlives at least, however slow they are."""
NEAR_IOU = 0.15
NEAR_CENTRES = 0.9
"""Mean widths that a face may jump between two looks; for a lost face this grows by one width a second."""
SURE_IOU = 0.3
"""A face that overlaps its expected place by less than this may be another one."""
ALIKE_WIDTHS = 1.7


class State(Enum):
    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    LOST = "lost"


@dataclass(slots=True, eq=False)
class Track:
    """One followed face. Times are monotonic seconds of the frames."""

    id: int
    found: FoundFace
    """The face as the detector last found it."""
    box: Box
    found_s: float
    """When the detector last found it."""
    seen_s: float
    """The same as found_s, or later if nothing moved at its place since, so that it is still there."""
    hits: int = 1
    state: State = State.TENTATIVE
    velocity: tuple[float, float] = (0.0, 0.0)
    """Of the centre, in pixels a second."""
    predicted: Box = field(init=False)
    fresh: bool = True
    """Whether the detector found it in the last frame."""
    doubtful: bool = False
    """It came back, jumped, or the scene was cut: an encoding must show that it is still the same person."""

    def __post_init__(self) -> None:
        self.predicted = self.box

    def predict(self, now_s: float) -> None:
        elapsed_s = min(now_s - self.seen_s, 0.5)  # further ahead, a straight line guesses wrong
        dx, dy = round(self.velocity[0] * elapsed_s), round(self.velocity[1] * elapsed_s)
        box = self.box
        self.predicted = Box(box.left + dx, box.top + dy, box.right + dx, box.bottom + dy)
        self.fresh = False

    def hit(self, found: FoundFace, now_s: float) -> None:
        elapsed_s = max(now_s - self.seen_s, 1e-3)
        if self.state is State.LOST or self.predicted.iou(found.box) < SURE_IOU:
            self.doubtful = True
        (x0, y0), (x1, y1) = self.box.centre, found.box.centre
        fast = (
            0.5 * self.velocity[0] + 0.5 * (x1 - x0) / elapsed_s,
            0.5 * self.velocity[1] + 0.5 * (y1 - y0) / elapsed_s,
        )
        self.velocity = fast if self.state is not State.LOST else (0.0, 0.0)
        self.found, self.box, self.found_s, self.seen_s, self.fresh = found, found.box, now_s, now_s, True
        self.predicted = found.box
        self.hits += 1
        if self.state is not State.TENTATIVE or self.hits >= CONFIRM_HITS:
            self.state = State.CONFIRMED

    def held(self, now_s: float) -> None:
        """Keeps the track where it is: the detector did not look, because nothing moved there."""
        if self.state is State.CONFIRMED:
            self.seen_s, self.velocity, self.predicted = now_s, (0.0, 0.0), self.box

    def missed(self) -> None:
        if self.state is State.CONFIRMED:
            self.state = State.LOST

    def is_gone(self, now_s: float, gap_s: float) -> bool:
        """Returns whether it was not seen for too long, where frames come every `gap_s`."""
        if self.state is State.TENTATIVE:
            return now_s - self.seen_s > max(TENTATIVE_S, TENTATIVE_GAPS * gap_s)
        return now_s - self.seen_s > max(LOST_S, LOST_GAPS * gap_s)


class Tracker:
    def __init__(self) -> None:
        self._ids, self._gap_s = count(1), 0.0
        self.tracks: list[Track] = []

    def update(
        self,
        faces: Sequence[FoundFace],
        now_s: float,
        looked: Callable[[Box], bool],
        moved: Callable[[Box], bool],
        gap_s: float = 0.0,
    ) -> list[Track]:
        """Takes the faces of one frame; returns the tracks that are gone after it. The next frame is due in `gap_s`.

        `looked` says whether the detector has looked at a place, `moved` whether anything moved there. A face
        that the detector did not look for stays where it is as long as nothing moves.
        """
        self._gap_s = gap_s
        for track in self.tracks:
            track.predict(now_s)
        left_over = self._assign(list(faces), now_s)
        for track in self.tracks:
            if track.fresh:
                continue
            if looked(track.box):
                track.missed()
            elif not moved(track.box):
                track.held(now_s)
        state = State.CONFIRMED if gap_s >= SLOW_S else State.TENTATIVE
        self.tracks += [Track(next(self._ids), face, face.box, now_s, now_s, state=state) for face in left_over]
        return self.expire(now_s)

    def expire(self, now_s: float) -> list[Track]:
        """Forgets and returns the tracks that were not seen for too long."""
        gone = [track for track in self.tracks if track.is_gone(now_s, self._gap_s)]
        self.tracks = [track for track in self.tracks if track not in gone]
        return gone

    def forget(self, track: Track) -> None:
        """Drops `track`, because its face goes on as another track."""
        self.tracks = [other for other in self.tracks if other is not track]

    def _reach(self, track: Track, now_s: float) -> float:
        roams = track.state is State.LOST or self._gap_s >= SLOW_S
        return NEAR_CENTRES + (now_s - track.seen_s if roams else 0.0)

    def _assign(self, faces: list[FoundFace], now_s: float) -> list[FoundFace]:
        """Gives faces to tracks, nearest pair first; returns the faces that no track took."""
        pairs = [
            (farness, track.id, number)
            for track in self.tracks
            for number, face in enumerate(faces)
            if (farness := _farness(track, face.box, self._reach(track, now_s))) is not None
        ]
        by_id = {track.id: track for track in self.tracks}
        taken: set[int] = set()
        for _, track_id, number in sorted(pairs):
            if track_id in by_id and number not in taken:
                by_id.pop(track_id).hit(faces[number], now_s)
                taken.add(number)
        return [face for number, face in enumerate(faces) if number not in taken]


def _farness(track: Track, box: Box, reach: float) -> float | None:
    """Returns 0 for the same place and size, up to about 2; None if it cannot be the same face.

    `reach`: how many widths of a face it may be away.
    """
    mean_width = (track.box.width + box.width) / 2
    if max(track.box.width, box.width) > ALIKE_WIDTHS * max(1, min(track.box.width, box.width)):
        return None
    (x0, y0), (x1, y1) = track.predicted.centre, box.centre
    apart = hypot(x0 - x1, y0 - y1) / max(mean_width, 1)
    iou = max(track.predicted.iou(box), track.box.iou(box))
    if iou < NEAR_IOU and apart > reach:
        return None
    return apart + (1 - iou)
