"""The main function of a process without Django that analyses one video from its beginning to its end.

It does what a camera's child does with its frames, as fast as it goes. Before the first byte of the file is decoded the
kernel forbids it to connect anywhere, as it does to cameras (sources/confinement.py).
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import cv2

from people.recognition.engine.engine import Engine
from people.recognition.engine.kinds import OFFERED, offered
from people.recognition.errors import RecognitionError
from streams.pipeline.analysis.analysis import Analysis
from streams.pipeline.child.orders import Orders
from streams.pipeline.errors import Fetching, SourceDown
from streams.pipeline.messages import SightingChange, ToChild, UseGallery
from streams.pipeline.reasons import Reason, Sentence
from streams.pipeline.replay.replaying import BEGIN, Replay
from streams.pipeline.sources.addresses import SourceKind, kind_of, redact
from streams.pipeline.sources.confinement import forbid_connections
from streams.pipeline.sources.stored import kept_video
from streams.pipeline.sources.video_cache import KeptVideo
from streams.pipeline.sources.videos import Videos

NICE = 10
"""Below cameras (5): what is live goes first."""
TELL_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class VideoOrder:
    """Parent to child, when the child starts. A UseGallery follows on the pipe, and another with each change of it."""

    source: str = field(repr=False)
    """An absolute path, or gs://bucket/object."""
    videos: Videos
    cache_dir: str
    engine: str
    analysis_fps: float
    smallest_face_px: int
    most_s: float
    """The longest video that is analysed, in seconds."""


@dataclass(frozen=True, slots=True)
class VideoProgress:
    """Child to parent, every second: how far it is, and how long the file says that it is."""

    at_s: float
    length_s: float | None


@dataclass(frozen=True, slots=True)
class VideoEnded:
    """Child to parent, its last message after the sightings."""

    at_s: float
    length_s: float | None
    is_counted: bool = False
    """Whether times were counted by pictures, because the file gives none, or begins again with them."""


@dataclass(frozen=True, slots=True)
class VideoRefused:
    """Child to parent, in place of VideoEnded: it cannot be analysed, for this reason."""

    reason: Sentence
    may_pass: bool = False
    """Whether another try may succeed."""


FromVideo = VideoProgress | SightingChange | VideoEnded | VideoRefused


def run_video(order: VideoOrder, pipe: Connection) -> None:
    """Sends the sightings with progress between them, then VideoEnded or VideoRefused, and leaves."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    os.nice(NICE)
    with suppress(OSError):  # Linux alone: a forked child has no command line of its own
        Path("/proc/self/comm").write_text("video")
    cv2.setNumThreads(1)
    with suppress(OSError, EOFError):  # the parent is gone
        pipe.send(_analysed(order, pipe))
    os._exit(0)  # FFmpeg's clean-up can take as long as a read


def _analysed(order: VideoOrder, pipe: Connection) -> VideoEnded | VideoRefused:
    try:
        kept = _fetched(order, pipe)
        forbid_connections()
        return _replayed(order, str(kept.path) if kept else order.source, pipe)
    except SourceDown as down:
        return VideoRefused(down.said)
    except RecognitionError as error:
        return VideoRefused(Reason.NO_ENGINE.said(why=str(error)), may_pass=True)
    except (OSError, EOFError):
        raise
    except Exception as surprise:  # noqa: BLE001 - a decoder's surprise is an answer too
        return VideoRefused(Reason.SURPRISE.said(why=redact(str(surprise))))


def _fetched(order: VideoOrder, pipe: Connection) -> KeptVideo | None:
    """Returns a video of a bucket on disk, however long it takes to fetch; None for a file. Raises SourceDown."""
    if kind_of(order.source) is not SourceKind.STORAGE:
        return None
    while True:
        try:
            return kept_video(order.source, order.videos)
        except Fetching as fetching:
            pipe.send(VideoProgress(0.0, None))
            time.sleep(fetching.retry_s)


def _replayed(order: VideoOrder, path: str, pipe: Connection) -> VideoEnded:
    orders = Orders(pipe)
    engine = Engine.resting(Path(order.cache_dir), offered(order.engine) or OFFERED[0])
    analysis = Analysis(engine, None, order.smallest_face_px)
    _use(analysis, orders.receive(), 0.0, pipe)
    replay = Replay(path, analysis, order.analysis_fps)
    _check_length(replay.length_s or 0, order.most_s)
    told_s = 0.0
    for told in replay:
        if isinstance(told, SightingChange):
            pipe.send(told)
        while pipe.poll():
            _use(analysis, orders.receive(), replay.at_s, pipe)
        if time.monotonic() - told_s > TELL_EVERY_S:
            told_s = time.monotonic()
            _check_length(replay.at_s, order.most_s)
            pipe.send(VideoProgress(replay.at_s, replay.length_s))
    return VideoEnded(replay.at_s, replay.length_s, replay.is_counted)


def _use(analysis: Analysis, gallery: ToChild, at_s: float, pipe: Connection) -> None:
    """Decides with another gallery from `at_s` on, and tells what becomes of whom is in sight then."""
    assert isinstance(gallery, UseGallery)
    for change in analysis.use(gallery, BEGIN + timedelta(seconds=at_s)):
        pipe.send(change)


def _check_length(seconds: float, most_s: float) -> None:
    if seconds > most_s:
        raise SourceDown(Reason.VIDEO_TOO_LONG.said(most_h=most_s / 3600))
