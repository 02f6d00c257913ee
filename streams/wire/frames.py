"""A picture and what is drawn on it as one binary message."""

from __future__ import annotations

import json
import struct

from streams.wire.shapes import FrameHeader


def pack_frame(header: FrameHeader, jpeg: bytes) -> bytes:
    """Header and JPEG as one binary message."""
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack(">I", len(text)) + text + jpeg


def unpack_frame(message: bytes) -> tuple[FrameHeader, bytes]:
    """The reverse of pack_frame; for tests and for clients in Python."""
    (length,) = struct.unpack_from(">I", message)
    return unpack_header(message), message[4 + length :]


def unpack_header(message: bytes) -> FrameHeader:
    """The header alone, without copying the JPEG."""
    (length,) = struct.unpack_from(">I", message)
    header: FrameHeader = json.loads(message[4 : 4 + length])
    return header
