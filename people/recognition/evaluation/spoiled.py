"""Spoils genuine photos in the ways of scanners, cameras and retouching: a doubt about them would be a false one."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from people.recognition.pictures.images import decode, jpeg
from people.recognition.types import Image

Spoiling = Callable[[Image], Image]
SEED = 11
MAX_BYTES = 100_000_000


def _as_it_is(image: Image) -> Image:
    return image


def _scanned(image: Image) -> Image:
    """A print on a scanner's white glass: softer, with the paper's grain, a little yellow."""
    soft = cv2.GaussianBlur(image, (0, 0), 0.8).astype(np.float32)
    print_ = soft * [0.97, 0.95, 0.88] + 10 + _grains(image, 2.5)
    edge = max(4, image.shape[1] // 12)
    return _whole(cv2.copyMakeBorder(print_, *(edge,) * 4, cv2.BORDER_CONSTANT, value=(250, 250, 250)))


def _dark(image: Image) -> Image:
    return _whole(image * 0.3 + _grains(image, 3))


def _bright(image: Image) -> Image:
    return _whole(image * 1.35 + 20)


def _sharpened(image: Image) -> Image:
    return _sharper(image, 1.0)


def _sharpened_hard(image: Image) -> Image:
    return _sharper(image, 2.5)


def _sharper(image: Image, amount: float) -> Image:
    exact = image.astype(np.float32)
    return _whole(exact + amount * (exact - cv2.GaussianBlur(exact, (0, 0), 1.2)))


def _grainy(image: Image) -> Image:
    return _whole(image + _grains(image, 14))


def _pressed_hard(image: Image) -> Image:
    return decode(jpeg(image, 20), max_bytes=MAX_BYTES)


def _grey(image: Image) -> Image:
    return np.asarray(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.uint8)


def _hard_grey(image: Image) -> Image:
    """Black and white with hard contrast, as old prints and art photos are."""
    return _whole((_grey(image).astype(np.float32) - 115) * 1.9 + 120)


def _smoothed(image: Image) -> Image:
    """As phones smooth skin."""
    return np.asarray(cv2.bilateralFilter(image, 7, 35, 5), np.uint8)


def _local_contrast(image: Image) -> Image:
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(3.0, (8, 8)).apply(lab[..., 0])
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)


def _blurred(image: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), max(0.5, image.shape[1] / 400)), np.uint8)


def _few_colours(image: Image) -> Image:
    """As GIF files keep photos: 4 to 8 steps a colour, dithered by noise."""
    return _whole(np.round((image + _grains(image, 10)) / 32) * 32)


def _enlarged(image: Image) -> Image:
    """Made small once, pressed as JPEG, and enlarged again."""
    small = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    again = decode(jpeg(np.asarray(small, np.uint8), 60), max_bytes=MAX_BYTES)
    return np.asarray(cv2.resize(again, image.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


def _pressed_harder(image: Image) -> Image:
    return decode(jpeg(image, 10), max_bytes=MAX_BYTES)


def _old_print(image: Image) -> Image:
    """Faded and brown, with dust."""
    grey = _grey(image).astype(np.float32) * 0.6 + 70 + _grains(image, 5)
    brown = grey * [1.05, 0.95, 0.75]
    brown[np.random.default_rng(SEED).random(image.shape[:2]) < 0.002] = 240
    return _whole(brown)


def _vivid(image: Image) -> Image:
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV).astype(np.float32)
    hsv[..., 1:] *= [1.7, 1.1]
    return np.asarray(cv2.cvtColor(_whole(hsv), cv2.COLOR_HSV2RGB), np.uint8)


def _shaken(image: Image) -> Image:
    """Moved by 2 % of the picture while it was taken."""
    length = max(3, image.shape[1] // 50)
    return np.asarray(cv2.filter2D(image, -1, np.eye(length, dtype=np.float32) / length), np.uint8)


def _overexposed_grey(image: Image) -> Image:
    return _whole(_grey(image) * 1.3 + 15)


SPOILINGS: dict[str, Spoiling] = {
    "as it is": _as_it_is,
    "scanned": _scanned,
    "dark": _dark,
    "bright": _bright,
    "sharpened": _sharpened,
    "sharpened hard": _sharpened_hard,
    "grainy": _grainy,
    "JPEG quality 20": _pressed_hard,
    "black and white": _grey,
    "hard black and white": _hard_grey,
    "smoothed": _smoothed,
    "local contrast": _local_contrast,
    "blurred": _blurred,
    "few colours": _few_colours,
    "enlarged": _enlarged,
    "JPEG quality 10": _pressed_harder,
    "old print": _old_print,
    "vivid": _vivid,
    "shaken": _shaken,
    "black and white, overexposed": _overexposed_grey,
}


def _grains(image: Image, deviation: float) -> Image:
    return np.random.default_rng(SEED).normal(0.0, deviation, image.shape)  # type: ignore[return-value]


def _whole(image: object) -> Image:
    return np.asarray(np.clip(np.rint(image), 0, 255), np.uint8)  # type: ignore[call-overload]
