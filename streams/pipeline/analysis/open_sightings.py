"""The open sightings of a camera: one per person and stay, even if the tracker loses the face for a while."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from people.recognition.engine.distances import Distances
from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Face, Thresholds, Vector, Verdict
from streams.pipeline.analysis.identity import DECENT, KEPT, EncodingSample, Identity
from streams.pipeline.analysis.open_sighting import EncodedFace, OpenSighting
from streams.pipeline.analysis.pictures import snapshot_of
from streams.pipeline.analysis.tracker import Track
from streams.pipeline.frames import Frame

LINGER_S = 5.0
"""A face that comes back within this time continues its sighting."""
PROVING = 0.1
"""Quality below which an encoding proves nothing: faces in profile and in the dark lie near everybody's."""
DOUBTED_S = 2.0
"""A doubtful face that no encoding confirms for this long counts as another one."""
ENOUGH_AT_ITS_END = 3
"""Encodings that an undecided sighting needs to be recorded; with fewer it was a glimpse or no face."""


class OpenSightings:
    """Keeps all open sightings of one camera."""

    def __init__(
        self, thresholds: Thresholds, distances: Distances, gallery: Gallery, forget: Callable[[Track], None]
    ) -> None:
        self._thresholds, self._distances, self._gallery, self._forget = thresholds, distances, gallery, forget
        self.open: list[OpenSighting] = []

    def use(self, gallery: Gallery, thresholds: Thresholds) -> None:
        """Decides every open sighting anew from its encodings."""
        self._gallery, self._thresholds = gallery, thresholds
        for sighting in self.open:
            sighting.identity.thresholds = thresholds
            sighting.decide(gallery)

    def change_engine(self, distances: Distances) -> None:
        """Takes the distances of another engine; what is open goes on and needs new encodings."""
        self._distances = distances
        for sighting in self.open:
            sighting.change_engine(distances.ballot_slack)

    def of(self, track: Track) -> OpenSighting | None:
        return next((sighting for sighting in self.open if sighting.track is track), None)

    def wants(self, track: Track) -> bool:
        """Returns whether another look could decide the face's sighting; stops at KEPT, as some faces stay too bad."""
        sighting = self.of(track)
        if sighting is None or sighting.identity.made >= KEPT:
            return False
        return sighting.decision is None or sighting.is_carried

    def needs(self, sighting: OpenSighting, quality: float) -> bool:
        """Returns whether an encoding of a face this good can prove anything, or is still missing for the record."""
        is_missing = sighting.identity.made < ENOUGH_AT_ITS_END and not sighting.is_in_doubt()
        return quality >= PROVING or is_missing

    def see(self, tracks: list[Track], frame: Frame) -> None:
        """Gives every track a sighting and notes which sightings are in the frame now."""
        for track in tracks:
            sighting = self.of(track)
            if sighting is None:
                sighting = self._begin(track, frame)
            elif track.doubtful and frame.monotonic_s - sighting.last_seen_s > DOUBTED_S:
                sighting = self._another(sighting, track, frame)
            if track.seen_s == frame.monotonic_s and not sighting.is_in_doubt():
                sighting.seen(frame)

    def _begin(self, track: Track, frame: Frame) -> OpenSighting:
        sighting = OpenSighting(
            self._identity(),
            track,
            frame.captured_at,
            frame.monotonic_s,
            frame.monotonic_s,
        )
        self.open.append(sighting)
        return sighting

    def _identity(self) -> Identity:
        return Identity(self._thresholds, self._distances.ballot_slack)

    def _another(self, sighting: OpenSighting, track: Track, frame: Frame) -> OpenSighting:
        """Begins another sighting, because no encoding has shown that the track is still the same person."""
        sighting.track, sighting.strays, track.doubtful = None, [], False
        return self._begin(track, frame)

    def encoded(self, track: Track, face: Face, vector: Vector, frame: Frame, whole: bytes = b"") -> None:
        """Takes an encoding of the track's face in this frame; `whole`: the JPEG of it, if it may be kept."""
        sighting = self.of(track)
        if sighting is None:
            return
        sample = EncodingSample(vector, face.quality.overall, frame.monotonic_s)
        encoded_face = EncodedFace(
            frame.captured_at,
            frame.monotonic_s,
            track.box,
            (frame.width_px, frame.height_px),
            face.score,
            sample.quality,
            vector,
            snapshot_of(frame.image, track.box),
            whole,
        )
        if self._is_stray(sighting, sample):
            self._stray(sighting, sample, encoded_face)
            return
        sighting.strays.clear()
        track.doubtful = False
        sighting.take(sample, encoded_face)
        sighting.decide(self._gallery)
        self._rejoin(sighting)

    def lost(self, track: Track) -> None:
        """Detaches a track that the tracker has given up; its sighting waits for the face to come back."""
        if sighting := self.of(track):
            sighting.track = None

    def over(self, now_s: float, *, all_of_them: bool = False) -> list[OpenSighting]:
        """Closes and returns the sightings whose face has not come back in time, decided as well as possible."""
        ended = [
            sighting
            for sighting in self.open
            if all_of_them or (sighting.track is None and now_s - sighting.last_seen_s > LINGER_S)
        ]
        for sighting in ended:
            self.open.remove(sighting)
            if sighting.decision is None and sighting.identity.made >= ENOUGH_AT_ITS_END:
                sighting.decide(self._gallery, at_its_end=True)
        return ended

    def _rejoin(self, young: OpenSighting) -> None:
        """Continues the sighting of the same face that went out of sight a moment ago."""
        if young.announced or young.track is None:
            return
        mean = young.identity.mean()
        waiting = [sighting for sighting in self.open if sighting is not young and sighting.is_out_of_sight()]
        for sighting in sorted(waiting, key=lambda sighting: sighting.identity.distance_to(mean)):
            near = sighting.identity.distance_to(mean) <= self._distances.same_face
            if near or _same_name(sighting, young):
                self._join(sighting, young)
                return

    def _join(self, sighting: OpenSighting, young: OpenSighting) -> None:
        if sighting.track is not None:
            self._forget(sighting.track)
        sighting.track = young.track
        sighting.last_seen_s = young.last_seen_s
        sighting.absorb(young)
        sighting.decide(self._gallery)
        self.open.remove(young)

    def _is_stray(self, sighting: OpenSighting, sample: EncodingSample) -> bool:
        distance = sighting.identity.distance_to(sample.vector)
        if sighting.is_in_doubt():
            return distance > self._distances.same_in_doubt or sample.quality < PROVING
        return len(sighting.identity.samples) >= 2 and distance > self._distances.other_face

    def _stray(self, sighting: OpenSighting, sample: EncodingSample, encoded_face: EncodedFace) -> None:
        sighting.identity.tried_s = sample.taken_s
        if sighting.track is not None:
            sighting.track.doubtful = True
        if sample.quality < DECENT:
            return
        sighting.strays = [*sighting.strays[-1:], (sample, encoded_face)]
        if len(sighting.strays) < 2:
            return
        (one, first), (two, _) = sighting.strays
        if float(np.linalg.norm(one.vector - two.vector)) > self._distances.same_in_doubt:
            return
        other = OpenSighting(
            self._identity(),
            sighting.track,
            first.captured_at,
            first.taken_s,
            sighting.last_seen_s,
        )
        for stray in sighting.strays:
            other.take(*stray)
        if sighting.track is not None:
            sighting.track.doubtful = False
        sighting.track, sighting.strays = None, []
        self.open.append(other)
        other.decide(self._gallery)
        self._rejoin(other)


def _same_name(one: OpenSighting, two: OpenSighting) -> bool:
    names = {
        sighting.decision.person if sighting.decision and sighting.decision.verdict is Verdict.MATCH else None
        for sighting in (one, two)
    }
    return len(names) == 1 and None not in names
