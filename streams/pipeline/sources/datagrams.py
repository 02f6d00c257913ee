"""Packets over UDP: a thread takes them in, so that none is lost while pictures are decoded."""

from __future__ import annotations

import queue
import time
from threading import Event, Thread

from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.rtcp import EVERY_S, Reception
from streams.pipeline.sources.rtp_order import PacketOrder
from streams.pipeline.sources.rtsp import RtspConnection
from streams.pipeline.sources.udp_ports import PORTS, UdpPorts

WAIT_S = 0.2
"""How long a packet that is missing may still come: networks of cameras disturb the order by milliseconds."""
SILENT_S = 5.0
"""Cameras send within a second of PLAY. What has not come after five is held back on its way."""
LOOK_S = 0.5
"""So often the connection is looked after while packets come."""
MOST_WAITING = 2048
"""Packets between the two threads: 3 s of 8 Mbit/s, at most 32 MB."""
MOST_A_SECOND = 20_000
"""A video of 100 Mbit/s has 9,000 packets a second; a thread reads about 100,000, with a whole core."""


class Datagrams:
    waits = False

    def __init__(self, connection: RtspConnection, ports: UdpPorts) -> None:
        self._connection, self.patience = connection, connection.patience
        self.order = PacketOrder(WAIT_S)
        self._reports, self._arrival = Reception(self.order), Arrival(ports)
        self._ports, self._has_come = ports, False
        self._begun_s = self._looked_s = self._reported_s = 0.0

    def next(self, within_s: float | None) -> bytes | None:
        until_s = time.monotonic() + (LOOK_S if within_s is None else within_s)
        while True:
            now_s = time.monotonic()
            self._look_after(now_s)
            try:
                packet = self._arrival.came.get(timeout=max(0.0, min(until_s - now_s, LOOK_S)))
            except queue.Empty:
                if time.monotonic() >= until_s:
                    return None
                continue
            self._has_come = True
            return packet

    def close(self) -> None:
        self._arrival.end()
        self._connection.say_goodbye()
        self._connection.close()

    def _look_after(self, now_s: float) -> None:
        """Raises SourceDown if there is nothing to wait for any more."""
        self._begun_s = self._begun_s or now_s
        if now_s - self._looked_s < LOOK_S:
            return
        self._looked_s = now_s
        self._connection.attend()
        if now_s - self._reported_s >= EVERY_S:
            self._reported_s = now_s
            self._ports.report(self._reports.report())
        if self._arrival.is_storm:
            raise SourceDown(Reason.PACKET_STORM.said(most=MOST_A_SECOND))
        if not self._has_come and now_s - self._begun_s > SILENT_S:
            raise SourceDown(Reason.UDP_SILENT.said(first=PORTS[0], last=PORTS[-1]))
        self._check_patience()

    def _check_patience(self) -> None:
        try:
            self.patience.left_s()
        except TimeoutError:
            raise SourceDown(Reason.STREAM_STOPPED.said(silent_s=self.patience.limit_s)) from None


class Arrival(Thread):
    """Takes packets in until it is told to end, or more come than any video has. It closes the ports."""

    def __init__(self, ports: UdpPorts) -> None:
        super().__init__(name="rtp", daemon=True)
        self.came: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.is_storm = False
        self._ports, self._ended = ports, Event()
        self._second_s, self._in_second = 0.0, 0
        self.start()

    def end(self) -> None:
        self._ended.set()

    def run(self) -> None:
        while not self._ended.is_set() and not self.is_storm:
            packet = self._ports.receive(LOOK_S)
            if packet is None:
                continue
            self._count()
            if self.came.qsize() < MOST_WAITING:  # else it counts as lost: its number is missing
                self.came.put(packet)
        self._ports.close()

    def _count(self) -> None:
        now_s = time.monotonic()
        if now_s - self._second_s >= 1:
            self._second_s, self._in_second = now_s, 0
        self._in_second += 1
        self.is_storm = self._in_second > MOST_A_SECOND
