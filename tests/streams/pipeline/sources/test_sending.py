"""Pictures that a browser sends, as a source."""

from __future__ import annotations

import threading
import time
from io import BytesIO

import numpy as np
import pytest
from PIL import Image as Pillow

from streams.pipeline.errors import NobodySends, SourceDown
from streams.pipeline.sources.sending import Sending, SentPictures, decoded


def jpeg(red: int = 200, size: tuple[int, int] = (64, 48), format: str = "JPEG") -> bytes:
    file = BytesIO()
    Pillow.new("RGB", size, (red, 0, 0)).save(file, format)
    return file.getvalue()


def test_the_newest_picture_is_read_once() -> None:
    pictures = SentPictures()
    pictures.put(jpeg(20))
    pictures.put(jpeg(200))
    source = Sending(pictures, 0.05)
    image = source.read()
    assert image is not None and image.shape == (48, 64, 3) and image.dtype == np.uint8
    assert abs(int(image[0, 0, 0]) - 200) < 5 and image[0, 0, 2] < 20
    with pytest.raises(NobodySends, match="stopped"):
        source.read()


def test_a_picture_that_is_not_wanted_is_passed_over() -> None:
    pictures = SentPictures()
    pictures.put(b"not looked at")
    assert Sending(pictures, 0.05).read(lambda: False) is None


def test_waiting_for_a_sender_ends_as_soon_as_one_sends() -> None:
    pictures = SentPictures()
    threading.Timer(0.1, pictures.put, [jpeg()]).start()
    began = time.monotonic()
    assert Sending(pictures, 0.05, wait_s=10).read() is not None
    assert time.monotonic() - began < 5


def test_nobody_sending_has_a_reason_and_is_asked_again_soon() -> None:
    with pytest.raises(NobodySends, match="Nobody sends") as down:
        Sending(SentPictures(), 0.05, wait_s=0.05)
    assert down.value.retry_s == 1


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"", "cannot be decoded"),
        (b"\xff\xd8\xff nonsense", "cannot be decoded"),
        (jpeg()[:300], "cannot be decoded"),
        (jpeg(format="PNG"), "cannot be decoded"),
        (jpeg(size=(3000, 2000)), "too large"),
    ],
)
def test_anything_but_a_jpeg_of_sane_size_has_a_reason(sent: bytes, reason: str) -> None:
    with pytest.raises(SourceDown, match=reason):
        decoded(sent)
