"""Who is in front of the camera: one visit per person and stay, also when the tracker loses the face for a while."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Face, Thresholds, Vector, Verdict
from streams.pipeline.analysis.identity import DECENT, KEPT, Identity, Sample
from streams.pipeline.analysis.pictures import snapshot_of
from streams.pipeline.analysis.sighting import Shot, Visit
from streams.pipeline.analysis.tracker import Track
from streams.pipeline.frames import Frame

LINGER_S = 5.0
"""A face that comes back within this time goes on with its visit."""
SAME_FACE = 0.34
"""Between the means of two visits, one of them out of sight for seconds only: one face. Not the site's threshold: there
the choice is among everybody enrolled, here between one face and whoever took its place, on the same camera."""
SAME_IN_DOUBT = 0.39
"""Between one encoding and the mean of a visit whose face may have become somebody else's: still the same."""
OTHER_FACE = 0.44
"""Beyond it an encoding is a bad picture or another person."""
PROVING = 0.1
"""Quality below which an encoding proves nothing: faces in profile and in the dark lie near everybody."""
DOUBTED_S = 2.0
"""A face that cannot be shown to be the same for so long is taken for another one."""
ENOUGH_AT_ITS_END = 3
"""Encodings of a visit that stayed undecided: with fewer it is not recorded at all, being a glimpse or no face."""


class Visits:
    """All open visits of one camera."""

    def __init__(self, thresholds: Thresholds, gallery: Gallery, forget: Callable[[Track], None]) -> None:
        self._thresholds, self._gallery, self._forget = thresholds, gallery, forget
        self.open: list[Visit] = []

    def use(self, gallery: Gallery, thresholds: Thresholds) -> None:
        """Decide everything anew, from the encodings that are there."""
        self._gallery, self._thresholds = gallery, thresholds
        for visit in self.open:
            visit.identity.thresholds = thresholds
            visit.decide(gallery)

    def of(self, track: Track) -> Visit | None:
        return next((visit for visit in self.open if visit.track is track), None)

    def wants(self, track: Track) -> bool:
        """Whether another look at the face could decide its visit; not for ever, as some never are good enough."""
        visit = self.of(track)
        return visit is not None and visit.decision is None and visit.identity.made < KEPT

    def see(self, tracks: list[Track], frame: Frame) -> None:
        """Every track has a visit; those that are in the picture now were seen now."""
        for track in tracks:
            visit = self.of(track)
            if visit is None:
                visit = self._begin(track, frame)
            elif track.doubtful and frame.monotonic_s - visit.last_seen_s > DOUBTED_S:
                visit = self._another(visit, track, frame)
            if track.seen_s == frame.monotonic_s and not visit.is_in_doubt():
                visit.seen(frame)

    def _begin(self, track: Track, frame: Frame) -> Visit:
        visit = Visit(Identity(self._thresholds), track, frame.captured_at, frame.monotonic_s, frame.monotonic_s)
        self.open.append(visit)
        return visit

    def _another(self, visit: Visit, track: Track, frame: Frame) -> Visit:
        """Nothing has shown that the track still is who it was."""
        visit.track, visit.strays, track.doubtful = None, [], False
        return self._begin(track, frame)

    def encoded(self, track: Track, face: Face, vector: Vector, frame: Frame) -> None:
        """An encoding was made of the track's face as it is in this frame."""
        visit = self.of(track)
        if visit is None:
            return
        sample = Sample(vector, face.quality.overall, frame.monotonic_s)
        shot = Shot(
            frame.captured_at,
            frame.monotonic_s,
            track.box,
            (frame.width_px, frame.height_px),
            face.score,
            sample.quality,
            vector,
            snapshot_of(frame.image, track.box),
        )
        if self._is_stray(visit, sample):
            self._stray(visit, sample, shot)
            return
        visit.strays.clear()
        track.doubtful = False
        visit.take(sample, shot)
        visit.decide(self._gallery)
        self._rejoin(visit)

    def lost(self, track: Track) -> None:
        """The tracker has given the face up; its visit waits for it to come back."""
        if visit := self.of(track):
            visit.track = None

    def over(self, now_s: float, *, all_of_them: bool = False) -> list[Visit]:
        """Visits whose face has not come back in time; they are closed, decided as well as can be."""
        ended = [
            visit
            for visit in self.open
            if all_of_them or (visit.track is None and now_s - visit.last_seen_s > LINGER_S)
        ]
        for visit in ended:
            self.open.remove(visit)
            if visit.decision is None and visit.identity.made >= ENOUGH_AT_ITS_END:
                visit.decide(self._gallery, at_its_end=True)
        return ended

    def _rejoin(self, young: Visit) -> None:
        """Go on with the visit of the same face that went out of sight a moment ago."""
        if young.announced or young.track is None:
            return
        mean = young.identity.mean()
        waiting = [visit for visit in self.open if visit is not young and visit.is_out_of_sight()]
        for visit in sorted(waiting, key=lambda visit: visit.identity.distance_to(mean)):
            near = visit.identity.distance_to(mean) <= SAME_FACE
            if near or _same_name(visit, young):
                self._join(visit, young)
                return

    def _join(self, visit: Visit, young: Visit) -> None:
        if visit.track is not None:
            self._forget(visit.track)
        visit.track = young.track
        visit.last_seen_s = young.last_seen_s
        visit.identity.absorb(young.identity)
        visit.latest = young.latest or visit.latest
        visit.best = max((shot for shot in (visit.best, young.best) if shot), key=lambda s: s.quality, default=None)
        visit.decide(self._gallery)
        self.open.remove(young)

    def _is_stray(self, visit: Visit, sample: Sample) -> bool:
        distance = visit.identity.distance_to(sample.vector)
        if visit.is_in_doubt():
            return distance > SAME_IN_DOUBT or sample.quality < PROVING
        return len(visit.identity.samples) >= 2 and distance > OTHER_FACE

    def _stray(self, visit: Visit, sample: Sample, shot: Shot) -> None:
        visit.identity.tried_s = sample.taken_s
        if visit.track is not None:
            visit.track.doubtful = True
        if sample.quality < DECENT:
            return
        visit.strays = [*visit.strays[-1:], (sample, shot)]
        if len(visit.strays) < 2:
            return
        (one, first), (two, _) = visit.strays
        if float(np.linalg.norm(one.vector - two.vector)) > SAME_IN_DOUBT:
            return
        other = Visit(Identity(self._thresholds), visit.track, first.captured_at, first.taken_s, visit.last_seen_s)
        for stray in visit.strays:
            other.take(*stray)
        if visit.track is not None:
            visit.track.doubtful = False
        visit.track, visit.strays = None, []
        self.open.append(other)
        other.decide(self._gallery)
        self._rejoin(other)


def _same_name(one: Visit, two: Visit) -> bool:
    names = {
        visit.decision.person if visit.decision and visit.decision.verdict is Verdict.MATCH else None
        for visit in (one, two)
    }
    return len(names) == 1 and None not in names
