"""Plays a video file in real time by its own timestamps, once or in a loop."""

from __future__ import annotations

import weakref
from pathlib import Path

from people.recognition.types import Image
from streams.pipeline.errors import SourceDown, SourceEnded
from streams.pipeline.reasons import Reason, Sentence
from streams.pipeline.sources.containers import Container, NotVideo, SoundOnly
from streams.pipeline.sources.pace import Pace
from streams.pipeline.sources.reading import PictureReader
from streams.pipeline.sources.wanting import IsWanted, always


class Playback:
    """Source of a file. Never gives a frame before its time; gives late ones at once."""

    def __init__(self, path: str, loop: bool, pace: Pace | None = None) -> None:
        self._path, self._loop, self._pace = path, loop, pace or Pace()
        file = open_video(path)
        self.length_s = file.length_s
        """As the file says, in seconds; None if it does not."""
        self._reader = PictureReader(file)
        self.period_s = file.period_s
        """How long a picture is shown, about, in seconds."""
        self.own_s: float | None = None
        """The time that the file gives the last frame read, in seconds from its start; None if it gives none."""
        self.media_s = 0.0
        """The time of the last frame read, in seconds from the start of the file."""

    @property
    def pixel_aspect(self) -> float:
        return self._reader.pixel_aspect

    def read(self, is_wanted: IsWanted = always) -> Image | None:
        picture = self._reader.next()
        while picture is None:
            self._begin_again()
            picture = self._reader.next()
        self.own_s = picture.media_s
        self.media_s = max(0.0, picture.media_s or 0.0)
        self._pace.wait(self.media_s)
        return self._reader.pixels(picture) if is_wanted() else None

    def close(self) -> None:
        self._reader.stream.close()

    def _begin_again(self) -> None:
        if not self._reader.read:
            raise SourceDown(Reason.NO_DECODABLE_PICTURES.said())
        if not self._loop:
            raise SourceEnded(Reason.FILE_ENDED.said())
        self.close()
        self._reader = PictureReader(open_video(self._path))  # opening anew works for every format; seeking does not


class VideoFile(Container):
    """The packets of a file, which is closed with them, also when nobody asks for it."""

    def __init__(self, path: str) -> None:
        file = Path(path).open("rb")  # noqa: SIM115
        weakref.finalize(self, file.close)
        self._close_file = file.close
        try:
            super().__init__(file)
        except BaseException:
            file.close()
            raise

    def close(self) -> None:
        super().close()
        self._close_file()


def open_video(path: str) -> VideoFile:
    """Opens a video file. Raises SourceDown with what is wrong with the file."""
    if problem := _problem_before_opening(Path(path)):
        raise SourceDown(problem)
    try:
        return VideoFile(path)
    except SoundOnly:
        raise SourceDown(Reason.SOUND_ONLY.said()) from None
    except (NotVideo, OSError):
        raise SourceDown(_problem_after_opening(Path(path))) from None


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
    return Reason.NO_DECODABLE_VIDEO.said()
