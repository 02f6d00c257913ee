"""The thread that reads a source for as long as the camera runs, and reconnects whenever it loses the source."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from threading import Event, Thread

from people.recognition.types import Image
from streams.pipeline.analysis.area import Area
from streams.pipeline.child.attention import Attention
from streams.pipeline.child.doze import Doze
from streams.pipeline.child.health import Health
from streams.pipeline.clock import Clock
from streams.pipeline.errors import Fetching, SourceDown, SourceEnded
from streams.pipeline.frames import Frame, LatestFrame
from streams.pipeline.reasons import Reason, Sentence, joined
from streams.pipeline.sources.addresses import redact
from streams.pipeline.sources.reading import PictureReader
from streams.pipeline.sources.sources import OpenSource, Source, aspect_of, lost_of, open_source, pace_of, packets_of
from streams.pipeline.states import ChildState
from streams.pipeline.view import CameraView


class BackOff:
    """Gives the seconds to wait before the next try: 1, 2, 4 … 60, each shortened at random by up to a quarter.

    The random part keeps the cameras of one lost recorder from all coming back at once.
    """

    FIRST_S, LONGEST_S = 1.0, 60.0

    def __init__(self) -> None:
        self._next_s = self.FIRST_S

    def delay_s(self) -> float:
        delay_s, self._next_s = self._next_s, min(self._next_s * 2, self.LONGEST_S)
        return delay_s * random.uniform(0.75, 1)  # noqa: S311 - no secret

    def reset(self) -> None:
        self._next_s = self.FIRST_S


STEADY_S = 5.0
"""A source that delivered frames for this long is trusted again: after its next loss the first wait is a second."""


class Capture(Thread):
    def __init__(
        self,
        source: str,
        loop: bool,
        latest: LatestFrame,
        health: Health,
        stop: Event,
        *,
        clock: Clock,
        open_source: OpenSource = open_source,
        view: CameraView | None = None,
        attention: Attention | None = None,
    ) -> None:
        """`attention`: says when a live stream need not be decoded; None: it always is."""
        super().__init__(name="capture", daemon=True)
        self._view = view or CameraView()
        self._area, self._attention = Area(self._view.regions), attention or Attention(clock)
        self._source, self._loop, self._open = source, loop, open_source
        self._latest, self._health, self._clock = latest, health, clock
        self._stop_asked, self._back_off, self._number = stop, BackOff(), 0
        self._lost: tuple[int, Source | None] = 0, None
        """Packets lost in the connections before, and the source of this one."""

    @property
    def packets_lost(self) -> int:
        """Packets that did not come, over all connections."""
        before, source = self._lost
        return before + (lost_of(source) if source else 0)

    def run(self) -> None:
        while not self._stop_asked.is_set():
            try:
                self._connect_and_read()
            except SourceEnded as ended:
                self._health.says(ChildState.ENDED, ended.said)
                self._health.idle()
                self._stop_asked.set()  # the child leaves and its place is free; a changed camera gets a new child
            except Fetching as fetching:
                self._health.says(ChildState.CONNECTING, fetching.said)
                self._health.idle()
                self._stop_asked.wait(fetching.retry_s)
            except SourceDown as down:
                self._wait(down.said, down.retry_s)
            except Exception as broken:  # noqa: BLE001 - a decoder's surprise must not end the camera in silence
                self._wait(Reason.SURPRISE.said(why=redact(str(broken))))

    def _connect_and_read(self) -> None:
        self._health.reading()
        source = self._open(self._source, self._loop)
        self._lost = self.packets_lost, source
        self._health.opened(pace_of(source))
        try:
            self._read_on(source)
        finally:
            self._lost = self.packets_lost, None
            source.close()

    def _read_on(self, source: Source) -> None:
        began_s = self._clock.monotonic()
        reader = packets_of(source)
        while not self._stop_asked.is_set():
            if reader:
                self._spare(source, reader)
            self._health.reading()
            self._read_one(source)
            if self._clock.monotonic() - began_s > STEADY_S:
                self._back_off.reset()

    def _read_one(self, source: Source) -> None:
        image = source.read(self._is_wanted)
        self._number += 1
        frame = None
        if image is not None:
            frame = self._framed(source, image, self._clock.monotonic())
            self._latest.put(frame)
        self._health.picture_read(frame)

    def _is_wanted(self) -> bool:
        return self._latest.wanted(self._clock.monotonic())

    def _spare(self, source: Source, reader: PictureReader) -> None:
        """Decodes no more of a live stream than is needed."""
        if reader.decoder:
            reader.decoder.hurry(self._latest.is_behind(self._clock.monotonic()))
        if not self._attention.is_awake():
            self._doze(source, reader)

    def _doze(self, source: Source, reader: PictureReader) -> None:
        Doze(
            reader,
            self._attention,
            self._latest,
            self._health,
            clock=self._clock,
            stop=self._stop_asked,
            area=self._area,
            viewed=partial(self._viewed, source),
            framed=partial(self._framed, source),
        ).run()

    def _framed(self, source: Source, image: Image, came_s: float) -> Frame:
        """Makes a frame. The next is due at the pace of the analysis, or of a slower source."""
        gap_s = max(self._latest.period_s, self._health.gap_s())
        age = timedelta(seconds=self._clock.monotonic() - came_s)
        picture = self._viewed(source, image)
        return Frame(self._number, picture, self._clock.now() - age, came_s, gap_s)

    def _viewed(self, source: Source, image: Image) -> Image:
        return self._view.of(image, aspect_of(source))

    def _wait(self, reason: Sentence, retry_s: float | None = None) -> None:
        delay_s = self._back_off.delay_s() if retry_s is None else retry_s
        self._health.lost(joined(reason, Reason.NEXT_TRY.said(delay_s=delay_s)))
        self._health.idle()
        if not self._stop_asked.wait(delay_s):
            self._health.says(ChildState.CONNECTING, reason)
