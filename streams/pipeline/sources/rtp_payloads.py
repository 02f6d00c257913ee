"""What the packets of RTP carry: H.264 (RFC 6184), H.265 (7798), MPEG-4 (6416), JPEG (2435)."""

from __future__ import annotations

from typing import Protocol

from streams.pipeline.sources.rtp_jpeg import RtpJpeg

START = b"\0\0\0\1"
MOST_AHEAD_BYTES = 65_536
"""Of what comes before a picture: parameter sets have some tens of bytes, what is told beside them some thousand."""


class Payload(Protocol):
    """Collects the payloads of one picture."""

    def add(self, payload: bytes) -> None:
        """Takes the next payload. May raise IndexError or ValueError if it makes no sense."""

    def lost(self) -> None:
        """Notes that packets are missing before the next one."""

    def taken(self) -> tuple[bytes, bool] | None:
        """Returns the picture and whether it is a key, and begins the next one; None if there is none."""


class _Units:
    """Collects NAL units in the order that they came, each behind a start code."""

    def __init__(self) -> None:
        self._units: list[bytes] = []
        self._fragments: list[bytes] = []
        self._is_key = False

    def lost(self) -> None:
        self._fragments.clear()

    def taken(self) -> tuple[bytes, bool] | None:
        if not any(map(self._is_coded, self._units)):
            # Some cameras end parameter sets as if they were a picture. They wait for it: nothing can be decoded alone.
            if sum(map(len, self._units)) > MOST_AHEAD_BYTES:
                self._units = []
            return None
        units, is_key = self._units, self._is_key
        self._units, self._is_key = [], False
        return (b"".join(START + unit for unit in units), is_key)

    def _unit(self, unit: bytes) -> None:
        if unit:
            self._units.append(unit)
            self._is_key = self._is_key or self._begins_anew(unit)

    def _begins_anew(self, unit: bytes) -> bool:
        raise NotImplementedError

    def _is_coded(self, unit: bytes) -> bool:
        """Returns whether it holds a part of a picture."""
        raise NotImplementedError

    def _together(self, data: bytes) -> None:
        """Takes units that were sent in one packet, each behind its length."""
        at = 0
        while at + 2 <= len(data):
            size = int.from_bytes(data[at : at + 2], "big")
            self._unit(data[at + 2 : at + 2 + size])
            at += 2 + size

    def _fragment(self, head: bytes, data: bytes, *, first: bool, last: bool) -> None:
        """Takes a piece of a unit; without its first piece it is dropped."""
        if first:
            self._fragments = [head]
        if self._fragments:
            self._fragments.append(data)
            if last:
                self._unit(b"".join(self._fragments))
                self._fragments = []


class H264(_Units):
    def add(self, payload: bytes) -> None:
        kind = payload[0] & 31
        if kind == 24:
            self._together(payload[1:])
        elif kind == 28:
            head = bytes([payload[0] & 0xE0 | payload[1] & 31])
            self._fragment(head, payload[2:], first=bool(payload[1] & 0x80), last=bool(payload[1] & 0x40))
        elif 0 < kind < 24:
            self._unit(payload)

    def _begins_anew(self, unit: bytes) -> bool:
        return unit[0] & 31 == 5

    def _is_coded(self, unit: bytes) -> bool:
        return 1 <= unit[0] & 31 <= 5


class H265(_Units):
    def add(self, payload: bytes) -> None:
        kind = payload[0] >> 1 & 63
        if kind == 48:
            self._together(payload[2:])
        elif kind == 49:
            head = bytes([payload[0] & 0x81 | (payload[2] & 63) << 1, payload[1]])
            self._fragment(head, payload[3:], first=bool(payload[2] & 0x80), last=bool(payload[2] & 0x40))
        elif kind < 48:
            self._unit(payload)

    def _begins_anew(self, unit: bytes) -> bool:
        return 16 <= unit[0] >> 1 & 63 <= 21

    def _is_coded(self, unit: bytes) -> bool:
        return unit[0] >> 1 & 63 < 32


class Mpeg4:
    """MPEG-4 part 2: a picture is its payloads, one behind the other."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def add(self, payload: bytes) -> None:
        self._pieces.append(payload)

    def lost(self) -> None:
        """Keeps what is here: the decoder conceals what is missing."""

    def taken(self) -> tuple[bytes, bool] | None:
        data, self._pieces = b"".join(self._pieces), []
        begins = data.find(b"\0\0\1\xb6")
        return (data, begins >= 0 and data[begins + 4 : begins + 5] < b"\x40") if data else None


PAYLOADS: dict[str, tuple[type[Payload], str]] = {
    "H264": (H264, "h264"),
    "H265": (H265, "hevc"),
    "HEVC": (H265, "hevc"),
    "MP4V-ES": (Mpeg4, "mpeg4"),
    "JPEG": (RtpJpeg, "mjpeg"),
}
"""By the name in SDP: how a picture is put together, and FFmpeg's decoder."""
