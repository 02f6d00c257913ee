"""The packets of a stream from its last key frame on, not decoded yet, each with the time at which it came."""

from __future__ import annotations

from dataclasses import dataclass

from streams.pipeline.sources.decoding import Packet

MOST_BYTES = 16_000_000
"""4 s at 32 Mbit/s."""
LONGEST_S = 4.0
"""Cameras send a key frame every 1 to 4 s. Longer groups would hide for too long what packets do not tell."""


@dataclass(frozen=True, slots=True)
class KeptPacket:
    packet: Packet
    came_s: float
    """On the monotonic clock."""


class KeptGroup:
    def __init__(self) -> None:
        self.packets: list[KeptPacket] = []
        self._bytes = 0

    def begin(self, key: KeptPacket) -> None:
        """Forgets all before this key frame."""
        self.packets, self._bytes = [], 0
        self.add(key)

    def add(self, kept: KeptPacket) -> None:
        self.packets.append(kept)
        self._bytes += kept.packet.size_bytes

    def is_too_long(self) -> bool:
        """Returns whether the next key frame is long in coming, or the packets are too large to be kept.

        By the stream's own time: on a busy machine packets come late, and decoding all of them would not help it.
        """
        return bool(self.packets) and (self._bytes > MOST_BYTES or self._lasts_s() > LONGEST_S)

    def _lasts_s(self) -> float:
        first, last = self.packets[0], self.packets[-1]
        if first.packet.media_s is None or last.packet.media_s is None:
            return last.came_s - first.came_s
        return last.packet.media_s - first.packet.media_s
