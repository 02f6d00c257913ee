"""Decodes phone pictures (HEIC): OpenCV's FFmpeg decodes the tiles of a HEIF file, and they are put together here.

No package of its own (looked at again in November 2026): pi-heif is discontinued, and its last wheels carry libheif
1.23.0, by which a crafted picture runs code (CVE-2026-84383); pillow-heif is kept up, but its wheels bring an encoder
of 23 MB and are under the GPL for it. FFmpeg's decoder of HEVC is here for the cameras already, and what reads the
file around it is Python, which cannot write beyond a buffer.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from threading import Lock
from typing import Any

import cv2
import numpy as np

from people.recognition.errors import BadImage
from people.recognition.pictures.decoded import SMALLER, Decoded
from people.recognition.pictures.heif_file import HeifFile, Item
from people.recognition.types import Image

# Keeps FFmpeg from writing about damaged pictures to stderr; OpenCV reads this once, at the first capture.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
# FFmpeg decodes only HEVC, whatever the bytes look like, and opens nothing else.
_OPTIONS = "input_format;hevc|format_whitelist;hevc|protocol_whitelist;"
MOST_SETUP_BYTES = 10_000
"""Limit for the parameters, which are repeated before every tile; phones write about 120 bytes."""
_START = b"\0\0\0\1"
_opening = Lock()


def decode_heif(data: bytes, *, max_pixels: int, whole_pixels: int) -> Decoded:
    """Decodes the primary picture, upright: (height, width, 3) uint8 RGB, ten bits scaled to eight.

    A grid of more than `whole_pixels` is decoded half as wide and high, tile by tile; a picture in one piece may not
    have more. Raises BadImage "truncated", "too_many_pixels" before it decodes any pixel, and "format_not_supported"
    for files that no phone makes: overlays, and pictures coded by anything but HEVC.
    """
    file = HeifFile.read(data)
    item = file.items[file.primary]
    if item.kind not in (b"hvc1", b"grid"):
        raise BadImage("format_not_supported", "the picture is coded in a way that is not read")
    if item.kind == b"hvc1":
        _check(_size(item), 1, whole_pixels)
        return _upright(next(_tiles(file, [item])), item)
    width, height = _size(item)
    _check((width, height), 1, max_pixels)
    step = 1 if width * height <= whole_pixels else SMALLER
    return _upright(_grid(file, item, step, max_pixels), item)


def _check(size: tuple[int, int], number: int, max_pixels: int) -> None:
    if number * size[0] * size[1] > max_pixels:
        raise BadImage("too_many_pixels", f"the picture has {number} x {size[0]} x {size[1]} pixels")


def _grid(file: HeifFile, item: Item, step: int, max_pixels: int) -> Image:
    """Puts the tiles side by side, row by row, and cuts the result to the picture's size, shrunk by `step`."""
    layout = file.bytes_of(item)
    try:
        rows, columns = layout[2] + 1, layout[3] + 1
        width, height = struct.unpack_from(">II" if layout[1] & 1 else ">HH", layout, 4)
        tiles = [file.items[number] for number in item.made_of]
    except (struct.error, IndexError, KeyError) as error:
        raise BadImage("truncated", "the picture's grid is damaged") from error
    sizes = {_size(tile) for tile in tiles}
    if len(tiles) != rows * columns or len(sizes) != 1 or {tile.kind for tile in tiles} != {b"hvc1"}:
        raise BadImage("truncated", "the picture's grid is not whole")
    ((across, down),) = sizes
    if (width, height) != _size(item) or columns * across < width or rows * down < height:
        raise BadImage("truncated", "the picture's grid has another size than the picture")
    _check((across, down), len(tiles), 2 * max_pixels)  # tiles may reach beyond the picture, but not far
    if across % step or down % step:
        raise BadImage("too_many_pixels", f"tiles of {across} x {down} pixels cannot be shrunk")
    across, down = across // step, down // step
    picture = np.empty((-(-height // step), -(-width // step), 3), np.uint8)
    for number, tile in enumerate(_tiles(file, tiles)):
        top, left = number // columns * down, number % columns * across
        room = picture[top : top + down, left : left + across]
        small = tile if step == 1 else cv2.resize(tile, (across, down), interpolation=cv2.INTER_AREA)
        room[:] = small[: room.shape[0], : room.shape[1]]
    return picture


def _tiles(file: HeifFile, items: list[Item]) -> Iterator[Image]:
    """Decodes each of the coded pictures. Raises BadImage if there are fewer, or if one has another size."""
    if sum(length for item in items for _, length in item.extents) > len(file.data):
        raise BadImage("truncated", "the picture's tiles are larger than the file")
    stream: Any = io.BufferedReader(io.BytesIO(b"".join(_stream(file, item) for item in items)))
    with _opening:  # OpenCV takes these options from the environment only
        before = os.environ.get("OPENCV_FFMPEG_CAPTURE_OPTIONS")
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = _OPTIONS
        try:
            capture = cv2.VideoCapture(stream, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
        finally:
            del os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"]
            if before is not None:
                os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = before
    try:
        for item in items:
            done, picture = capture.read()
            if not done or picture is None or picture.shape[1::-1] != _size(item):
                raise BadImage("truncated", "the picture is incomplete or damaged")
            yield np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
    except cv2.error as error:
        raise BadImage("truncated", "the picture cannot be decoded") from error
    finally:
        capture.release()


def _stream(file: HeifFile, item: Item) -> bytes:
    """Returns the item as FFmpeg reads HEVC: its parameter sets and its units, each after a start code."""
    setup = item.property(b"hvcC")
    if setup is None or len(setup) > MOST_SETUP_BYTES:
        raise BadImage("truncated", "the picture's parameters are missing")
    try:
        sets = list(_parameter_sets(setup))
        units = list(_units(file.bytes_of(item), (setup[21] & 3) + 1))
    except (struct.error, IndexError, ValueError) as error:
        raise BadImage("truncated", "the picture is incomplete or damaged") from error
    return b"".join(_START + unit for unit in (*sets, *units))


def _parameter_sets(setup: bytes) -> Iterator[bytes]:
    at = 23
    for _ in range(setup[22]):
        (number,) = struct.unpack_from(">H", setup, at + 1)
        at += 3
        for _ in range(number):
            (length,) = struct.unpack_from(">H", setup, at)
            yield setup[at + 2 : at + 2 + length]
            at += 2 + length


def _units(coded: bytes, width: int) -> Iterator[bytes]:
    at = 0
    while at < len(coded):
        length = int.from_bytes(coded[at : at + width])
        at += width + length
        if at > len(coded):
            raise ValueError(f"expected a unit of {length} bytes")
        yield coded[at - length : at]


def _size(item: Item) -> tuple[int, int]:
    extent = item.property(b"ispe")
    if extent is None or len(extent) < 12:
        raise BadImage("truncated", "the picture's size is missing")
    width, height = struct.unpack_from(">II", extent, 4)
    return width, height


def _upright(picture: Image, item: Item) -> Decoded:
    """Turns and mirrors the picture as the file says, and ignores its EXIF, which says the same again."""
    width, height = _size(item)
    for kind, content in item.properties:
        if kind == b"irot" and content:
            picture = np.asarray(np.rot90(picture, content[0] & 3), np.uint8)
            width, height = (height, width) if content[0] & 1 else (width, height)
        if kind == b"imir" and content:
            picture = picture[:, ::-1] if content[0] & 1 else picture[::-1]
    return Decoded(np.ascontiguousarray(picture), width, height)
