"""JPEGs are found by their own marks, however a camera frames them."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from streams.pipeline.errors import SourceDown
from streams.pipeline.sources import jpegs
from streams.pipeline.sources.jpegs import JpegCutter


def jpeg(shade: int = 90, *, progressive: bool = False, exif: bytes = b"") -> bytes:
    noise = np.random.default_rng(shade).integers(0, 256, (40, 60, 3), np.uint8)
    file = BytesIO()
    Image.fromarray(noise).save(file, "JPEG", progressive=progressive, exif=exif, quality=shade)
    return file.getvalue()


def cut(said: bytes, size: int) -> list[bytes]:
    cutter = JpegCutter()
    return [picture for at in range(0, len(said), size) for picture in cutter.feed(said[at : at + size])]


@pytest.mark.parametrize("size", [1, 7, 1000, 100_000])
@pytest.mark.parametrize("between", [b"", b"\r\n--cut\r\nContent-Type: image/jpg\r\n\r\n", b"\xff\x00\xff"])
def test_pictures_come_out_as_they_went_in(size: int, between: bytes) -> None:
    pictures = [jpeg(60), jpeg(70, progressive=True), jpeg(80)]
    assert cut(b"".join(between + picture for picture in pictures) + between, size) == pictures


def test_a_small_picture_inside_of_a_picture_is_not_another_one() -> None:
    exif = Image.Exif()
    exif[0x010E] = jpeg(50).decode("latin-1")
    with_thumbnail = jpeg(60, exif=b"Exif\0\0" + jpeg(50))
    assert cut(with_thumbnail * 2, 100) == [with_thumbnail] * 2


def test_a_picture_without_its_end_ends_where_the_next_begins() -> None:
    cut_short = jpeg(60)[:-2]
    first, second = cut(cut_short + jpeg(70), 64)
    assert first == cut_short and second == jpeg(70)


def test_after_damage_the_next_picture_is_found() -> None:
    damaged = jpeg(60)[:30]
    assert jpeg(70) in cut(damaged + b"\0" * 70_000 + jpeg(70), 999)


def test_an_endless_picture_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jpegs, "MOST_BYTES", 10_000)
    with pytest.raises(SourceDown, match="too large"):
        cut(jpeg(60)[:-2] + b"\x01" * 20_000, 1000)


def test_bytes_without_pictures_are_dropped() -> None:
    cutter = JpegCutter()
    for _ in range(100):
        assert list(cutter.feed(b"x" * 100_000)) == []
    assert len(cutter._here) < 100_000
