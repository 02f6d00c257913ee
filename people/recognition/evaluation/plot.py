"""Draws an evaluation: how far the same and other people lie apart, and what each threshold costs (DET)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from people.recognition.evaluation.plotting import Axes, Axis, Canvas, Colour, deviate

SAME, OTHERS, LINE = Colour(0, 90, 181), Colour(214, 84, 0), Colour(60, 60, 60)
"""Blue and orange, because the colour-blind can tell them apart too."""
SIZE = 1500, 720
BINS = 60
LEAST, MOST = 0.0002, 0.4
"""Limits of the rates on the DET's axes."""
TICKS = (0.0002, 0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4)


@dataclass(frozen=True, slots=True)
class Curve:
    """One way of recognising: the distances of pairs, and the threshold that it ships with."""

    name: str
    same: NDArray[np.float64]
    others: NDArray[np.float64]
    """Infinite if a photo showed no face: such a pair never counts as one person."""
    threshold: float

    def rates(self, thresholds: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Returns the shares of others accepted and of the same refused at each threshold. 0 to 1."""
        accepted = np.searchsorted(np.sort(self.others), thresholds, side="right") / max(len(self.others), 1)
        kept = np.searchsorted(np.sort(self.same), thresholds, side="right") / max(len(self.same), 1)
        return accepted, 1 - kept

    def steps(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Returns the rates at every distance where one of them changes, closest first."""
        distances = np.unique(np.concatenate([[0.0], self.same, self.others]))
        return self.rates(distances[np.isfinite(distances)])


def plot(curves: Sequence[Curve]) -> bytes:
    """Draws one or two curves as PNG: ours, and the reference's beside it."""
    canvas = Canvas(*SIZE)
    height = (SIZE[1] - 40) // len(curves)
    for number, curve in enumerate(curves):
        _distances(canvas, curve, top=20 + number * height, height=height)
    _det(canvas, curves)
    buffer = io.BytesIO()
    canvas.finished().quantize(64, dither=Pillow.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _distances(canvas: Canvas, curve: Curve, *, top: int, height: int) -> None:
    finite = [distances[np.isfinite(distances)] for distances in (curve.same, curve.others)]
    furthest = max([2 * curve.threshold, *(float(distances.max()) for distances in finite if len(distances))])
    shares = [np.histogram(each, BINS, (0, furthest))[0] / max(len(each), 1) for each in finite]
    highest = max(1e-9, *(float(share.max()) for share in shares))
    x = Axis(0, furthest, [round(tick, 1) for tick in np.arange(0, furthest, 0.1 if furthest < 1 else 0.2)], "{:.1f}")
    axes = Axes(canvas, (70, top + 40, 640, top + height - 60), x, Axis(0, 1.25 * highest, [], ""))
    axes.frame("distance", f"{curve.name}: pairs by distance")
    for share, colour in zip(shares, (SAME, OTHERS), strict=True):
        axes.bars(np.linspace(0, furthest, BINS + 1), share, colour)
    axes.line([(curve.threshold, 0), (curve.threshold, 1.25 * highest)], LINE, dashed=True)
    axes.text((curve.threshold, 1.2 * highest), f" {curve.threshold:g}", LINE)
    axes.legend([(f"same person ({len(curve.same)})", SAME), (f"others ({len(curve.others)})", OTHERS)])


def _det(canvas: Canvas, curves: Sequence[Curve]) -> None:
    """Draws the rates on normal deviate axes, where two normal distributions give a straight line."""
    axis = Axis(LEAST, MOST, TICKS, "{:g} %", scale=deviate, shown=100)
    axes = Axes(canvas, (800, 60, SIZE[0] - 40, SIZE[1] - 80), axis, axis)
    axes.frame("others accepted", "same person refused (DET): nearer to the corner is better", grid=True)
    for curve, colour in zip(curves, (SAME, OTHERS), strict=False):
        accepted, refused = curve.steps()
        axes.line(list(zip(accepted, refused, strict=True)), colour)
        at = curve.rates(np.array([curve.threshold]))
        axes.dot((float(at[0][0]), float(at[1][0])), colour)
    axes.legend(
        [
            (f"{curve.name}, dot at {curve.threshold:g}", colour)
            for curve, colour in zip(curves, (SAME, OTHERS), strict=False)
        ]
    )
