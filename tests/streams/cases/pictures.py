"""Pictures for cases: real JPEGs, which a document can hold."""

from __future__ import annotations

import io

from PIL import Image


def face(colour: str = "teal") -> bytes:
    """A JPEG of 96 px."""
    return picture(96, 96, colour)


def picture(width_px: int, height_px: int, colour: str = "teal") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width_px, height_px), colour).save(file, "JPEG")
    return file.getvalue()
