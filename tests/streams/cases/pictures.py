"""Pictures for cases: real JPEGs, which a document can hold."""

from __future__ import annotations

import io

from PIL import Image


def face(colour: str = "teal") -> bytes:
    """A JPEG of 96 px."""
    file = io.BytesIO()
    Image.new("RGB", (96, 96), colour).save(file, "JPEG")
    return file.getvalue()
