"""One doze of a camera: packets are read and kept, key frames are decoded and compared, until something moves."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Event

from people.recognition.engine.memory import keep_for_reuse
from people.recognition.types import Box, Image
from streams.pipeline.analysis.area import Area
from streams.pipeline.analysis.motion import MotionGate
from streams.pipeline.child.arrivals import Arrivals
from streams.pipeline.child.attention import Attention
from streams.pipeline.child.health import Health
from streams.pipeline.child.naps import Naps
from streams.pipeline.clock import Clock
from streams.pipeline.errors import Undecodable
from streams.pipeline.frames import Frame, LatestFrame
from streams.pipeline.sources.decoding import Picture, VideoPicture
from streams.pipeline.sources.kept_group import LONGEST_S, KeptGroup, KeptPacket
from streams.pipeline.sources.packet_sizes import PacketSizes
from streams.pipeline.sources.reading import PictureReader

LOOK_EVERY_S = 0.5
"""At most so often a key frame is looked at: some cameras send nothing else."""
COMPARED_PX = 960
"""Width at which key frames are compared: a face of 40 px in a picture of 1080p is 20 px, and its body 50."""
SHOW_EVERY_S = 7.5
"""The analysis gets every fourth key frame of most cameras: whoever steps in is seen by the comparison."""
SLACK_S = 0.02
"""How much earlier than due a picture may be shown: packets come with some jitter."""
TOLD_WITHIN_S = 1.0
"""Packets tell within so long after somebody steps in: 0.1 s, or 0.6 if that is right behind a key frame."""
WAITED_S = 0.005
"""Whoever has had to wait so long for a packet has read all that came, and may nap."""
TAKEN_WITHIN_S = 1.0
"""How long a frame of the past waits for the analysis to take the one before it."""


class Stillness:
    """Compares key frames with each other, where the camera is to look."""

    def __init__(self, area: Area) -> None:
        self._area, self._gate, self._has_seen = area, MotionGate(), False

    def is_broken_by(self, grey: Image) -> bool:
        """Returns whether something moved since the picture before, (height, width); False for the first one."""
        height, width = grey.shape[:2]
        ground = self._area.of(width, height)
        moved = self._has_seen and bool(self._gate.look(grey, ground.cells).cells.any())
        if not self._has_seen:
            self._gate.look(grey)
        self._gate.seen(Box(0, 0, width, height))
        self._has_seen = True
        return moved


class Doze:
    """`viewed` makes pixels upright as the camera's settings say; `framed` makes a frame of a picture that came at a
    time on the monotonic clock."""

    def __init__(
        self,
        reader: PictureReader,
        attention: Attention,
        latest: LatestFrame,
        health: Health,
        *,
        clock: Clock,
        stop: Event,
        area: Area,
        viewed: Callable[[Image], Image],
        framed: Callable[[Image, float], Frame],
    ) -> None:
        self._reader, self._attention, self._latest, self._health = reader, attention, latest, health
        self._clock, self._stop, self._viewed, self._framed = clock, stop, viewed, framed
        self._group, self._sizes, self._stillness = KeptGroup(), PacketSizes(), Stillness(area)
        self._arrivals, self._naps = Arrivals(), Naps()
        self._looked_s = self._shown_s = float("-inf")
        self._first_s: float | None = None
        """When the first packet came."""

    def run(self) -> None:
        """Returns when the camera is to be decoded again, the decoder as far as the stream. Raises SourceDown."""
        keep_for_reuse(False)
        self._attention.dozes(True)
        try:
            while not self._stop.is_set() and not self._attention.is_awake():
                if not self._next():
                    return
            self._catch_up(self._group.packets)
        finally:
            self._attention.dozes(False)
            keep_for_reuse(True)

    def _next(self) -> bool:
        """Reads a packet; returns False if that woke the camera, or the stream has ended."""
        self._health.reading()
        began_s = self._clock.monotonic()
        packet = self._reader.stream.packet()
        if packet is None:
            return False
        read_s = self._clock.monotonic()
        kept = KeptPacket(packet, self._arrivals.came_s(packet.media_s, read_s))
        if packet.is_key and abs(self._at_s(kept) - self._looked_s) >= LOOK_EVERY_S:
            goes_on = self._look(kept)
        else:
            self._health.picture_read(None)
            goes_on = self._keep(kept)
        if goes_on and self._reader.waits and read_s - began_s > WAITED_S:
            self._stop.wait(self._naps.next_s(self._clock.monotonic()))
        return goes_on

    def _at_s(self, kept: KeptPacket) -> float:
        """Returns its time in the stream, which may step back; by it key frames count also if many come at once."""
        return kept.came_s if kept.packet.media_s is None else kept.packet.media_s

    def _look(self, key: KeptPacket) -> bool:
        self._looked_s = self._at_s(key)
        self._naps.key(key.came_s)
        picture = self._reader.alone(key.packet)
        if picture and self._is_new(picture):
            self._health.picture_read(None)
            self._attention.missed()
            self._tell([*self._group.packets, key])
            return False
        self._group.begin(key)
        self._sizes.key()
        shown = None
        if picture and key.came_s - self._shown_s >= SHOW_EVERY_S:
            self._shown_s = key.came_s
            shown = self._show(picture, key.came_s, self._latest.put)
        self._health.picture_read(shown)
        return True

    def _is_new(self, picture: VideoPicture) -> bool:
        try:
            return self._stillness.is_broken_by(self._viewed(picture.grey(COMPARED_PX)))
        except Undecodable:
            return False

    def _keep(self, kept: KeptPacket) -> bool:
        if not self._group.packets:  # before the first key frame: the decoder is as far as the stream
            self._reader.follow(kept.packet)
            return not self._lacks_keys(kept.came_s)
        self._group.add(kept)
        if self._group.is_too_long():
            self._attention.rare_keys()
            self._catch_up(self._group.packets)
            return False
        told = not kept.packet.is_key and self._sizes.tells(kept.packet.size_bytes)
        if told and self._attention.believes_packets():
            self._attention.suspected()
            self._tell(self._group.packets, since_s=kept.came_s - TOLD_WITHIN_S)
            return False
        return True

    def _lacks_keys(self, now_s: float) -> bool:
        """Returns whether no key frame has come for too long: then everything is decoded, or nobody would be seen."""
        self._first_s = now_s if self._first_s is None else self._first_s
        if now_s - self._first_s <= LONGEST_S:
            return False
        self._attention.rare_keys()
        return True

    def _tell(self, packets: Sequence[KeptPacket], since_s: float = float("-inf")) -> None:
        """Shows the analysis what came since then or the last look, at its own pace: nobody who stepped in is lost."""
        keep_for_reuse(True)  # the ten pictures shown of a group take 10 ms to colour, not 30 to 44
        begins_s, newest = packets[0].came_s, None
        due_s = max(since_s, begins_s + self._latest.period_s if self._shown_s == begins_s else begins_s)
        for picture, came_s in self._reader.again(packets):
            newest = (picture, came_s)
            if came_s > due_s - SLACK_S:
                due_s, newest = due_s + self._latest.period_s, None
                self._show(picture, came_s, self._put_when_taken)
        if newest:
            self._show(*newest, self._put_when_taken)

    def _show(self, picture: Picture, came_s: float, put: Callable[[Frame], None]) -> Frame | None:
        if self._stop.is_set() or (image := self._reader.pixels(picture)) is None:
            return None
        frame = self._framed(image, came_s)
        put(frame)
        return frame

    def _put_when_taken(self, frame: Frame) -> None:
        self._latest.put_when_taken(replace(frame, is_of_past=True), TAKEN_WITHIN_S)

    def _catch_up(self, packets: Sequence[KeptPacket]) -> None:
        """Brings the decoder as far as the stream; before the first key frame it is there already."""
        if packets:
            deque(self._reader.again(packets), maxlen=0)
