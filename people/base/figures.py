"""Value objects for monitoring numbers: each has a name, a kind, a meaning and samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FigureKind = Literal["gauge", "counter"]


@dataclass(frozen=True, slots=True)
class Sample:
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its name and meaning, or several numbers with different labels. The name contains the unit."""

    name: str
    kind: FigureKind
    meaning: str
    samples: tuple[Sample, ...]


def gauge(name: str, meaning: str, *samples: Sample | float) -> Figure:
    return Figure(name, "gauge", meaning, _samples(samples))


def counter(name: str, meaning: str, *samples: Sample | float) -> Figure:
    """Returns a number that only grows, or restarts at 0; its name ends with _total."""
    return Figure(name, "counter", meaning, _samples(samples))


def _samples(samples: tuple[Sample | float, ...]) -> tuple[Sample, ...]:
    return tuple(sample if isinstance(sample, Sample) else Sample(sample) for sample in samples)
