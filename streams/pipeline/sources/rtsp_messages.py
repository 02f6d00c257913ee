"""Reads what an RTSP server says, message by message, and the frames of packets between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BufferedReader

LONGEST_LINE, MOST_HEADERS, MOST_BODY_BYTES = 16_384, 100, 65_536
_STATUS = re.compile(r"RTSP/\d\.\d +(\d{3})(?: .*)?")
_FRAME = b"$"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, list[str]]
    body: str

    def header(self, name: str) -> str:
        """Returns the first value under this name, in lower case; "" if there is none."""
        return self.headers.get(name, [""])[0]


class NotRtsp(ValueError):
    """The server does not speak RTSP."""


class RtspReader:
    """Its methods raise EOFError at the end, NotRtsp, and whatever `file` raises."""

    def __init__(self, file: BufferedReader) -> None:
        self._file = file

    def frame(self) -> tuple[int, bytes] | None:
        """Returns the channel and the packet of the frame that comes next; None if a message does."""
        if self._file.peek(1)[:1] != _FRAME:
            return None
        head = self._exactly(4)
        return head[1], self._exactly(int.from_bytes(head[2:4], "big"))

    def message(self) -> Reply | None:
        """Reads one message; returns None for one that is no reply."""
        first = self._text()
        if not first:  # some cameras send empty lines between messages
            return None
        status = _STATUS.fullmatch(first)
        if status is None and not first.endswith(("RTSP/1.0", "RTSP/2.0")):
            raise NotRtsp
        headers: dict[str, list[str]] = {}
        for _ in range(MOST_HEADERS):
            line = self._text()
            if not line:
                break
            name, _, value = line.partition(":")
            headers.setdefault(name.strip().lower(), []).append(value.strip())
        else:
            raise NotRtsp
        body = self._body(headers.get("content-length", ["0"])[0])
        return Reply(int(status[1]), headers, body) if status else None

    def _body(self, size: str) -> str:
        if not (size.isascii() and size.isdigit() and len(size) < 10) or int(size) > MOST_BODY_BYTES:
            raise NotRtsp
        return self._exactly(int(size)).decode("utf-8", "replace")

    def _text(self) -> str:
        line = self._file.readline(LONGEST_LINE)
        if not line:
            raise EOFError
        if not line.endswith(b"\n"):
            raise NotRtsp
        return line.rstrip(b"\r\n").decode("latin-1")

    def _exactly(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise EOFError
        return data
