"""The picture of an evaluation."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageColor

from people.recognition.evaluation.plot import OTHERS, SAME, SIZE, Curve, deviates, plot

RANDOM = np.random.default_rng(1)
OURS = Curve("ours", RANDOM.normal(0.3, 0.08, 200), RANDOM.normal(0.6, 0.08, 900), 0.4)
POORER = Curve("poorer", RANDOM.normal(0.4, 0.08, 200), RANDOM.normal(0.6, 0.08, 900), 0.5)


def drawn(*curves: Curve) -> Image.Image:
    return Image.open(io.BytesIO(plot(curves))).convert("RGB")


def coloured(image: Image.Image, colour: str) -> np.ndarray:
    """Rows and columns of the DET's half that show about this colour."""
    right = np.asarray(image).astype(int)[:, SIZE[0] // 2 :]
    return np.argwhere(np.abs(right - ImageColor.getrgb(colour)).max(axis=2) < 40)


def test_rates_are_the_shares_accepted_and_refused() -> None:
    curve = Curve("c", np.array([0.1, 0.2, 0.5, np.inf]), np.array([0.3, 0.6, np.inf, np.inf]), 0.4)
    accepted, refused = curve.rates(np.array([0.0, 0.2, 0.4, 9.0]))
    assert accepted.tolist() == [0, 0, 0.25, 0.5]
    assert refused.tolist() == [1, 0.5, 0.5, 0.25]  # a pair without a face is refused at any threshold


def test_the_curve_of_the_better_way_lies_nearer_to_the_corner() -> None:
    image = drawn(OURS, POORER)
    assert image.size == SIZE
    below_legend = [places[places[:, 0] > 130] for places in (coloured(image, SAME), coloured(image, OTHERS))]
    ours, poorer = (places.mean(axis=0) for places in below_legend)
    assert len(below_legend[0]) > 500
    assert ours[0] > poorer[0] and ours[1] < poorer[1]  # lower, and further left


def test_one_way_alone_and_pairs_of_one_kind_alone_can_be_drawn() -> None:
    nothing = np.empty(0)
    for curve in (OURS, Curve("c", nothing, OURS.others, 0.4), Curve("c", OURS.same, nothing, 0.4)):
        assert drawn(curve).size == SIZE


def test_rates_are_drawn_even_in_deviations_and_not_beyond_the_edges() -> None:
    assert deviates([0.158655, 0.022750]) == pytest.approx([-1, -2], abs=1e-4)
    assert np.array_equal(deviates([0, 1]), deviates([0.0002, 0.4]))
