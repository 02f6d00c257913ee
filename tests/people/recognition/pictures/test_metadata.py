"""Places and owners leave a picture file; its pixels stay."""

from __future__ import annotations

import io
import struct
import time
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import TiffImagePlugin

from people.recognition.pictures.images import decode
from people.recognition.pictures.metadata import turned_jpeg, without_location

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


@pytest.mark.parametrize("orientation", [1, 6])
def test_an_avif_keeps_its_pixels_and_how_they_lie(orientation: int) -> None:
    before = photo("AVIF", exif=exif(orientation), xmp=b"<x>" + OWNER.encode(), quality=95)
    assert OWNER.encode() in before
    after = without_location(before)
    assert OWNER.encode() not in after
    assert set(tags(after)) <= {0x0112}
    assert np.array_equal(decode(after, max_bytes=10**7), decode(before, max_bytes=10**7))


def test_an_avif_with_bytes_behind_its_end_is_cleaned_like_any_other() -> None:
    """Its decoder passes over them, so the place must not stay in the file for their sake."""
    before = photo("AVIF", exif=exif(6)) + b"end"
    after = without_location(before)
    assert OWNER.encode() not in after
    assert np.array_equal(decode(after, max_bytes=10**7), decode(before, max_bytes=10**7))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_no_pixel_is_decoded(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs in the processes of web and worker: 1 kB of AVIF kept them busy for 16 s and took 400 MB."""
    decoded: list[object] = []
    before = photo(kind, exif=exif(6)), photo(kind)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", decoded.append)
    cleaned = [without_location(data) for data in before]
    assert decoded == []
    assert all(OWNER.encode() not in data for data in cleaned)


def test_a_png_that_says_how_it_lies_behind_its_pixels_is_still_turned() -> None:
    plain, told = photo("PNG"), photo("PNG", exif=exif(6))
    begin = told.index(b"eXIf") - 4
    chunk = told[begin : told.index(b"IDAT") - 4]
    late = plain[:-12] + chunk + plain[-12:]
    after = without_location(late)
    assert OWNER.encode() not in after
    assert decode(after, max_bytes=10**7).shape == (70, 50, 3)


def test_tags_that_nobody_has_heard_of_and_further_pages_leave_a_tiff() -> None:
    tag = TiffImagePlugin.ImageFileDirectory_v2()
    tag[65000] = OWNER
    tag[34735] = (1, 1, 0, 7)  # GeoTIFF: where a picture from above lies
    pages = [Pillow.new("RGB", (60, 60), colour) for colour in ("red", "blue")]
    target = io.BytesIO()
    pages[0].save(target, "TIFF", tiffinfo=tag, save_all=True, append_images=pages[1:])
    before = target.getvalue()
    assert OWNER.encode() in before
    after = without_location(before)
    assert OWNER.encode() not in after
    read = Pillow.open(io.BytesIO(after))
    assert (read.n_frames, 34735 in read.tag_v2) == (1, False)
    assert np.array_equal(decode(after, max_bytes=10**7), decode(before, max_bytes=10**7))


@pytest.mark.parametrize("kind", ["TIFF", "AVIF", "PNG", "WEBP", "JPEG"])
def test_a_made_up_file_does_not_keep_us_busy(kind: str) -> None:
    """Bytes changed at random in the parts that say where everything lies."""
    dice = np.random.default_rng(7)
    whole = photo(kind, exif=exif(6))
    begun = time.monotonic()
    for _ in range(500):
        file = bytearray(whole)
        for at in dice.integers(4, min(len(file), 600), 6):
            file[at] = dice.choice([0, 1, 2, 127, 255])
        assert len(without_location(bytes(file))) <= len(whole) + 100
    assert time.monotonic() - begun < 20


def test_a_tiff_whose_values_lie_over_each_other_is_left_to_the_reader() -> None:
    number = 900
    entries = b"".join(struct.pack("<HHII", 65000 + each % 500, 7, 1_000_000, 20_000) for each in range(number))
    file = b"II*\0\x08\0\0\0" + struct.pack("<H", number) + entries + bytes(4)
    data = file.ljust(1_100_000, b"x")
    assert without_location(data) == data


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


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_jpeg_is_turned_by_its_exif_alone(orientation: int, degrees: int) -> None:
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[:32, :48] = 255
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "JPEG", exif=exif(orientation))
    upright = decode(file.getvalue(), max_bytes=10**6)
    stored = turned_jpeg(file.getvalue(), degrees)
    assert stored is not None
    assert np.array_equal(decode(stored, max_bytes=10**6), np.rot90(upright, -degrees // 90))
    assert set(tags(stored)) <= {0x0112}


def test_what_cannot_be_turned_by_its_exif_is_left_to_others() -> None:
    mirrored, png = io.BytesIO(), io.BytesIO()
    Pillow.new("RGB", (50, 50)).save(mirrored, "JPEG", exif=exif(2))
    Pillow.new("RGB", (50, 50)).save(png, "PNG")
    for data in (mirrored.getvalue(), png.getvalue(), b"\xff\xd8\xff"):
        assert turned_jpeg(data, 90) is None
