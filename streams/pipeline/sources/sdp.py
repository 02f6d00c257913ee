"""Reads what an RTSP server says of its session (SDP): which of its media is video, and how it is coded."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass, field

_CODECS_OF_TYPES = {26: "JPEG", 32: "MPV", 33: "MP2T"}
"""Payload types that need no rtpmap."""
_FIRST_OWN_TYPE = 96


@dataclass(slots=True)
class SdpMedia:
    kind: str
    payload: int
    codec: str = ""
    clock_hz: int = 90_000
    control: str = ""
    parameters: dict[str, str] = field(default_factory=dict)

    def sets(self, *names: str) -> list[bytes]:
        """Returns the parameter sets under these names, decoded; those that cannot be are left out."""
        found = []
        for name in names:
            for text in self.parameters.get(name, "").split(","):
                try:
                    bare = text.strip().rstrip("=")  # some cameras leave the end out, which only fills up
                    found.append(b64decode(bare + "=" * (-len(bare) % 4), validate=True))
                except NotBase64:
                    continue
        return [each for each in found if each]


@dataclass(frozen=True, slots=True)
class Session:
    control: str
    media: tuple[SdpMedia, ...]


def session(text: str) -> Session:
    """Returns the media with the first payload type of each. Lines that mean nothing to us are left out."""
    control, media = "", list[SdpMedia]()
    for line in text.splitlines():
        if described := re.match(r"m=(\w+) \S+ \S+ (\d{1,3})", line):
            payload = int(described[2])
            media.append(SdpMedia(described[1], payload, _CODECS_OF_TYPES.get(payload, "")))
        elif line.startswith("a=control:"):
            if media:
                media[-1].control = line[10:].strip()
            else:
                control = line[10:].strip()
        elif media:
            _attribute(line, media[-1])
    return Session(control, tuple(media))


def _attribute(line: str, media: SdpMedia) -> None:
    if mapped := re.match(r"a=rtpmap:(\d+) ([\w.-]+)/(\d{1,9})", line):
        if int(mapped[1]) == media.payload:
            media.codec, media.clock_hz = mapped[2].upper(), int(mapped[3]) or 90_000
    elif (formatted := re.match(r"a=fmtp:(\d+) (.*)", line)) and int(formatted[1]) == media.payload:
        for pair in formatted[2].split(";"):
            name, _, value = pair.strip().partition("=")
            media.parameters[name.lower()] = value
