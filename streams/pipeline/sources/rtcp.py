"""The reports that a receiver owes a camera which sends over UDP (RTCP, RFC 3550): some stop without them."""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass, field

from streams.pipeline.sources.rtp_order import PacketOrder

EVERY_S = 5.0
"""The shortest time between two reports that RFC 3550 wants of a small session."""
_RECEIVER_REPORT, _DESCRIPTION, _NAME = 201, 202, 1
_MOST_LOST = 0x7F_FFFF
_OURSELVES = b"facesite"


@dataclass(slots=True)
class Reception:
    """What one camera's packets were like since the last report."""

    order: PacketOrder
    ours: int = field(default_factory=lambda: secrets.randbits(32))
    """Our own number among the sources (SSRC)."""
    _highest: int = 0
    _lost: int = 0

    def report(self) -> bytes:
        """Returns a report of highest number and losses, and who we are."""
        expected, lost = max(0, self.order.highest - self._highest), self.order.lost - self._lost
        self._highest, self._lost = self.order.highest, self.order.lost
        share = min(255, 256 * lost // expected) if expected else 0
        losses = share << 24 | min(self.order.lost, _MOST_LOST)
        # Jitter and the times of the sender's reports stay 0, as of a receiver that measures none.
        block = struct.pack(">6I", self.order.source, losses, self.order.highest & 0xFFFF_FFFF, 0, 0, 0)
        return _packet(_RECEIVER_REPORT, self.ours, block) + _packet(_DESCRIPTION, self.ours, _name())


def _packet(kind: int, source: int, body: bytes) -> bytes:
    return struct.pack(">BBHI", 0x81, kind, 1 + len(body) // 4, source) + body


def _name() -> bytes:
    text = struct.pack("BB", _NAME, len(_OURSELVES)) + _OURSELVES
    return text + bytes(4 - len(text) % 4)
