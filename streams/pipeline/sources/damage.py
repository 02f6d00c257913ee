"""What a loss spoils: each picture is made from the one before it, so a damaged one smears all until a key frame."""

from __future__ import annotations

import time

from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.rtp_order import PacketOrder

LONGEST_S = 10.0
"""The longest distance of key frames that cameras are set to; also, some send a key frame to whoever connects anew."""


class Damage:
    """Tells which pictures to leave out: a smeared face could be taken for somebody else's."""

    def __init__(self, order: PacketOrder) -> None:
        self._order = order
        self._since_s: float | None = None

    def spoils(self, *, is_damaged: bool, is_key: bool) -> bool:
        """Returns whether the next picture is to be left out. Raises SourceDown if all were for LONGEST_S."""
        if is_damaged and self._since_s is None:
            self._since_s = time.monotonic()
        elif is_key and not is_damaged:
            self._since_s = None
        if self._since_s is None:
            return False
        if time.monotonic() - self._since_s > LONGEST_S:
            raise SourceDown(Reason.PACKETS_LOST.said(lost=self._order.lost, within_s=LONGEST_S))
        return True
