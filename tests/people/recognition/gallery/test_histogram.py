"""Histograms of distances against the distances themselves."""

from __future__ import annotations

import numpy as np
import pytest

from people.recognition.gallery.histogram import Histogram


def of(*distances: float) -> Histogram:
    return Histogram.empty().plus(np.array(distances, np.float32))


def test_mean_and_deviation_are_those_of_the_distances() -> None:
    values = np.random.default_rng(1).uniform(0, 1.5, 1000).astype(np.float32)
    found = Histogram.empty().plus(values[:500]).plus(values[500:])
    assert found.count == 1000
    assert found.mean == pytest.approx(float(values.mean()), abs=1e-5)
    assert found.deviation == pytest.approx(float(values.std()), abs=1e-5)


def test_at_most_the_wanted_share_lies_below_a_quantile() -> None:
    found = of(*(0.1 + step / 100 for step in range(100)))
    assert found.quantile(0.05) == pytest.approx(0.15, abs=0.002)
    assert found.share_within(found.quantile(0.05)) <= 0.05
    assert found.quantile(0) == pytest.approx(0.1, abs=0.001)


def test_nothing_has_no_ends_and_no_share() -> None:
    nothing = Histogram.empty()
    assert (nothing.count, nothing.mean, nothing.deviation) == (0, 0.0, 0.0)
    assert (nothing.smallest, nothing.largest, nothing.share_within(1)) == (None, None, 0.0)


def test_bars_hold_everything_within_their_range() -> None:
    bars = of(0.005, 0.031, 0.039, 0.5).coarse(step=0.02, upto=0.1)
    assert bars == [(0.0, 1), (0.02, 2), (0.04, 0), (0.06, 0), (0.08, 0)]


def test_what_lies_outside_of_0_to_2_is_counted_at_the_ends() -> None:
    assert of(2.5).largest == 2.0
