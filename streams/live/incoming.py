"""Reads the messages that browsers send over a socket, and checks their sizes, types and rates."""

from __future__ import annotations

import json
import time
from typing import Any

from streams.errors import BadMessage
from streams.wire.shapes import Ack, FromBrowser, Ping, Watch

LONGEST = 16_384
"""Characters of one message: a Watch of 150 cameras with the longest slugs."""
MOST_CAMERAS = 500
# 240: a browser acknowledges each frame, 30 a second for 8 cameras in view.
PER_SECOND, BURST = 240, 960


def read_message(text: str | None) -> FromBrowser:
    """Returns the message in `text`. Raises BadMessage."""
    if text is None or len(text) > LONGEST:
        raise BadMessage(f"expected a text of at most {LONGEST} characters")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMessage("expected JSON") from None
    if not isinstance(said, dict):
        raise BadMessage("expected a JSON object")
    reader = _READERS.get(said["type"]) if isinstance(said.get("type"), str) else None
    if reader is None:
        raise BadMessage(f"expected one of the types {', '.join(_READERS)}")
    message: FromBrowser = reader(said)
    return message


def _watch(said: dict[str, Any]) -> Watch:
    cameras = said.get("cameras")
    if not isinstance(cameras, list) or len(cameras) > MOST_CAMERAS:
        raise BadMessage(f"expected cameras to be a list of at most {MOST_CAMERAS} slugs")
    if not all(isinstance(slug, str) for slug in cameras):
        raise BadMessage("expected every camera to be a slug")
    return {"type": "watch", "cameras": cameras}


def _ack(said: dict[str, Any]) -> Ack:
    camera, frame = said.get("camera"), said.get("frame")
    if not isinstance(camera, str) or not isinstance(frame, int):
        raise BadMessage("expected camera to be a slug and frame a whole number")
    return {"type": "ack", "camera": camera, "frame": frame}


def _ping(said: dict[str, Any]) -> Ping:
    return {"type": "ping"}


_READERS: dict[str, Any] = {"watch": _watch, "ack": _ack, "ping": _ping}


class MessageRate:
    """A bucket of messages that refills by PER_SECOND, up to BURST."""

    def __init__(self, per_second: float = PER_SECOND, burst: float = BURST) -> None:
        self._per_second, self._burst = per_second, burst
        self._left, self._at = burst, time.monotonic()

    def allows_one_more(self) -> bool:
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
