"""The worker's side of a video: it starts the child, hears what it says, and writes down what was seen."""

from __future__ import annotations

import fcntl
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from people.base.sweeping import StopFlag
from people.gallery.engines import usable_engine
from streams.cameras.source_rules import stored_videos
from streams.errors import CannotBeDone
from streams.jobs.claims import JobClaim
from streams.jobs.working import JobLoop
from streams.pipeline.child.video import (
    FromVideo,
    VideoEnded,
    VideoOrder,
    VideoProgress,
    VideoRefused,
    run_video,
)
from streams.pipeline.messages import SightingChange
from streams.running import forking
from streams.videos.following import VideoGallery
from streams.videos.moments import clock
from streams.videos.recording import VideoRecorder
from streams.videos.video import Video

logger = logging.getLogger(__name__)

ANALYSIS_FPS, SMALLEST_FACE_PX = 8.0, 40
"""As a camera's defaults."""
MOST_S = 6 * 3600.0
"""At 4 to 8 times as fast as it plays, six hours keep a core busy for one to two."""
LOOK_EVERY_S = 0.5
FETCH_BYTES_PER_S = 2_000_000
"""A slow rate for fetching an upload from a bucket."""
# 180 s: the first look at a large file, and an engine that is made ready on a busy machine.
SILENT_S = 180.0
# 1 s of a video that was cut off is not worth a word: headers are rounded.
EARLY_S = 2.0
COPY = "evidence-"
# 60 s: a copy that was made just now may have no lock yet.
NEW_S = 60.0
CUT_OFF = "The file ends early: it says that it is {length}, and its pictures end after {came}."
COUNTED = "The file gives no times, or begins again with them: those here are counted by its pictures, and may be off."
AGAIN = "The analysis began again, because the worker before had to stop."
DIED = "The process that read the video ended by itself, which this video may have caused."
Target = Callable[[VideoOrder, Any], None]


class Interrupted(Exception):
    """The worker is asked to stop."""


def video_loop() -> JobLoop:
    sweep_copies()
    return JobLoop(Video, analyse_video)


def analyse_video(claim: JobClaim, stop: StopFlag, target: Target = run_video) -> None:
    """Analyses one video from its beginning. One that was interrupted begins again: what it had found is dropped.

    Raises CannotBeDone, ClaimLost, and any error of the storage.
    """
    video: Video = claim.row
    video.actor()
    recorder = VideoRecorder(claim)
    recorder.begin(remark=AGAIN if video.done_s else "")
    try:
        claim.hold(for_s=video.size_bytes / FETCH_BYTES_PER_S)
        with _source_of(video) as source:
            ended = _heard(claim, stop, recorder, _order(source), target)
    except Interrupted:
        claim.release()
        return
    except CannotBeDone:
        recorder.drop()
        raise
    recorder.finish(ended, remark=_remark(ended, claim))


def _remark(ended: VideoEnded, claim: JobClaim) -> str:
    remarks = [Video.objects.values_list("remark", flat=True).get(pk=claim.row.pk)]
    if ended.length_s and ended.length_s - ended.at_s > EARLY_S:
        remarks.append(CUT_OFF.format(length=clock(ended.length_s), came=clock(ended.at_s)))
    if ended.is_counted:
        remarks.append(COUNTED)
    return " ".join(filter(None, remarks))


def _order(source: str) -> VideoOrder:
    return VideoOrder(
        source=source,
        videos=stored_videos(),
        cache_dir=str(settings.MODEL_CACHE),
        engine=usable_engine(),
        analysis_fps=ANALYSIS_FPS,
        smallest_face_px=SMALLEST_FACE_PX,
        most_s=MOST_S,
    )


@contextmanager
def _source_of(video: Video) -> Iterator[str]:
    """Yields what the child opens: an address, the stored file itself, or a copy of it. Raises CannotBeDone."""
    if not video.file:
        yield video.address
        return
    name = str(video.file.name)
    with suppress(NotImplementedError):
        yield default_storage.path(name)
        return
    folder = _folder_of_copies()
    folder.mkdir(parents=True, exist_ok=True)
    sweep_copies()
    with tempfile.NamedTemporaryFile(prefix=COPY, dir=folder) as copy:
        fcntl.flock(copy, fcntl.LOCK_SH)
        try:
            with video.file.open("rb") as stored:
                shutil.copyfileobj(stored, copy, 1 << 20)
        except FileNotFoundError:
            raise CannotBeDone("The stored video is gone. Upload it again.") from None
        copy.flush()
        yield copy.name


def sweep_copies() -> int:
    """Deletes copies of uploaded videos that workers have left who were killed; returns how many.

    A worker holds a lock on its copy, which ends with it: nothing else would delete a video of people that the site has
    forgotten, or erased somebody from.
    """
    swept = 0
    for path in _folder_of_copies().glob(f"{COPY}*"):
        with suppress(OSError), path.open("rb") as left:
            if time.time() - path.stat().st_mtime > NEW_S:
                fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                swept += 1
    return swept


def _folder_of_copies() -> Path:
    return Path(settings.VIDEO_CACHE).parent


def _heard(claim: JobClaim, stop: StopFlag, recorder: VideoRecorder, order: VideoOrder, target: Target) -> VideoEnded:
    """Runs the child to its end and records what it says. Raises Interrupted, CannotBeDone, and ClaimLost."""
    with _child(order, target) as pipe:
        gallery = VideoGallery(order.engine)
        recorder.compared_with(gallery.tell(pipe))
        for said in _messages(pipe, stop, claim, gallery):
            match said:
                case SightingChange():
                    recorder.change(said)
                case VideoProgress():
                    recorder.progress(said)
                case VideoRefused():
                    if said.may_pass:
                        raise RuntimeError(said.reason)
                    raise CannotBeDone(said.reason)
                case VideoEnded():
                    return said
    raise RuntimeError(DIED)


def _messages(pipe: Connection, stop: StopFlag, claim: JobClaim, gallery: VideoGallery) -> Iterator[FromVideo]:
    """Yields what the child says, and tells it of a newer gallery.

    Raises Interrupted, ClaimLost, and RuntimeError if it dies or falls silent.
    """
    heard_at = time.monotonic()
    claim.hold(for_s=SILENT_S)  # what it says from then on holds the claim, too
    while True:
        if stop.is_set():
            raise Interrupted
        gallery.look(pipe)
        if not pipe.poll(LOOK_EVERY_S):
            if time.monotonic() - heard_at > SILENT_S:
                raise RuntimeError(f"the video's process said nothing for {SILENT_S:.0f} s")
            continue
        try:
            yield pipe.recv()
        except (EOFError, OSError):
            raise RuntimeError(DIED) from None
        heard_at = time.monotonic()


@contextmanager
def _child(order: VideoOrder, target: Target) -> Iterator[Connection]:
    context = forking.children()
    ours, theirs = context.Pipe(duplex=True)
    child = context.Process(target=target, args=(order, theirs), name="video", daemon=True)
    forking.start(child)
    theirs.close()
    try:
        yield ours
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()
