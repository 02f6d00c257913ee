"""Puts the packets of RTP into the order of their numbers, and notes which never came."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from streams.pipeline.sources.rtp import RtpPacket

MOST_WAITING = 512
"""Packets that wait for an earlier one: 0.6 MB, more than a key frame of 1080p has."""
MISORDERED, DROPPED = 100, 3000
"""A number further back or ahead is of another sequence (RFC 3550, A.1)."""
STRANGERS = 4
_HALF, _ALL = 1 << 15, 1 << 16


class PacketOrder:
    """Gives packets in turn. `wait_s`: how long one that is missing may still come; 0 over TCP, which keeps the order.

    Numbers are counted on across 65,535.
    """

    def __init__(self, wait_s: float = 0.0) -> None:
        self.lost = self.late = 0
        """Packets that did not come in time; those that came too late, or twice."""
        self.highest = self.source = 0
        """The highest number given, and which source (SSRC) it came from."""
        self._wait_s = wait_s
        self._next: int | None = None
        self._waiting: dict[int, tuple[float, RtpPacket]] = {}
        self._strangers: deque[RtpPacket] = deque(maxlen=STRANGERS)
        self._follows_loss = False

    def add(self, packet: RtpPacket, now_s: float) -> list[RtpPacket]:
        """Returns the packets whose turn it is. One that goes on after a loss is marked."""
        if self._next is None:
            self._next = packet.number
        ahead = (packet.number - self._next + _HALF) % _ALL - _HALF
        if not -MISORDERED <= ahead <= DROPPED:
            return self._stranger(packet, now_s)
        if ahead < 0 or self._next + ahead in self._waiting:
            self.late += 1
            return []
        self._waiting[self._next + ahead] = (now_s, packet)
        return self._in_turn() + self.overdue(now_s)

    def overdue(self, now_s: float) -> list[RtpPacket]:
        """Gives up the packets that were waited for too long; returns those behind them."""
        given: list[RtpPacket] = []
        while self._waiting and (self.due_in_s(now_s) or 0.0) <= 0:
            assert self._next is not None
            self.lost += min(self._waiting) - self._next
            self._next, self._follows_loss = min(self._waiting), True
            given += self._in_turn()
        return given

    def due_in_s(self, now_s: float) -> float | None:
        """Returns the seconds until something is overdue; None if nothing waits."""
        if not self._waiting:
            return None
        came_s, _packet = next(iter(self._waiting.values()))
        return 0.0 if len(self._waiting) > MOST_WAITING else max(0.0, came_s + self._wait_s - now_s)

    def _in_turn(self) -> list[RtpPacket]:
        given = []
        while self._next in self._waiting:
            _came_s, packet = self._waiting.pop(self._next)
            self.highest, self.source = self._next, packet.source
            given.append(replace(packet, follows_loss=True) if self._follows_loss else packet)
            self._next, self._follows_loss = self._next + 1, False
        return given

    def _stranger(self, packet: RtpPacket, now_s: float) -> list[RtpPacket]:
        """Begins anew when two packets of another sequence follow each other; one alone is passed over."""
        first = next((one for one in self._strangers if (one.number + 1) % _ALL == packet.number), None)
        if first is None:
            self._strangers.append(packet)
            return []
        before = [packet for _number, (_came_s, packet) in sorted(self._waiting.items())]
        self._waiting.clear()
        self._strangers.clear()
        self._next, self._follows_loss = first.number, True
        return before + self.add(first, now_s) + self.add(packet, now_s)
