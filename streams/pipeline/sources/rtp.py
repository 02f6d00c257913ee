"""Reads the packets of RTP (RFC 3550), and puts them together to coded pictures."""

from __future__ import annotations

from dataclasses import dataclass

from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.rtp_payloads import Payload

MOST_PICTURE_BYTES = 30_000_000
_HALF, _WHOLE = 1 << 31, 1 << 32


@dataclass(frozen=True, slots=True)
class RtpPacket:
    payload: bytes
    type: int
    number: int
    timestamp: int
    is_last: bool
    """Whether the camera says that it ends a picture (the marker bit)."""
    source: int = 0
    """The number of who sends it (SSRC)."""
    follows_loss: bool = False
    """Whether packets before it did not come."""

    @classmethod
    def of(cls, data: bytes) -> RtpPacket | None:
        """Reads one packet; None if it is damaged or of another version."""
        if len(data) < 12 or data[0] >> 6 != 2:
            return None
        begin = 12 + 4 * (data[0] & 15)
        if data[0] & 0x10:
            begin += 4 + 4 * int.from_bytes(data[begin + 2 : begin + 4], "big")
        end = len(data) - (data[-1] if data[0] & 0x20 else 0)
        if begin > end:
            return None
        number, timestamp = int.from_bytes(data[2:4], "big"), int.from_bytes(data[4:8], "big")
        source = int.from_bytes(data[8:12], "big")
        return cls(data[begin:end], data[1] & 0x7F, number, timestamp, bool(data[1] & 0x80), source)


@dataclass(frozen=True, slots=True)
class CodedPicture:
    data: bytes
    is_key: bool
    media_s: float
    is_damaged: bool
    """Whether packets of it, or of a whole picture before it, were lost."""


class Assembler:
    """Cuts RTP packets, which are in order, into pictures: at the marker, and where the timestamp changes."""

    def __init__(self, payload: Payload, clock_hz: int) -> None:
        self._payload, self._clock_hz = payload, clock_hz
        self._timestamp: int | None = None
        self._media_ticks = 0
        self._bytes, self._is_damaged = 0, False

    def add(self, packet: RtpPacket) -> list[CodedPicture]:
        """Returns the pictures that are whole with this packet. Raises SourceDown if one grows without end."""
        whole = []
        if packet.follows_loss:  # the end of the picture under way may be lost, or a whole one after it
            self._lost()
        if self._timestamp is not None and packet.timestamp != self._timestamp:
            whole += self._taken()
            # 32 bits wrap after 13 hours; a step back is a step back.
            self._media_ticks += (packet.timestamp - self._timestamp + _HALF) % _WHOLE - _HALF
            self._is_damaged = self._is_damaged or packet.follows_loss
        self._timestamp = packet.timestamp
        self._add(packet.payload)
        return whole + (self._taken() if packet.is_last else [])

    def _add(self, payload: bytes) -> None:
        self._bytes += len(payload)
        if self._bytes > MOST_PICTURE_BYTES:
            raise SourceDown(Reason.PICTURE_TOO_LONG.said(most_mb=MOST_PICTURE_BYTES / 1e6))
        try:
            self._payload.add(payload)
        except (IndexError, ValueError):
            self._lost()

    def _lost(self) -> None:
        self._payload.lost()
        self._is_damaged = True

    def _taken(self) -> list[CodedPicture]:
        taken, self._bytes = self._payload.taken(), 0
        if not taken:  # what is damaged is still to come, or nothing was left of it
            return []
        picture = CodedPicture(*taken, self._media_ticks / self._clock_hz, self._is_damaged)
        self._is_damaged = False
        return [picture]
