"""What a search finds: devices, and the streams that they offer. It holds no password and goes to web and browser."""

from __future__ import annotations

from dataclasses import dataclass

from streams.pipeline.reasons import NONE, Sentence

READABLE = ("H264", "H265", "JPEG")
"""The codecs that cameras are read with over RTSP, as ONVIF calls them."""
SMALLER = 0.5
"""A smaller stream has at most this part of the pixels; otherwise it saves little."""


@dataclass(frozen=True, slots=True)
class FoundStream:
    """One profile of a device. The addresses are free of logins; `snapshot` may be empty."""

    name: str
    codec: str
    width_px: int
    height_px: int
    address: str
    snapshot: str = ""

    @property
    def pixels(self) -> int:
        return self.width_px * self.height_px

    @property
    def is_readable(self) -> bool:
        return self.codec in READABLE


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """One device at `address` (an IP address). `reason` says why it has no streams, if it has none."""

    address: str
    name: str = ""
    model: str = ""
    streams: tuple[FoundStream, ...] = ()
    reason: Sentence = NONE

    def smaller_than(self, stream: FoundStream) -> FoundStream | None:
        """Returns the stream to look at beside `stream`: the largest with at most half of its pixels."""
        fitting = [other for other in self.streams if other.is_readable and 0 < other.pixels <= stream.pixels * SMALLER]
        return max(fitting, key=lambda other: other.pixels, default=None)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Devices by address; `left_out`: how many more answered. `reason` says why nothing was searched."""

    devices: tuple[FoundDevice, ...] = ()
    left_out: int = 0
    reason: Sentence = NONE
