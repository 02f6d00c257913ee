"""Runs a file through the camera's analysis as fast as it can, on the clock of the file's own timestamps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from streams.pipeline.analysis.analysis import Analysis
from streams.pipeline.errors import SourceEnded
from streams.pipeline.frames import Frame
from streams.pipeline.messages import Overlay, SightingChange
from streams.pipeline.sources.pace import Pace
from streams.pipeline.sources.playback import Playback
from streams.pipeline.view import CameraView

BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
"""Every replayed file begins at this moment, so that the times of its sightings are times in the file."""


BACK_S = 1.0
"""Times that go back so far begin again; those that go back less are damage."""
JUST_BEFORE_S = 0.001
"""A camera's loop also turns between two frames, which ends what has waited too long for the next one."""


def seconds_in(moment: datetime) -> float:
    """Returns the seconds into the file of a time that the analysis of a replay gave."""
    return (moment - BEGIN).total_seconds()


class FileTime:
    """Says how far into the file each frame is, also where the file has no times, or they begin again.

    A stream as cameras and recorders dump it has none, and recordings that were put one behind the other begin again
    with each: without this everything but the first frame, or the first recording, would be over at once.
    """

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._own_s: float | None = None
        self._is_first = True
        self.at_s = 0.0
        self.is_counted = False
        """Whether a time was counted by pictures, because the file gave none, or began again."""

    def of(self, own_s: float | None) -> float:
        """Returns the time of the next frame, which the file says to be `own_s`, in seconds, never less than before."""
        step_s = self._step_s(own_s)
        if own_s is not None:
            is_damage = self._own_s is not None and 0 < self._own_s - own_s <= BACK_S
            self._own_s = self._own_s if is_damage else own_s
        elif self._own_s is not None:
            self._own_s += step_s
        self.at_s += step_s
        return self.at_s

    def _step_s(self, own_s: float | None) -> float:
        """Returns how long after the frame before, or after the start, the next one is."""
        if self._is_first:
            self._is_first = False
            return max(0.0, own_s or 0.0)
        if own_s is None or self._own_s is None or own_s < self._own_s - BACK_S:
            self.is_counted = True
            return self._period_s
        return max(0.0, own_s - self._own_s)


class Replay:
    def __init__(self, path: str, analysis: Analysis, analysis_fps: float, view: CameraView | None = None) -> None:
        self._analysis, self._period_s, self._view = analysis, 1 / analysis_fps, view or CameraView()
        self._source = Playback(path, loop=False, pace=Pace(sleep=lambda _: None))
        self._time = FileTime(self._source.period_s)
        self.frames = self.analysed = 0
        self.at_s = 0.0
        """The time of the last frame read, in seconds of the file."""

    @property
    def length_s(self) -> float | None:
        """Returns how long the file says that it is."""
        return self._source.length_s

    @property
    def is_counted(self) -> bool:
        return self._time.is_counted

    def __iter__(self) -> Iterator[SightingChange | Overlay]:
        """Yields the changes and overlays of each analysed frame. Raises SourceDown if the file holds no frames."""
        due_s = 0.0
        try:
            while True:
                upcoming_s = self.at_s
                image = self._source.read()
                self.frames += 1
                self.at_s = at_s = self._time.of(self._source.own_s)
                if image is None or at_s + 1e-6 < due_s:
                    continue
                due_s = max(due_s, upcoming_s - self._period_s) + self._period_s
                gap_s = max(self._period_s, at_s - upcoming_s)
                self.analysed += 1
                image = self._view.of(image, self._source.pixel_aspect)
                yield from self._analyse(Frame(self.frames, image, BEGIN + timedelta(seconds=at_s), at_s, gap_s))
        except SourceEnded:
            yield from self._analysis.close(BEGIN + timedelta(seconds=self.at_s))
        finally:
            self._source.close()

    def _analyse(self, frame: Frame) -> Iterator[SightingChange | Overlay]:
        yield from self._analysis.tick(frame.captured_at, frame.monotonic_s - JUST_BEFORE_S)
        changes, overlay = self._analysis.frame(frame)
        yield from changes
        yield overlay
