"""Phones' pictures (HEIC) are read like any other.

Both files were made of a portrait in the public domain with pillow-heif 1.8.1: `ten-bits.heic` by it alone; the four
tiles of `phone.heic` were put together as phones do, to be turned, with EXIF, XMP and a clip. libheif reads them too.
"""

from __future__ import annotations

import io
import os
import random
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from people.recognition.errors import BadImage
from people.recognition.pictures.heif_file import HeifFile, is_heif
from people.recognition.pictures.images import decode, decode_small, fitting_jpeg, shown_by_browsers
from people.recognition.pictures.metadata import without_location
from people.recognition.types import Image

FOLDER = Path(__file__).parent / "heic"
PHONE = (FOLDER / "phone.heic").read_bytes()
TEN_BITS = (FOLDER / "ten-bits.heic").read_bytes()


def read(data: bytes, **options: int) -> Image:
    return decode(data, **{"max_bytes": 10**7, **options})


def refusal(data: bytes, **options: int) -> str:
    with pytest.raises(BadImage) as refused:
        read(data, **options)
    return refused.value.code


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new)
    assert old in data
    return data.replace(old, new)


@pytest.fixture
def astronaut(portraits: Path) -> Image:
    return np.asarray(Pillow.open(portraits / "astronaut.png").convert("RGB"))


def test_tiles_are_put_together_cut_and_turned(astronaut: Image) -> None:
    shown = np.rot90(astronaut[:508, :500], 3)
    assert read(PHONE).shape == (500, 508, 3)
    assert np.abs(read(PHONE).astype(int) - shown).mean() < 6


def test_ten_bits_are_scaled_to_eight(astronaut: Image) -> None:
    assert np.abs(read(TEN_BITS).astype(int) - astronaut).mean() < 6


@pytest.mark.parametrize(("property", "turned"), [(b"irot\0", 0), (b"irot\1", 1), (b"irot\2", 2)])
def test_a_picture_lies_as_the_file_says(property: bytes, turned: int) -> None:
    upright = np.rot90(read(PHONE), 1)
    assert np.array_equal(read(replaced(PHONE, b"irot\3", property)), np.rot90(upright, turned))


@pytest.mark.parametrize(("axis", "mirrored"), [(0, np.flipud), (1, np.fliplr)])
def test_a_mirrored_picture_is_mirrored_back(axis: int, mirrored: object) -> None:
    upright = np.rot90(read(PHONE), 1)
    assert callable(mirrored)
    assert np.array_equal(read(replaced(PHONE, b"irot\3", b"imir" + bytes([axis]))), mirrored(upright))


def test_limits_are_kept_before_anything_is_decoded() -> None:
    assert refusal(PHONE, max_pixels=500 * 508 - 1) == "too_many_pixels"
    assert refusal(PHONE, max_bytes=len(PHONE) - 1) == "too_many_bytes"
    huge = struct.pack(">II", 100_000, 100_000)
    assert refusal(replaced(PHONE, struct.pack(">II", 500, 508), huge)) == "too_many_pixels"
    assert refusal(replaced(PHONE, struct.pack(">II", 256, 256), huge)) == "too_many_pixels"


def test_a_tile_that_is_larger_than_it_says_is_refused() -> None:
    assert refusal(replaced(PHONE, struct.pack(">II", 256, 256), struct.pack(">II", 255, 256))) == "truncated"


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.6, 0.9])
def test_part_of_a_file_is_truncated(share: float) -> None:
    assert refusal(PHONE[: int(share * len(PHONE))]) == "truncated"


def test_another_coding_is_said_to_be_unknown() -> None:
    assert refusal(replaced(TEN_BITS, b"hvc1", b"av01")) == "format_not_supported"


def test_damage_is_a_refusal_or_a_picture_and_nothing_else() -> None:
    dice = random.Random(7)
    for _ in range(150):
        damaged = bytearray(dice.choice((PHONE, TEN_BITS)))
        for _ in range(dice.choice((1, 3, 20))):
            damaged[dice.randrange(800)] = dice.randrange(256)
        assert isinstance(without_location(bytes(damaged)), bytes)
        try:
            assert read(bytes(damaged)).ndim == 3
        except BadImage as refused:
            assert refused.code in {"truncated", "not_an_image", "format_not_supported", "too_many_pixels"}


@pytest.mark.parametrize("count", [4, 10_000, 60_000])
def test_a_file_that_lists_the_same_bytes_again_and_again_is_refused_at_once(count: int) -> None:
    """Such a list would be followed for minutes, in the web process too, which takes the location out."""
    place = PHONE.index(b"iloc")
    entry = struct.pack(">HHHH", 1, 0, 0, min(count, 65_535)) + struct.pack(">II", 0, len(PHONE)) * count
    iloc = b"iloc\1\0\0\0\x44\0" + struct.pack(">H", 1) + entry
    meta = PHONE.index(b"meta")
    start = meta - 4
    end = start + struct.unpack_from(">I", PHONE, start)[0]
    inside = PHONE[meta + 4 : place - 4] + struct.pack(">I", len(iloc) + 4) + iloc
    rest = place - 4 + struct.unpack_from(">I", PHONE, place - 4)[0]
    inside += PHONE[rest:end]
    data = PHONE[:start] + struct.pack(">I", 8 + len(inside)) + b"meta" + inside + PHONE[end:]
    assert refusal(data) == "truncated"


def test_the_environment_of_captures_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cameras' options travel in it, and say which protocols FFmpeg may use."""
    monkeypatch.setenv("OPENCV_FFMPEG_CAPTURE_OPTIONS", "protocol_whitelist;file")
    read(PHONE)
    assert os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] == "protocol_whitelist;file"
    monkeypatch.delenv("OPENCV_FFMPEG_CAPTURE_OPTIONS")
    read(PHONE)
    assert "OPENCV_FFMPEG_CAPTURE_OPTIONS" not in os.environ


def test_owner_place_and_clip_leave_the_file_and_the_picture_stays() -> None:
    for secret in (b"Secret Phone", b"secret place", b"secret clip"):
        assert secret in PHONE
        assert secret not in without_location(PHONE)
    assert len(without_location(PHONE)) == len(PHONE)
    assert np.array_equal(read(without_location(PHONE)), read(PHONE))
    assert HeifFile.read(without_location(PHONE)).items.keys() == HeifFile.read(PHONE).items.keys()


def test_avif_and_films_are_no_heic() -> None:
    avif = io.BytesIO()
    Pillow.new("RGB", (50, 50)).save(avif, "AVIF")
    assert not is_heif(avif.getvalue())
    assert not is_heif(b"\0\0\0\x20ftypmif1\0\0\0\0mif1avifmiaf")
    assert not is_heif(b"\0\0\0\x20ftypisom\0\0\2\0isomiso2")
    assert not is_heif(b"ftypheic")
    assert is_heif(PHONE[:32])


def test_browsers_do_not_show_phones_pictures_nor_tiff() -> None:
    tiff = io.BytesIO()
    Pillow.new("RGB", (50, 50)).save(tiff, "TIFF")
    assert not shown_by_browsers(PHONE)
    assert not shown_by_browsers(tiff.getvalue())
    assert shown_by_browsers(b"\xff\xd8\xff\xe0")


def test_a_copy_for_browsers_keeps_to_the_limit() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    best = fitting_jpeg(noise, 10**6)
    assert best is not None
    smaller = fitting_jpeg(noise, len(best) - 1)
    assert smaller is not None
    assert len(smaller) < len(best)
    assert fitting_jpeg(noise, 100) is None


def test_a_huge_grid_is_decoded_half_as_large_tile_by_tile() -> None:
    small = decode_small(PHONE, max_bytes=10**7, whole_pixels=500 * 508 - 1)
    assert (small.image.shape, small.width_px, small.height_px) == ((250, 254, 3), 508, 500)
    assert np.abs(read(PHONE)[::2, ::2].astype(int) - small.image).mean() < 6


def test_a_huge_picture_in_one_piece_is_refused() -> None:
    assert refusal(TEN_BITS, whole_pixels=512 * 512 - 1) == "too_many_pixels"
