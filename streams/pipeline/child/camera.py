"""One running camera: its capture thread, its analysis loop, its heartbeat, and the orders that it follows."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Sequence
from threading import Event, Thread

from streams.pipeline.analysis.analysis import Analysis, FaceEngine
from streams.pipeline.analysis.area import Area
from streams.pipeline.analysis.footage import ClipOrder, FootageWatch
from streams.pipeline.analysis.liveness import LivenessNetwork
from streams.pipeline.child.attention import Attention
from streams.pipeline.child.capture import Capture
from streams.pipeline.child.clips import ClipEncoder
from streams.pipeline.child.health import Health
from streams.pipeline.clock import Clock
from streams.pipeline.frames import LatestFrame
from streams.pipeline.messages import (
    CameraConfig,
    Footage,
    Heartbeat,
    Stop,
    ToChild,
    ToParent,
    UseGallery,
    UseSaid,
    WatchMode,
)
from streams.pipeline.reasons import NONE, Sentence, joined
from streams.pipeline.sources.sources import OpenSource, open_source
from streams.pipeline.states import ChildState

HEARTBEAT_S = 1.0
TURN_S = 0.25
"""The loop turns at least this often, to follow orders and to end sightings while no frames come."""


LAST_CLIPS_S = 1.0
"""How long a child that stops may take for clips; its parent waits for 5 s in all."""


class CameraRun:
    """Runs one camera. `send` must not block. Engine, clock and source come from outside, so tests can pass theirs."""

    def __init__(
        self,
        config: CameraConfig,
        engine: FaceEngine,
        send: Callable[[ToParent], None],
        *,
        clock: Clock | None = None,
        open_source: OpenSource = open_source,
        overlays_dropped: Callable[[], int] = lambda: 0,
        footage_dropped: Callable[[], int] = lambda: 0,
        liveness: LivenessNetwork | None = None,
        lacks: Sentence = NONE,
        analysis_nice: int = 0,
    ) -> None:
        """`lacks`: what the camera asks for and does not get, which it says beside its state. `analysis_nice`: how far
        the analysis lets everything else go first: the loop's own thread, as Linux counts niceness by thread."""
        self._lacks, self._analysis_nice = lacks, analysis_nice
        self._send, self._clock = send, clock or Clock()
        self._overlays_dropped, self._footage_dropped = overlays_dropped, footage_dropped
        self._stop = Event()
        self._orders: queue.SimpleQueue[ToChild] = queue.SimpleQueue()
        self._latest = LatestFrame(config.analysis_fps)
        self._attention = Attention(self._clock, always=config.decodes_always)
        self._health = Health(self._clock, config.down_after_s)
        self._period_s, self._busy = 1 / config.analysis_fps, 0.0
        self._analysis = Analysis(
            engine,
            config.own_threshold,
            config.smallest_face_px,
            area=Area(config.view.regions),
            liveness=liveness,
            footage=FootageWatch(keeps_frames=config.keeps_whole_frame, clip_s=config.clip_seconds),
        )
        self._clips = ClipEncoder(send)
        self._capture = Capture(
            config.source,
            config.loop,
            self._latest,
            self._health,
            self._stop,
            clock=self._clock,
            open_source=open_source,
            view=config.view,
            attention=self._attention,
        )

    def order(self, message: ToChild) -> None:
        """Takes an order from any thread; the loop follows it within a quarter of a second, between two frames."""
        if isinstance(message, Stop):
            self.stop()
        else:
            self._orders.put(message)

    def stop(self) -> None:
        """Ends open sightings, reports them, and makes `run` return. Any thread may call it."""
        self._stop.set()

    def run(self) -> None:
        """Runs the camera until `stop`. Raises RecognitionError if a network that is needed cannot be had."""
        self._capture.start()
        Thread(target=self._beat, name="heartbeat", daemon=True).start()
        os.nice(self._analysis_nice)  # the threads that were started keep theirs
        while not self._stop.is_set():
            self._turn()
        if self._health.condition().state == ChildState.ENDED:
            self._turn()  # the last frame may still wait
        self._tell(*self._analysis.close(self._clock.now()))
        self._keep(self._analysis.footage())
        self._clips.finish(LAST_CLIPS_S)
        if self._health.condition().state == ChildState.ENDED:
            self._tell(self.heartbeat())
        # Do not wait for the capture: it may hang in a read, and this process is about to end.

    def _turn(self) -> None:
        self._follow_orders()
        if self._attention.is_dozing:
            self._analysis.rest()
        frame = self._latest.take(TURN_S)
        if frame is None:
            self._tell(*self._analysis.tick(self._clock.now(), self._clock.monotonic()))
        else:
            began_s = self._clock.monotonic()
            changes, overlay = self._analysis.frame(frame)
            if self._analysis.is_stirred:
                self._attention.stirred()
            self._tell(*changes, overlay)
            self._spent(self._clock.monotonic() - began_s)
        self._keep(self._analysis.footage(self._clock.monotonic()))
        self._health.loop_turned(analysed=frame is not None)

    def _spent(self, seconds: float) -> None:
        """Averages over about ten frames, so that one search does not count as a busy processor."""
        self._busy += (seconds / self._period_s - self._busy) / 10
        self._analysis.busy(self._busy)

    def _follow_orders(self) -> None:
        while True:
            try:
                order = self._orders.get_nowait()
            except queue.Empty:
                return
            if isinstance(order, UseGallery):
                self._tell(*self._analysis.use(order, self._clock.now()), self.heartbeat())
            elif isinstance(order, UseSaid):
                self._analysis.say(order.said)
            elif isinstance(order, WatchMode):
                self._analysis.watch(order)
                self._attention.watched(order.preview or order.annotated)

    def _keep(self, footage: Sequence[Footage | ClipOrder]) -> None:
        for each in footage:
            if isinstance(each, ClipOrder):
                self._clips.put(each)
            else:
                self._send(each)

    def _tell(self, *messages: ToParent) -> None:
        for message in messages:
            self._send(message)

    def _beat(self) -> None:
        """Sends heartbeats from a thread of its own, to show a source or loop that hangs; none while it is stuck."""
        while True:
            if not self._health.is_stuck():
                self._send(self.heartbeat())
            if self._stop.wait(HEARTBEAT_S):
                return

    def _looks(self, state: ChildState) -> Sentence:
        return self._attention.says() if state == ChildState.LIVE else NONE

    def heartbeat(self) -> Heartbeat:
        condition, size_px = self._health.condition(), self._health.size_px
        fps_read, fps_analysed = self._health.rates()
        return Heartbeat(
            state=condition.state,
            reason=joined(condition.reason, self._lacks, self._looks(condition.state)),
            sent_at=self._clock.now(),
            last_frame_at=self._health.last_frame_at,
            frame_age_ms=self._health.frame_age_ms(),
            frame_width_px=size_px[0] if size_px else None,
            frame_height_px=size_px[1] if size_px else None,
            fps_read=_rate(fps_read),
            fps_analysed=_rate(fps_analysed),
            frames_dropped=self._latest.dropped,
            overlays_dropped=self._overlays_dropped(),
            gallery_version=self._analysis.gallery_version,
            frames_read=self._health.frames_read,
            frames_analysed=self._health.frames_analysed,
            encodings_made=self._analysis.encodings_made,
            packets_lost=self._capture.packets_lost,
            footage_dropped=self._footage_dropped() + self._clips.dropped,
        )


def _rate(per_s: float) -> float:
    """Returns three digits of a rate: one picture in five minutes is a pace, too."""
    return float(f"{per_s:.3g}")
