"""Plays a video file in real time by its own timestamps, once or in a loop."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import cv2

from people.recognition.types import Image
from streams.pipeline.errors import SourceDown, SourceEnded
from streams.pipeline.reasons import Reason, Sentence
from streams.pipeline.sources.opencv import open_file, pixel_aspect_of, retrieve_rgb

LONGEST_STEP_S = 2.0
"""Timestamps further apart than this count as damage, not as a pause."""


class Pace:
    """Turns media times into waiting: a frame is due when as much real time has passed as media time."""

    def __init__(
        self, monotonic: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._monotonic, self._sleep = monotonic, sleep
        self._due_s = 0.0
        self._media_s: float | None = None

    def wait(self, media_s: float) -> None:
        now = self._monotonic()
        step_s = 0.0 if self._media_s is None else media_s - self._media_s
        self._media_s = media_s
        if not 0 <= step_s <= LONGEST_STEP_S or now - self._due_s - step_s > LONGEST_STEP_S:
            self._due_s = now  # first frame, a new round, or we were held up: go on from here
            return
        self._due_s += step_s
        if self._due_s > now:
            self._sleep(self._due_s - now)


class Playback:
    """Source of a file. Never gives a frame before its time; gives late ones at once."""

    def __init__(self, path: str, loop: bool, pace: Pace | None = None) -> None:
        self._path, self._loop, self._pace = path, loop, pace or Pace()
        self._capture = open_video(path)
        self._read_in_round = 0

    @property
    def media_s(self) -> float:
        """Returns the time of the last frame read, in seconds from the start of the file."""
        return max(0.0, self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)

    @property
    def pixel_aspect(self) -> float:
        return pixel_aspect_of(self._capture)

    def read(self, *, wanted: bool = True) -> Image | None:
        if not self._capture.grab():
            self._begin_again()
        self._read_in_round += 1
        image = retrieve_rgb(self._capture) if wanted else None
        self._pace.wait(self.media_s)
        return image

    def close(self) -> None:
        self._capture.release()

    def _begin_again(self) -> None:
        if not self._read_in_round:
            raise SourceDown(Reason.NO_DECODABLE_PICTURES.said())
        if not self._loop:
            raise SourceEnded(Reason.FILE_ENDED.said())
        self._capture.release()
        self._capture = open_video(self._path)  # opening anew works for every format; seeking does not
        self._read_in_round = 0
        if not self._capture.grab():
            raise SourceDown(Reason.NO_DECODABLE_PICTURES.said())


def open_video(path: str) -> cv2.VideoCapture:
    """Opens a video file. Raises SourceDown with what is wrong with the file."""
    if problem := _problem_before_opening(Path(path)):
        raise SourceDown(problem)
    capture = open_file(path)
    if not capture.isOpened():
        raise SourceDown(_problem_after_opening(Path(path)))
    return capture


def _problem_before_opening(path: Path) -> Sentence | None:
    try:
        if not path.exists():
            return Reason.NO_FILE.said()
        if not path.is_file():
            return Reason.NOT_A_FILE.said()
        if path.stat().st_size == 0:
            return Reason.EMPTY_FILE.said()
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        return Reason.UNREADABLE_FILE.said(why=error.strerror)
    except ValueError:  # a NUL in the name
        return Reason.IMPOSSIBLE_NAME.said()
    return None


def _problem_after_opening(path: Path) -> Sentence:
    """Returns why FFmpeg did not open it, by the marks of the MP4 family; any other file is just no video."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
        file.seek(max(0, path.stat().st_size - (1 << 20)))
        marks = head + file.read(1 << 20)
    if head[4:8] != b"ftyp":
        return Reason.NO_VIDEO.said()
    if b"moov" not in marks:
        return Reason.CUT_SHORT.said()
    if b"soun" in marks and b"vide" not in marks:
        return Reason.SOUND_ONLY.said()
    return Reason.NO_DECODABLE_VIDEO.said()
