"""Draws an evaluation: how far the same and other people lie apart, and what each threshold costs (DET).

Drawn with matplotlib, which belongs to development and is not in the image: it is imported only to draw.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SAME, OTHERS, LINE = "#005ab5", "#d65400", "#3c3c3c"
"""Blue and orange, which the colour-blind can tell apart too."""
SIZE = 1500, 720
DPI = 100
BINS = 60
LEAST, MOST = 0.0002, 0.4
"""Rates on the DET's axes; those beyond are drawn at the edge."""
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


def can_plot() -> bool:
    """Returns whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


def plot(curves: Sequence[Curve]) -> bytes:
    """Draws one or two curves as PNG: ours, and the reference's beside it. Raises ImportError without matplotlib."""
    from matplotlib.figure import Figure

    figure = Figure((SIZE[0] / DPI, SIZE[1] / DPI), DPI, layout="constrained")
    grid = figure.add_gridspec(len(curves), 2)
    for row, curve in enumerate(curves):
        _distances(figure.add_subplot(grid[row, 0]), curve)
    _det(figure.add_subplot(grid[:, 1]), curves)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def deviates(rates: ArrayLike) -> NDArray[np.float64]:
    """Returns rates in standard deviations of a normal curve, the scale of a DET's axes, from LEAST to MOST."""
    return np.array([NormalDist().inv_cdf(rate) for rate in np.clip(rates, LEAST, MOST)])


def _distances(axes: Axes, curve: Curve) -> None:
    finite = [distances[np.isfinite(distances)] for distances in (curve.same, curve.others)]
    furthest = max([2 * curve.threshold, *(float(distances.max()) for distances in finite if len(distances))])
    edges = np.linspace(0, furthest, BINS + 1)
    for distances, all_pairs, who, colour in (
        (finite[0], curve.same, "same person", SAME),
        (finite[1], curve.others, "others", OTHERS),
    ):
        shares = np.histogram(distances, edges)[0] / max(len(all_pairs), 1)
        axes.stairs(shares, edges, fill=True, color=colour, alpha=0.6, label=f"{who} ({len(all_pairs)})")
    axes.axvline(curve.threshold, color=LINE, linestyle="--", label=f"threshold {curve.threshold:g}")
    axes.set(title=f"{curve.name}: pairs by distance", xlabel="distance", xlim=(0, furthest), yticks=[])
    axes.margins(y=0.25)
    axes.legend(loc="upper right", frameon=False)


def _det(axes: Axes, curves: Sequence[Curve]) -> None:
    """Draws the rates on normal deviate axes, where two normal distributions give a straight line."""
    above: dict[str, Any] = {"clip_on": False, "zorder": 3}  # the best of a curve lies on the axes, which would hide it
    for curve, colour in zip(curves, (SAME, OTHERS), strict=False):
        accepted, refused = curve.steps()
        axes.plot(deviates(accepted), deviates(refused), color=colour, linewidth=2.5, **above)
        label = f"{curve.name}, dot at {curve.threshold:g}"
        accepted, refused = curve.rates(np.array([curve.threshold]))
        axes.plot(deviates(accepted), deviates(refused), "o", color=colour, markersize=9, label=label, **above)
    ticks, words = deviates(TICKS), [f"{100 * tick:g} %" for tick in TICKS]
    axes.set_xticks(ticks, words)
    axes.set_yticks(ticks, words)
    axes.set(xlim=(ticks[0], ticks[-1]), ylim=(ticks[0], ticks[-1]))
    axes.set(xlabel="others accepted", ylabel="same person refused", title="DET: nearer to the corner is better")
    axes.grid(visible=True, color="#dedede")
    axes.legend(loc="upper right", frameon=False)
