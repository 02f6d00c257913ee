"""Turns the bytes of a picture file into an upright RGB image, or tells exactly why it cannot."""

from __future__ import annotations

import io
import warnings
from functools import partial
from typing import Any

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL import ImageFile

from people.recognition.errors import BadImage
from people.recognition.pictures.decoded import MOST_PIXELS, SMALLER, WHOLE_PIXELS, Decoded
from people.recognition.pictures.heif import decode_heif
from people.recognition.pictures.heif_file import is_heif
from people.recognition.pictures.metadata import without_location
from people.recognition.types import Box, Image

__all__ = ["decode", "decode_small", "face_crop", "fitting_jpeg", "jpeg", "shown_by_browsers", "without_location"]

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "ICO")
"""An allow-list, because Pillow also opens EPS (which runs Ghostscript), PSD and forty others that nobody uploads."""
HEAD_BYTES = 32
"""How many bytes of a file are enough to tell its format."""
STRIP_ROWS = 64
"""How many rows are copied out of Pillow at once: 12 megapixels take 17 ms, and 31 in one piece."""
SMALLEST_SIDE_PX = 40
"""No face that can be found, let alone enrolled, fits into a smaller picture."""
_SIXTEEN_BIT = ("I;16", "I;16L", "I;16B", "I;16N")
_ORIENTATION = 0x0112
_TURNS = {
    2: PIL.Image.Transpose.FLIP_LEFT_RIGHT,
    3: PIL.Image.Transpose.ROTATE_180,
    4: PIL.Image.Transpose.FLIP_TOP_BOTTOM,
    5: PIL.Image.Transpose.TRANSPOSE,
    6: PIL.Image.Transpose.ROTATE_270,
    7: PIL.Image.Transpose.TRANSVERSE,
    8: PIL.Image.Transpose.ROTATE_90,
}
"""By EXIF orientation, the operation that sets the picture upright."""
_SIDEWAYS = (5, 6, 7, 8)
"""Orientations that exchange width and height."""
_OTHER_FORMATS = (
    (4, b"ftypmif1"),
    (0, b"8BPS"),
    (0, b"%!PS"),
    (0, b"%PDF"),
    (0, b"\xff\x0a"),
    (0, b"<svg"),
    (4, b"jP  "),
)
"""Pictures in known formats that are not read: they deserve a different sentence than "not a picture"."""

# Set once for the process, not around each call, because catch_warnings is not safe with threads.
PIL.Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.filterwarnings("error", category=PIL.Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", module=r"PIL\.TiffImagePlugin")  # broken EXIF says nothing about the pixels


def decode(data: bytes, *, max_bytes: int, max_pixels: int = MOST_PIXELS, whole_pixels: int = WHOLE_PIXELS) -> Image:
    """Returns the image of `decode_small`: (height, width, 3) uint8 RGB, smaller than the file says if that is huge."""
    return decode_small(data, max_bytes=max_bytes, max_pixels=max_pixels, whole_pixels=whole_pixels).image


def decode_small(
    data: bytes,
    *,
    max_bytes: int,
    max_pixels: int = MOST_PIXELS,
    whole_pixels: int = WHOLE_PIXELS,
    halved_from: int = WHOLE_PIXELS,
) -> Decoded:
    """Decodes the first frame: upright RGB, transparency over white, 16 bits scaled to 8.

    JPEG and HEIC with more than `whole_pixels` are decoded half as wide and high, JPEG already with more than
    `halved_from`. Other formats would have to be decoded whole first, so they may not have more than `whole_pixels`.
    Decoding decides which format it is. Raises BadImage with one of the codes empty, too_many_bytes, not_an_image,
    format_not_supported, too_many_pixels, truncated (incomplete or damaged), too_small.
    """
    if not data:
        raise BadImage("empty", "the file is empty")
    if len(data) > max_bytes:
        raise BadImage("too_many_bytes", f"the file has {len(data)} bytes, at most {max_bytes} are taken")
    # Importing face_recognition sets this to True for the whole process, but half a face must not be accepted.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    read = decode_heif if is_heif(data[:HEAD_BYTES]) else partial(_decoded, halved_from=halved_from)
    picture = read(data, max_pixels=max_pixels, whole_pixels=min(whole_pixels, max_pixels))
    if min(picture.image.shape[:2]) < SMALLEST_SIDE_PX:
        raise BadImage("too_small", f"the picture is {picture.width_px} x {picture.height_px} pixels")
    return picture


def jpeg(image: Image, quality: int = 85) -> bytes:
    """Encodes `image` as a JPEG file without metadata."""
    done, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"expected an image of pixels, got shape {image.shape}")
    return data.tobytes()


def face_crop(image: Image, box: Box, side_px: int = 256, margin: float = 0.4) -> Image:
    """Cuts out the face with `margin` of its width around it: a square of at most `side_px`, grey beyond the image."""
    half = max(box.width, box.height) * (0.5 + margin)
    x, y = box.centre
    left, top, right, bottom = round(x - half), round(y - half), round(x + half), round(y + half)
    height, width = image.shape[:2]
    inside = image[max(0, top) : max(0, min(bottom, height)), max(0, left) : max(0, min(right, width))]
    if not inside.size:
        raise ValueError(f"expected a box inside the {width} x {height} image, got {tuple(box)}")
    square = cv2.copyMakeBorder(
        inside,
        max(0, -top),
        max(0, bottom - height),
        max(0, -left),
        max(0, right - width),
        cv2.BORDER_CONSTANT,
        value=(128, 128, 128),
    )
    if square.shape[0] > side_px:
        square = cv2.resize(square, (side_px, side_px), interpolation=cv2.INTER_AREA)
    return np.asarray(square, np.uint8)


def shown_by_browsers(data: bytes) -> bool:
    """Returns whether every browser shows the picture file `data`, judging by its first bytes."""
    return not is_heif(data[:HEAD_BYTES]) and data[:4] not in (b"II*\0", b"MM\0*")


def fitting_jpeg(image: Image, max_bytes: int) -> bytes | None:
    """Encodes `image` as the best JPEG file of at most `max_bytes`; returns None if even a poor one is larger."""
    return next((made for quality in (92, 80, 60) if len(made := jpeg(image, quality)) <= max_bytes), None)


def _decoded(data: bytes, *, max_pixels: int, whole_pixels: int, halved_from: int) -> Decoded:
    picture = _opened(data)
    _check_pixels(picture, max_pixels)
    width, height = picture.size
    full_size = None
    if width * height > min(whole_pixels, halved_from) and picture.draft(None, (width // SMALLER, height // SMALLER)):
        full_size = (width, height)  # a JPEG: other formats cannot be decoded small, and stay too large
    _check_pixels(picture, whole_pixels)
    return _pixels(picture, full_size, whole_pixels)


def _opened(data: bytes) -> PIL.Image.Image:
    """Opens the picture and reads its header."""
    try:
        return PIL.Image.open(io.BytesIO(data), formats=FORMATS)
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as error:
        raise BadImage("too_many_pixels", str(error)) from error
    except PIL.UnidentifiedImageError as error:
        if any(data[at : at + len(mark)] == mark for at, mark in _OTHER_FORMATS):
            raise BadImage("format_not_supported", "the picture has a format that is not read") from error
        raise BadImage("not_an_image", "the file is not a picture") from error
    except Exception as error:
        raise BadImage("truncated", "the picture's header is damaged") from error


def _check_pixels(picture: PIL.Image.Image, max_pixels: int) -> None:
    if picture.width * picture.height > max_pixels:
        raise BadImage(
            "too_many_pixels",
            f"the picture has {picture.width} x {picture.height} pixels, at most {max_pixels} are taken",
        )


def _pixels(picture: PIL.Image.Image, full_size: tuple[int, int] | None, max_pixels: int) -> Decoded:
    """Loads the opened picture and sets it upright; `full_size` is what the file says of one that is decoded small."""
    try:
        picture.load()
        _check_pixels(picture, max_pixels)  # again, because an icon can be larger than its header says
        orientation = _orientation_of(picture)
        upright = picture.transpose(_TURNS[orientation]) if orientation in _TURNS else picture
        image = _array(_rgb(upright))
        size = full_size or picture.size
        return Decoded(image, *(size[::-1] if orientation in _SIDEWAYS else size))
    except BadImage:
        raise
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as error:
        raise BadImage("too_many_pixels", str(error)) from error
    except MemoryError:
        raise
    except Exception as error:
        raise BadImage("truncated", "the picture is incomplete or damaged") from error


def _orientation_of(picture: PIL.Image.Image) -> int:
    """Returns EXIF's orientation of a loaded picture, 1 to 8; 1 if there is none."""
    try:
        orientation = picture.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001 - a broken EXIF block says nothing about the pixels
        return 1
    return orientation if isinstance(orientation, int) and orientation in _TURNS else 1


def _rgb(picture: PIL.Image.Image) -> PIL.Image.Image:
    if picture.mode in _SIXTEEN_BIT:
        return _grey(np.asarray(picture).astype(np.float32) / 257)
    if picture.mode in ("I", "F"):
        return _grey(_stretched(np.asarray(picture, np.float32)))
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        white = PIL.Image.new("RGBA", layer.size, (255, 255, 255, 255))
        return PIL.Image.alpha_composite(white, layer).convert("RGB")
    return picture if picture.mode == "RGB" else picture.convert("RGB")  # which would copy it


def _array(picture: PIL.Image.Image) -> Image:
    """Copies the pixels of an RGB picture; in strips, because Pillow gathers a whole picture from pieces of 64 kB."""
    width, height = picture.size
    image = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, STRIP_ROWS):
        bottom = min(top + STRIP_ROWS, height)
        image[top:bottom] = np.asarray(picture.crop((0, top, width, bottom)))
    return image


def _grey(values: NDArray[np.floating[Any]]) -> PIL.Image.Image:
    return PIL.Image.fromarray(np.clip(values.round(), 0, 255).astype(np.uint8)).convert("RGB")


def _stretched(values: NDArray[np.float32]) -> NDArray[np.floating[Any]]:
    """Scales a picture's own range to 0 to 255, because integers beyond 16 bits and floats have no agreed white."""
    finite = np.nan_to_num(values, posinf=0, neginf=0)
    low, high = float(finite.min()), float(finite.max())
    if low >= 0 and 255 < high <= 65535:
        return finite / 257  # a 16-bit picture in a wider mode
    return (finite - low) * (255 / ((high - low) or 1))
