"""Draws axes, lines and bars with Pillow, as much as people/recognition/evaluation/plot.py needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

FINE = 2
"""Everything is drawn at so many times the size and then shrunk, because Pillow's lines have no smooth edges."""
FONT_PX = 17
INK, GRID, PAPER = (40, 40, 40), (222, 222, 222), (255, 255, 255)
Point = tuple[float, float]


class Colour(NamedTuple):
    red: int
    green: int
    blue: int


def deviate(rate: float) -> float:
    """Returns the rate in standard deviations of a normal curve, which is the scale of a DET's axes."""
    return NormalDist().inv_cdf(rate)


@dataclass(frozen=True, slots=True)
class Axis:
    """The range from `low` to `high`; values beyond are drawn at the edge."""

    low: float
    high: float
    ticks: Sequence[float]
    label: str
    """Format of a tick's number."""
    scale: Callable[[float], float] = float
    shown: float = 1.0
    """Factor for a tick's number."""

    def place(self, value: float) -> float:
        """Returns 0 at `low`, 1 at `high`."""
        inside = min(max(value, self.low), self.high)
        return (self.scale(inside) - self.scale(self.low)) / (self.scale(self.high) - self.scale(self.low))


class Canvas:
    def __init__(self, width: int, height: int) -> None:
        self.image = Pillow.new("RGB", (FINE * width, FINE * height), PAPER)
        self.draw = ImageDraw.Draw(self.image, "RGBA")
        self.font = ImageFont.load_default(FINE * FONT_PX)

    def finished(self) -> Pillow.Image:
        return self.image.resize((self.image.width // FINE, self.image.height // FINE), Pillow.Resampling.LANCZOS)


class Axes:
    """A rectangle (left, top, right, bottom) of the canvas in which values are drawn."""

    def __init__(self, canvas: Canvas, place: tuple[int, int, int, int], x: Axis, y: Axis) -> None:
        self._draw, self._font = canvas.draw, canvas.font
        self._left, self._top, self._right, self._bottom = (FINE * edge for edge in place)
        self._x, self._y = x, y

    def frame(self, below: str, title: str, *, grid: bool = False) -> None:
        """Draws the edges, the ticks with their numbers, the label `below` and the title."""
        for tick in self._x.ticks:
            left, _ = self._at((tick, self._y.low))
            if grid:
                self._draw.line([(left, self._top), (left, self._bottom)], GRID, FINE)
            self._words((left, self._bottom + 6 * FINE), _number(self._x, tick), "ma")
        for tick in self._y.ticks:
            _, top = self._at((self._x.low, tick))
            if grid:
                self._draw.line([(self._left, top), (self._right, top)], GRID, FINE)
            self._words((self._left - 8 * FINE, top), _number(self._y, tick), "rm")
        self._draw.line([(self._left, self._top), (self._left, self._bottom), (self._right, self._bottom)], INK, FINE)
        self._words(((self._left + self._right) / 2, self._bottom + 28 * FINE), below, "ma")
        self._words((self._left, self._top - 12 * FINE), title, "ls")

    def bars(self, edges: NDArray[np.float64], heights: NDArray[np.float64], colour: Colour) -> None:
        for left, right, height in zip(edges, edges[1:], heights, strict=False):
            if height:
                corner, other = self._at((left, height)), self._at((right, 0))
                self._draw.rectangle([corner, (other[0] - 1, other[1])], (*colour, 150))

    def line(self, points: Sequence[Point], colour: Colour, *, dashed: bool = False) -> None:
        places = [self._at(point) for point in points]
        if not dashed:
            self._draw.line(places, colour, 3 * FINE, joint="curve")
            return
        start, end = np.array(places[0]), np.array(places[-1])
        stops = np.linspace(0, 1, 40)
        for begin, stop in zip(stops[::2], stops[1::2], strict=True):
            self._draw.line([tuple(start + (end - start) * share) for share in (begin, stop)], colour, 2 * FINE)

    def dot(self, point: Point, colour: Colour) -> None:
        x, y = self._at(point)
        radius = 7 * FINE
        self._draw.ellipse([x - radius, y - radius, x + radius, y + radius], colour, PAPER, 2 * FINE)

    def text(self, point: Point, words: str, colour: Colour) -> None:
        self._words(self._at(point), words, "la", colour)

    def legend(self, entries: Sequence[tuple[str, Colour]]) -> None:
        """Draws the entries in the upper right corner."""
        for number, (words, colour) in enumerate(entries):
            top = self._top + (4 + 24 * number) * FINE
            self._words((self._right, top), words, "ra")
            width = self._draw.textlength(words, self._font)
            left = self._right - width - 26 * FINE
            self._draw.rectangle([left, top + 3 * FINE, left + 16 * FINE, top + 15 * FINE], colour)

    def _words(self, place: Point, words: str, anchor: str, colour: tuple[int, ...] = INK) -> None:
        self._draw.text(place, words, colour, self._font, anchor)

    def _at(self, point: Point) -> Point:
        across, up = self._x.place(point[0]), self._y.place(point[1])
        return (
            self._left + across * (self._right - self._left),
            self._bottom - up * (self._bottom - self._top),
        )


def _number(axis: Axis, tick: float) -> str:
    return axis.label.format(tick * axis.shown)
