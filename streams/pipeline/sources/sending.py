"""The source of a browser's pictures: the pipe fills a slot of one picture, and the source reads it."""

from __future__ import annotations

from io import BytesIO
from threading import Condition

import numpy as np
from PIL import Image as Pillow

from people.recognition.types import Image
from streams.pipeline.errors import NobodySends, SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.wanting import IsWanted, always

# 20 s: below the 60 s after which a read counts as stuck; the capture tries again a second later.
WAIT_S = 20.0
LARGEST_PX = 4_000_000
"""The page sends 0.5 million pixels; a JPEG of a few bytes may claim to hold gigabytes of pixels."""


class SentPictures:
    """Holds one picture; a newer one replaces one not yet taken."""

    def __init__(self) -> None:
        self._jpeg: bytes | None = None
        self._changed = Condition()

    def put(self, jpeg: bytes) -> None:
        with self._changed:
            self._jpeg = jpeg
            self._changed.notify_all()

    def wait(self, timeout_s: float) -> bool:
        """Returns whether there is a picture, after at most `timeout_s`."""
        with self._changed:
            return self._changed.wait_for(lambda: self._jpeg is not None, timeout_s)

    def take(self, timeout_s: float) -> bytes | None:
        """Returns the newest picture and empties the slot; None if none came within `timeout_s`."""
        with self._changed:
            self._changed.wait_for(lambda: self._jpeg is not None, timeout_s)
            jpeg, self._jpeg = self._jpeg, None
            return jpeg


class Sending:
    """Source of a browser camera; it opens as soon as a browser sends."""

    def __init__(self, pictures: SentPictures, silent_s: float, wait_s: float = WAIT_S) -> None:
        """Raises NobodySends if no picture comes within `wait_s`."""
        self._pictures, self._silent_s = pictures, silent_s
        if not pictures.wait(wait_s):
            raise NobodySends(Reason.NOBODY_SENDS.said())

    def read(self, is_wanted: IsWanted = always) -> Image | None:
        jpeg = self._pictures.take(self._silent_s)
        if jpeg is None:
            raise NobodySends(Reason.BROWSER_STOPPED.said(silent_s=self._silent_s))
        return decoded(jpeg) if is_wanted() else None

    def close(self) -> None:
        """Does nothing: this source holds nothing open."""


def decoded(jpeg: bytes) -> Image:
    """Returns RGB pixels; a browser's canvas is upright already. Raises SourceDown if it is no JPEG of sane size."""
    try:
        with Pillow.open(BytesIO(jpeg), formats=["JPEG"]) as picture:
            if picture.width * picture.height > LARGEST_PX:
                raise SourceDown(Reason.SENT_TOO_LARGE.said(width=picture.width, height=picture.height))
            return np.array(picture.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        raise SourceDown(Reason.SENT_UNDECODABLE.said()) from None
