"""Packs a frame's JPEG and the header with its boxes into one binary message, and unpacks it."""

from __future__ import annotations

import json
import struct

from streams.wire.shapes import FrameHeader


def pack_frame(header: FrameHeader, jpeg: bytes) -> bytes:
    """Returns header and JPEG as one binary message."""
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack(">I", len(text)) + text + jpeg


def unpack_frame(message: bytes) -> tuple[FrameHeader, bytes]:
    """Reverses pack_frame."""
    (length,) = struct.unpack_from(">I", message)
    return unpack_header(message), message[4 + length :]


def unpack_header(message: bytes) -> FrameHeader:
    """Returns only the header, without copying the JPEG."""
    (length,) = struct.unpack_from(">I", message)
    header: FrameHeader = json.loads(message[4 : 4 + length])
    return header
