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


JUST_BEFORE_S = 0.001
"""A camera's loop also turns between two frames, which ends what has waited too long for the next one."""


def seconds_in(moment: datetime) -> float:
    """Returns the seconds into the file of a time that the analysis of a replay gave."""
    return (moment - BEGIN).total_seconds()


class Replay:
    def __init__(self, path: str, analysis: Analysis, analysis_fps: float, view: CameraView | None = None) -> None:
        self._analysis, self._period_s, self._view = analysis, 1 / analysis_fps, view or CameraView()
        self._source = Playback(path, loop=False, pace=Pace(sleep=lambda _: None))
        self.frames = self.analysed = 0
        self.at_s = 0.0
        """The time of the last frame read, in seconds of the file."""

    @property
    def length_s(self) -> float | None:
        """Returns how long the file says that it is."""
        return self._source.length_s

    def __iter__(self) -> Iterator[SightingChange | Overlay]:
        """Yields the changes and overlays of each analysed frame. Raises SourceDown if the file holds no frames."""
        due_s = 0.0
        try:
            while True:
                upcoming_s = self.at_s
                image = self._source.read()
                self.frames += 1
                self.at_s = at_s = self._source.media_s
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
