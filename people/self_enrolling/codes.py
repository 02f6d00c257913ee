"""An address as a QR code, so that somebody can take it along from a kiosk."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import qrcode
from qrcode.image.svg import SvgPathImage


def qr_code(address: str) -> str:
    """Returns the code as an SVG picture in a `data:` address."""
    picture = BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, box_size=12).save(picture)
    return f"data:image/svg+xml;base64,{b64encode(picture.getvalue()).decode()}"
