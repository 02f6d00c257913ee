"""Picture files become upright RGB, or are refused with the exact reason."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageFile

from people.recognition.errors import BadImage
from people.recognition.pictures.decoded import Decoded
from people.recognition.pictures.formats import content_type
from people.recognition.pictures.images import STRIP_ROWS, decode, decode_small, face_crop, jpeg
from people.recognition.types import Box, Image

MAX_BYTES = 15_000_000


def saved(picture: Pillow.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def refusal(data: bytes, **limits: int) -> str:
    with pytest.raises(BadImage) as caught:
        decode(data, **{"max_bytes": MAX_BYTES, **limits})
    return caught.value.code


@pytest.fixture
def picture() -> Pillow.Image:
    """Left half red, right half blue, and the top left corner white."""
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[:, :40], pixels[:, 40:], pixels[:20, :20] = (255, 0, 0), (0, 0, 255), 255
    return Pillow.fromarray(pixels)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "GIF", "ICO"])
def test_lossless_formats_keep_every_pixel(picture: Pillow.Image, kind: str) -> None:
    data = saved(picture, kind, **({"sizes": [(80, 60)]} if kind == "ICO" else {}))
    assert np.array_equal(decode(data, max_bytes=MAX_BYTES), np.asarray(picture))


def test_an_avif_that_names_its_container_first_is_taken_and_read(picture: Pillow.Image) -> None:
    data = saved(picture, "AVIF", quality=100).replace(b"ftypavif", b"ftypmif1", 1)
    assert content_type(data) == "image/avif"
    assert decode(data, max_bytes=MAX_BYTES).shape == (60, 80, 3)


def test_a_picture_of_more_rows_than_are_copied_at_once_keeps_every_pixel() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (2 * STRIP_ROWS + 7, 43, 3), np.uint8)
    image = decode(saved(Pillow.fromarray(pixels), "PNG"), max_bytes=MAX_BYTES)
    assert np.array_equal(image, pixels)
    assert image.flags.c_contiguous
    assert image.flags.writeable


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
def test_lossy_formats_are_read(picture: Pillow.Image, kind: str) -> None:
    image = decode(saved(picture, kind, quality=95), max_bytes=MAX_BYTES)
    assert np.abs(image[40, 10].astype(int) - (255, 0, 0)).max() < 20


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_out_upright(picture: Pillow.Image, orientation: int) -> None:
    turn_back = {
        1: None,
        2: Pillow.Transpose.FLIP_LEFT_RIGHT,
        3: Pillow.Transpose.ROTATE_180,
        4: Pillow.Transpose.FLIP_TOP_BOTTOM,
        5: Pillow.Transpose.TRANSPOSE,
        6: Pillow.Transpose.ROTATE_90,
        7: Pillow.Transpose.TRANSVERSE,
        8: Pillow.Transpose.ROTATE_270,
    }[orientation]
    lying = picture if turn_back is None else picture.transpose(turn_back)
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    image = decode(saved(lying, "PNG", exif=exif), max_bytes=MAX_BYTES)
    assert np.array_equal(image, np.asarray(picture))


def test_transparency_becomes_white() -> None:
    clear = Pillow.new("RGBA", (50, 50), (10, 20, 30, 0))
    assert (decode(saved(clear, "PNG"), max_bytes=MAX_BYTES) == 255).all()


def test_a_transparent_palette_entry_becomes_white() -> None:
    picture = Pillow.new("P", (50, 50), 3)
    picture.putpalette([0] * 768)
    assert (decode(saved(picture, "PNG", transparency=3), max_bytes=MAX_BYTES) == 255).all()


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    grey = Pillow.fromarray(np.full((50, 50), 32_896, np.uint16))
    assert (decode(saved(grey, "PNG"), max_bytes=MAX_BYTES) == 128).all()


def test_floats_are_stretched_over_their_own_range() -> None:
    ramp = np.linspace(-1, 1, 2500, dtype=np.float32).reshape(50, 50)
    image = decode(saved(Pillow.fromarray(ramp), "TIFF"), max_bytes=MAX_BYTES)
    assert (int(image.min()), int(image.max())) == (0, 255)


def test_only_the_first_of_several_frames_is_read(picture: Pillow.Image) -> None:
    other = Pillow.new("RGB", picture.size, (0, 255, 0))
    data = saved(picture, "TIFF", save_all=True, append_images=[other])
    assert np.array_equal(decode(data, max_bytes=MAX_BYTES), np.asarray(picture))


def test_limits_are_kept(picture: Pillow.Image) -> None:
    data = saved(picture, "PNG")
    assert refusal(data, max_bytes=len(data) - 1) == "too_many_bytes"
    assert refusal(data, max_pixels=80 * 60 - 1) == "too_many_pixels"
    assert decode(data, max_bytes=len(data), max_pixels=80 * 60).shape == (60, 80, 3)


def test_a_bomb_is_refused_by_its_header() -> None:
    assert refusal(saved(Pillow.new("1", (20_000, 20_000)), "PNG")) == "too_many_pixels"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"hello", "not_an_image"),
        (b"<html><script>alert(1)</script>", "not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "format_not_supported"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "format_not_supported"),
        (b"8BPS\0\1", "format_not_supported"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "format_not_supported"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "truncated"),
    ],
)
def test_what_is_no_picture_is_named(data: bytes, code: str) -> None:
    assert refusal(data) == code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF"])
def test_half_a_file_is_truncated(portraits: Path, kind: str) -> None:
    whole = saved(Pillow.open(portraits / "astronaut.png").convert("RGB"), kind)
    assert refusal(whole[: len(whole) // 2]) == "truncated"


def test_truncation_is_seen_even_after_pillow_was_told_to_overlook_it(portraits: Path) -> None:
    data = (portraits / "obama.jpg").read_bytes()
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    assert refusal(data[: len(data) // 2]) == "truncated"
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_a_picture_without_room_for_a_face_is_too_small() -> None:
    assert refusal(saved(Pillow.new("RGB", (4000, 39)), "PNG")) == "too_small"


def test_any_damage_is_a_refusal_or_a_picture(portraits: Path) -> None:
    """Random bytes overwritten anywhere: whatever Pillow makes of it, only BadImage comes out."""
    chance = np.random.default_rng(7)
    small = Pillow.open(portraits / "astronaut.png").convert("RGB").resize((96, 96))
    for kind in ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "ICO"):
        whole = saved(small, kind)
        for _ in range(40):
            damaged = bytearray(whole)
            for at in chance.integers(0, min(len(whole), 400), 4):
                damaged[at] = chance.integers(0, 256)
            try:
                assert decode(bytes(damaged), max_bytes=MAX_BYTES).shape[2] == 3
            except BadImage as error:
                assert error.code in {"truncated", "not_an_image", "too_many_pixels", "too_small"}


def test_a_jpeg_can_be_read_back(obama: Image) -> None:
    again = decode(jpeg(obama, quality=95), max_bytes=MAX_BYTES)
    assert again.shape == obama.shape
    assert np.abs(again.astype(int) - obama).mean() < 3


def test_a_face_crop_is_square_and_keeps_the_margin(obama: Image) -> None:
    assert face_crop(obama, Box(400, 200, 600, 400), side_px=200).shape == (200, 200, 3)
    assert face_crop(obama, Box(400, 200, 450, 250), side_px=200).shape == (90, 90, 3)


def test_a_face_crop_at_the_edge_is_filled_with_grey(obama: Image) -> None:
    crop = face_crop(obama, Box(-50, -50, 50, 50), side_px=500)
    assert (crop[0, 0] == 128).all()
    assert crop.shape == (180, 180, 3)


def test_a_face_crop_outside_is_refused(obama: Image) -> None:
    with pytest.raises(ValueError, match="inside the"):
        face_crop(obama, Box(5000, 5000, 5100, 5100))


def test_a_huge_jpeg_is_decoded_half_as_large_and_tells_its_full_size() -> None:
    data = saved(Pillow.linear_gradient("L").resize((161, 121)), "JPEG")
    small = decode_small(data, max_bytes=MAX_BYTES, whole_pixels=161 * 121 - 1)
    assert (small.image.shape, small.width_px, small.height_px) == ((61, 81, 3), 161, 121)
    whole = decode(data, max_bytes=MAX_BYTES, whole_pixels=161 * 121)
    assert np.abs(whole[:120:2, :160:2].astype(int) - small.image[:60, :80]).max() < 12


def test_a_huge_jpeg_that_lies_on_its_side_tells_its_upright_size() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    lying = saved(Pillow.new("RGB", (160, 120)), "JPEG", exif=exif)
    small = decode_small(lying, max_bytes=MAX_BYTES, whole_pixels=9999)
    assert (small.image.shape, small.width_px, small.height_px) == ((80, 60, 3), 120, 160)


def test_half_a_huge_jpeg_is_truncated(portraits: Path) -> None:
    data = saved(Pillow.open(portraits / "astronaut.png").convert("RGB"), "JPEG")
    assert refusal(data[: len(data) // 2], whole_pixels=512 * 512 - 1) == "truncated"


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF"])
def test_formats_that_must_be_decoded_whole_may_not_be_huge(kind: str) -> None:
    assert refusal(saved(Pillow.new("RGB", (160, 120)), kind), whole_pixels=160 * 120 - 1) == "too_many_pixels"


def test_a_phone_s_108_megapixels_are_read_and_no_more() -> None:
    huge = decode_small(saved(Pillow.new("L", (12_000, 9_000), 90), "JPEG"), max_bytes=MAX_BYTES)
    assert (huge.image.shape, huge.scale) == ((4500, 6000, 3), 2)
    assert refusal(saved(Pillow.new("L", (12_000, 9_001)), "JPEG")) == "too_many_pixels"


def test_boxes_go_to_the_full_size_and_back() -> None:
    small = Decoded(np.zeros((61, 81, 3), np.uint8), 161, 121)
    assert small.own_box(Box(20, 40, 60, 80)) == (10, 20, 30, 40)
    assert Decoded.whole(small.image).own_box(Box(20, 40, 60, 80)) == (20, 40, 60, 80)
