"""Looks at faces for the hint at held pictures: seldom, one face a frame, and only where a camera asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from people.recognition.types import Box, Image
from streams.pipeline.analysis.open_sighting import OpenSighting
from streams.pipeline.analysis.open_sightings import OpenSightings
from streams.pipeline.analysis.tracker import State, Track
from streams.pipeline.frames import Frame

SMALLEST_PX = 40
"""Width from which a face is looked at; below, the network says "alive" of most held pictures (docs/liveness.md)."""


class LivenessNetwork(Protocol):
    """The part of people.recognition.liveness.network.Liveness that the analysis needs."""

    def score(self, image: Image, box: Box) -> float: ...


class LivenessWatch:
    def __init__(self, network: LivenessNetwork) -> None:
        self._network = network

    def look(self, frame: Frame, tracks: Sequence[Track], sightings: OpenSightings) -> None:
        """Looks at one of the faces that are due, at the one that waits longest: a look takes about 10 ms."""
        due = [
            (sighting, track)
            for track in tracks
            if _is_plain(track) and (sighting := sightings.of(track)) and _is_due(sighting, frame.monotonic_s)
        ]
        if due:
            sighting, track = min(due, key=lambda pair: (pair[0].liveness.looked_s, pair[1].id))
            sighting.liveness.add(self._network.score(frame.image, track.box), frame.monotonic_s)


def _is_plain(track: Track) -> bool:
    return track.fresh and track.state is State.CONFIRMED and track.box.width >= SMALLEST_PX


def _is_due(sighting: OpenSighting, now_s: float) -> bool:
    """Returns whether the face matters and may be looked at: it was encoded, and is not in doubt."""
    return bool(sighting.identity.samples) and not sighting.is_in_doubt() and sighting.liveness.is_due(now_s)
