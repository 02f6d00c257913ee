"""The main function of a short-lived process without Django that opens a source once to see whether it works."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from streams.pipeline.analysis.pictures import jpeg, preview_of
from streams.pipeline.errors import Fetching, SourceDown
from streams.pipeline.reasons import NONE, Reason, Sentence
from streams.pipeline.sources.addresses import is_address, redact
from streams.pipeline.sources.confinement import forbid_connections
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.sources import Source, aspect_of, open_source
from streams.pipeline.sources.transport import Transport
from streams.pipeline.sources.videos import Videos
from streams.pipeline.view import CameraView

FETCH_S = 12.0
"""Part of the 25 s that a worker gives a trial; fetched bytes stay, and the next trial continues from them."""
SETTLE_S = 1.0
"""Streams begin in the middle, so their first frames may be grey or torn."""


@dataclass(frozen=True, slots=True)
class TrialOrder:
    """Parent to child, when the child starts. `source` and `networks` are as in CameraConfig."""

    source: str = field(repr=False)
    networks: tuple[str, ...] = ()
    videos: Videos = field(default_factory=Videos)
    view: CameraView = field(default_factory=CameraView)
    transport: Transport = Transport.AUTOMATIC


@dataclass(frozen=True, slots=True)
class TrialResult:
    """Child to parent: a JPEG at most 960 px wide and the size of its frame, or the reason why there is none."""

    reason: Sentence = NONE
    picture: bytes = b""
    width_px: int = 0
    height_px: int = 0


def run_trial(order: TrialOrder, pipe: Connection) -> None:
    """Sends one TrialResult and leaves."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    gate = Gate(CameraNetworks.of(order.networks))
    if is_address(order.source):
        forbid_connections()
    pipe.send(try_once(order, gate))
    os._exit(0)  # FFmpeg's clean-up can take as long as a read


def try_once(order: TrialOrder, gate: Gate | None = None) -> TrialResult:
    """Returns the picture that a camera with this source would show, or the reason that it would give."""
    try:
        source = _opened(order, gate or Gate(CameraNetworks.of(order.networks)))
        try:
            return _look(source, order.view)
        finally:
            source.close()
    except SourceDown as down:
        return TrialResult(down.said)
    except Exception as surprise:  # noqa: BLE001 - a decoder's surprise is an answer too, also while it opens
        return TrialResult(Reason.SURPRISE.said(why=redact(str(surprise))))


def _opened(order: TrialOrder, gate: Gate) -> Source:
    """Opens the source; waits up to FETCH_S for a video that is being fetched. Raises SourceDown."""
    until = time.monotonic() + FETCH_S
    while True:
        try:
            return open_source(order.source, False, gate=gate, videos=order.videos, transport=order.transport)
        except Fetching as fetching:
            if time.monotonic() > until:
                raise
            time.sleep(fetching.retry_s)


def _look(source: Source, view: CameraView) -> TrialResult:
    """Returns the last frame of the first second, or the last one there was if the source ended earlier."""
    image, until = None, time.monotonic() + SETTLE_S
    try:
        while image is None or time.monotonic() < until:
            seen = source.read()
            image = image if seen is None else seen
    except SourceDown:
        if image is None:
            raise
    image = view.of(image, aspect_of(source))
    return TrialResult(picture=jpeg(preview_of(image)), width_px=image.shape[1], height_px=image.shape[0])
