"""The packets of one RTP stream in order, however they travel; whole, or as a file of what they carry."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from streams.pipeline.sources.connection import ReadPatience
from streams.pipeline.sources.rtp import RtpPacket
from streams.pipeline.sources.rtp_order import PacketOrder
from streams.pipeline.sources.rtsp import RtspConnection


class Carrier(Protocol):
    """How packets travel."""

    order: PacketOrder
    patience: ReadPatience
    waits: bool
    """Whether the sender waits for whoever reads late; if not, packets are lost."""

    def next(self, within_s: float | None) -> bytes | None:
        """Returns the next packet; None if none came within this time. Raises SourceDown."""

    def close(self) -> None: ...


class Interleaved:
    """Packets on one channel of the connection that RTSP is spoken on: in order, and none is lost on the way."""

    waits = True

    def __init__(self, connection: RtspConnection, channel: int) -> None:
        self._connection, self._channel = connection, channel
        self.order, self.patience = PacketOrder(), connection.patience

    def next(self, within_s: float | None) -> bytes | None:
        while True:
            channel, packet = self._connection.frame()
            if channel == self._channel:
                return packet

    def close(self) -> None:
        self._connection.close()


class RtpPackets(Iterator[RtpPacket]):
    def __init__(self, carrier: Carrier, payload_type: int) -> None:
        self._carrier, self._payload_type = carrier, payload_type
        self.order, self.patience, self.waits = carrier.order, carrier.patience, carrier.waits
        self._ready: deque[RtpPacket] = deque()
        self._follows_loss, self._rest = False, b""

    def __next__(self) -> RtpPacket:
        while True:
            while not self._ready:
                self._receive()
            packet = self._ready.popleft()
            follows_loss = self._follows_loss or packet.follows_loss
            self._follows_loss = follows_loss and packet.type != self._payload_type
            if packet.type == self._payload_type:
                return replace(packet, follows_loss=True) if follows_loss else packet

    def read(self, size: int, /) -> bytes:
        while not self._rest:
            self._rest = next(self).payload
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def close(self) -> None:
        self._carrier.close()

    def _receive(self) -> None:
        data = self._carrier.next(self.order.due_in_s(time.monotonic()))
        packet, now_s = RtpPacket.of(data) if data else None, time.monotonic()
        counts = packet and self._counts(packet)
        self._ready.extend(self.order.add(packet, now_s) if packet and counts else self.order.overdue(now_s))

    def _counts(self, packet: RtpPacket) -> bool:
        """Returns whether it is numbered with the video, as all is that the same source sends."""
        return packet.type == self._payload_type or packet.source == self.order.source
