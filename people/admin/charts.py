"""The chart on the calibration page: two distributions of distances as SVG, and the same numbers as a table."""

from __future__ import annotations

from dataclasses import dataclass

from people.recognition.gallery.calibration import Calibration
from people.recognition.gallery.histogram import Histogram

STEP, UPTO = 0.02, 1.0
LEFT, WIDTH, TOP, HEIGHT = 20.0, 680.0, 30.0, 170.0
"""The plotted area, in units of the drawing, which is 720 x 240."""


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A vertical line at a distance, with a label."""

    kind: str
    distance: float
    label: str

    @property
    def x(self) -> float:
        return _x(self.distance)

    @property
    def is_right(self) -> bool:
        """Whether the line is so far right that its label must stand to its left."""
        return self.distance > 0.7 * UPTO


@dataclass(frozen=True, slots=True)
class Bar:
    """One interval of distances: a row of the table."""

    begins: float
    ends: float
    genuine: int
    impostor: int


@dataclass(frozen=True, slots=True)
class Chart:
    genuine: str
    """Corners of an SVG polygon, scaled so that its peak reaches the top of the plot; `impostor` too."""
    impostor: str
    marks: tuple[ChartLine, ...]
    ticks: tuple[tuple[float, str], ...]
    bars: tuple[Bar, ...]

    @classmethod
    def of(cls, calibration: Calibration, *, current: float, suggested: float | None) -> Chart:
        marks = [ChartLine("now", current, f"now {current:.3f}")]
        if suggested is not None and abs(suggested - current) >= 0.0005:
            marks.append(ChartLine("suggested", suggested, f"suggested {suggested:.3f}"))
        return cls(
            _heap(calibration.genuine),
            _heap(calibration.impostor),
            tuple(marks),
            tuple((_x(tenth / 5), f"{tenth / 5:.1f}") for tenth in range(6)),
            tuple(_bars(calibration)),
        )


def _bars(calibration: Calibration) -> list[Bar]:
    """Returns a bar for each interval that has distances, and none for empty ones."""
    both = zip(
        calibration.genuine.coarse(step=STEP, upto=UPTO), calibration.impostor.coarse(step=STEP, upto=UPTO), strict=True
    )
    return [Bar(begins, round(begins + STEP, 6), own, other) for (begins, own), (_, other) in both if own or other]


def _heap(histogram: Histogram) -> str:
    bars = histogram.coarse(step=STEP, upto=UPTO)
    peak = max((count for _begins, count in bars), default=0) or 1
    bottom = TOP + HEIGHT
    corners = [(_x(0), bottom)]
    for begins, count in bars:
        y = bottom - HEIGHT * count / peak
        corners += [(_x(begins), y), (_x(begins + STEP), y)]
    corners.append((_x(UPTO), bottom))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)


def _x(distance: float) -> float:
    return round(LEFT + WIDTH * min(distance, UPTO) / UPTO, 1)
