"""Makes drawings of photos by programs, in styles that differ: what the doubt about drawings is measured on."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from people.recognition.types import Image

Style = Callable[[Image], Image]


def _cartoon(image: Image) -> Image:
    """Black edges over flat colours."""
    smooth = image
    for _ in range(4):
        smooth = np.asarray(cv2.bilateralFilter(smooth, 9, 40, 7), np.uint8)
    grey = cv2.medianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 5)
    edges = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 9, 4)
    return np.asarray(cv2.bitwise_and(smooth, smooth, mask=edges), np.uint8)


def _pencil_grey(image: Image) -> Image:
    grey, _ = cv2.pencilSketch(image, sigma_s=60, sigma_r=0.07, shade_factor=0.05)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)


def _pencil_colour(image: Image) -> Image:
    _, colour = cv2.pencilSketch(image, sigma_s=60, sigma_r=0.07, shade_factor=0.05)
    return np.asarray(colour, np.uint8)


def _dodged(image: Image) -> Image:
    """A pencil drawing with soft shades: the picture divided by its own blurred copy."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    soft = cv2.GaussianBlur(grey, (0, 0), max(2.0, image.shape[1] / 80))
    drawn = cv2.divide(grey, np.maximum(soft, 1), scale=250)
    return np.asarray(cv2.cvtColor(drawn, cv2.COLOR_GRAY2RGB), np.uint8)


def _stylised(image: Image) -> Image:
    return np.asarray(cv2.stylization(image, sigma_s=60, sigma_r=0.45), np.uint8)


def _mean_shift(image: Image) -> Image:
    flat = cv2.pyrMeanShiftFiltering(image, 10, 30)
    return np.asarray(flat // 32 * 32 + 16, np.uint8)


def _poster(image: Image) -> Image:
    """Six colours in smooth areas, as vector portraits have them."""
    smooth = cv2.medianBlur(image, 7)
    return np.asarray(cv2.medianBlur(_in_colours(np.asarray(smooth, np.uint8), 6), 5), np.uint8)


def _in_colours(image: Image, count: int) -> Image:
    """Gives each pixel the nearest of the picture's own `count` colours."""
    some = image[::4, ::4].reshape(-1, 3).astype(np.float32)
    cv2.setRNGSeed(0)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 1.0)
    _, _, colours = cv2.kmeans(some, count, None, stop, 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    apart = ((image.astype(np.float32)[:, :, None] - colours) ** 2).sum(axis=3)
    return np.asarray(colours[apart.argmin(axis=2)], np.uint8)


def _ink(image: Image) -> Image:
    """Black ink on white paper, by differences of two blurs (XDoG, Winnemöller 2012)."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    sigma = max(0.8, image.shape[1] / 700)
    near, far = cv2.GaussianBlur(grey, (0, 0), sigma), cv2.GaussianBlur(grey, (0, 0), 1.6 * sigma)
    sharp = near + 18 * (near - far)
    drawn = np.where(sharp > 0.45, 1.0, 1 + np.tanh(12 * (sharp - 0.45)))
    return np.asarray(cv2.cvtColor(_whole(drawn * 255), cv2.COLOR_GRAY2RGB), np.uint8)


def _oil(image: Image) -> Image:
    """Each pixel takes the mean colour of the commonest of eight lights around it, as brushes paint."""
    light = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) // 32
    side = 2 * max(2, image.shape[1] // 200) + 1
    counts, sums = [], []
    for step in range(8):
        here = (light == step).astype(np.float32)
        counts.append(cv2.boxFilter(here, -1, (side, side)))
        sums.append(cv2.boxFilter(image * here[..., None], -1, (side, side)))
    best = np.argmax(counts, axis=0)[None]
    count = np.take_along_axis(np.array(counts), best, axis=0)[0]
    colours = np.take_along_axis(np.array(sums), best[..., None], axis=0)[0]
    return _whole(colours / np.maximum(count, 1e-6)[..., None])


def _edge_preserving(image: Image) -> Image:
    return np.asarray(cv2.edgePreservingFilter(image, flags=1, sigma_s=60, sigma_r=0.4), np.uint8)


def _clip_art(image: Image) -> Image:
    """Twelve flat colours, with thin dark lines where the light changes."""
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 1.2)
    lines = cv2.dilate(cv2.Canny(grey, 40, 90), np.ones((2, 2), np.uint8))
    drawn = _in_colours(np.asarray(cv2.medianBlur(image, 7), np.uint8), 12)
    drawn[lines > 0] = (30, 22, 20)
    return drawn


def _woodcut(image: Image) -> Image:
    """Black or white, nothing between."""
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 1.0)
    side = 2 * max(7, image.shape[1] // 16) + 1
    cut = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, side, 2)
    return np.asarray(cv2.cvtColor(cv2.medianBlur(cut, 3), cv2.COLOR_GRAY2RGB), np.uint8)


def _charcoal(image: Image) -> Image:
    """Broad, soft and dark strokes on rough, grey paper."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    wide = cv2.GaussianBlur(grey, (0, 0), max(3.0, image.shape[1] / 50))
    strokes = np.clip(grey / np.maximum(wide, 1), 0, 1.1) ** 2.2 * 0.75 + 0.25 * grey / 255
    rough = np.asarray(np.random.default_rng(2).normal(0, 0.16, grey.shape), np.float32)
    drawn = strokes + cv2.GaussianBlur(rough, (0, 0), 0.8) * (1.2 - strokes)
    return np.asarray(cv2.cvtColor(_whole(drawn * 215), cv2.COLOR_GRAY2RGB), np.uint8)


def _comic(image: Image) -> Image:
    """Six colours, black outlines, and dots in the shades."""
    drawn = _in_colours(np.asarray(cv2.medianBlur(image, 7), np.uint8), 6)
    grey = cv2.cvtColor(drawn, cv2.COLOR_RGB2GRAY)
    y, x = np.indices(grey.shape)
    dots = np.hypot((x + y) % 6 - 2.5, (x - y) % 6 - 2.5) < 1.8
    drawn[dots & (grey > 70) & (grey < 150)] //= 2
    soft = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 1.5)
    drawn[cv2.adaptiveThreshold(soft, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 11, 5) > 0] = 0
    return drawn


def _watercolour(image: Image) -> Image:
    """Washed-out areas that run into each other, on paper with a grain."""
    soft = cv2.bilateralFilter(cv2.medianBlur(image, 5), 15, 60, 9)
    washed = 255 - (255 - cv2.bilateralFilter(soft, 15, 60, 9).astype(np.float32)) * 0.75
    paper = cv2.GaussianBlur(np.random.default_rng(4).normal(0, 12, image.shape[:2]), (0, 0), 1.5)
    return _whole(washed + paper[..., None])


STYLES: dict[str, Style] = {
    "cartoon": _cartoon,
    "poster": _poster,
    "ink": _ink,
    "pencil, grey": _pencil_grey,
    "pencil, colour": _pencil_colour,
    "pencil, soft": _dodged,
    "stylised": _stylised,
    "mean shift": _mean_shift,
    "oil": _oil,
    "edge-preserving": _edge_preserving,
    "clip art": _clip_art,
    "woodcut": _woodcut,
    "charcoal": _charcoal,
    "comic": _comic,
    "watercolour": _watercolour,
}


def _whole(image: object) -> Image:
    return np.asarray(np.clip(np.rint(image), 0, 255), np.uint8)  # type: ignore[call-overload]
