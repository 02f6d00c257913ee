"""Places and owners leave a picture file; its pixels stay."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from people.recognition.images import decode
from people.recognition.metadata import without_location

OWNER = "Ada Lovelace"
PLACE = (51.0, 30.0, 26.0)


def exif(orientation: int = 1) -> Pillow.Exif:
    block = Pillow.Exif()
    block[0x0112] = orientation
    block[0x013B] = OWNER
    block.get_ifd(0x8825)[2] = PLACE
    return block


def photo(kind: str, **options: Any) -> bytes:
    pixels = np.random.default_rng(1).integers(0, 256, (50, 70, 3), dtype=np.uint8)
    target = io.BytesIO()
    Pillow.fromarray(pixels).save(target, kind, **options)
    return target.getvalue()


def tags(data: bytes) -> dict[int, Any]:
    block = Pillow.open(io.BytesIO(data)).getexif()
    return {tag: value for tag, value in block.items() if tag in {0x0112, 0x013B, 0x8825, 0x8769}}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_owner_and_place_are_gone_and_the_pixels_are_not(kind: str, orientation: int) -> None:
    lossless = {"lossless": True} if kind == "WEBP" else {}
    before = photo(kind, exif=exif(orientation), **lossless)
    assert OWNER.encode() in before
    after = without_location(before)
    assert OWNER.encode() not in after
    assert set(tags(after)) <= {0x0112}
    assert np.array_equal(decode(after, max_bytes=10**7), decode(before, max_bytes=10**7))


def test_an_avif_with_a_place_is_written_anew() -> None:
    before = photo("AVIF", exif=exif(6), quality=95)
    after = without_location(before)
    assert OWNER.encode() not in after
    assert decode(after, max_bytes=10**7).shape == decode(before, max_bytes=10**7).shape


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "GIF", "BMP"])
def test_a_picture_without_metadata_keeps_every_byte(kind: str) -> None:
    data = photo(kind)
    assert without_location(data) == data


def test_comments_and_xmp_are_gone() -> None:
    jpeg = without_location(photo("JPEG", comment=OWNER.encode(), xmp=b"<x>" + OWNER.encode()))
    assert OWNER.encode() not in jpeg


def test_a_colour_profile_stays() -> None:
    profile = b"a profile " * 20
    for kind in ("JPEG", "PNG", "WEBP"):
        after = without_location(photo(kind, icc_profile=profile, exif=exif()))
        assert Pillow.open(io.BytesIO(after)).info["icc_profile"] == profile


def test_a_clip_behind_a_motion_photo_is_left_out() -> None:
    data = photo("JPEG")
    assert without_location(data + b"....ftypmp42 " + OWNER.encode()) == data


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_truncated_file_is_still_seen_to_be_truncated(kind: str) -> None:
    whole = photo(kind, exif=exif())
    for share in (0.05, 0.3, 0.9):
        part = whole[: int(len(whole) * share)]
        assert len(without_location(part)) <= len(part)


def test_what_is_no_picture_comes_back_as_it_is() -> None:
    for data in (b"", b"\xff\xd8", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n\0", b"RIFF\0\0\0\0WEBP\1", b"text"):
        assert without_location(data) in (data, data[:8], b"RIFF\x04\0\0\0WEBP")
