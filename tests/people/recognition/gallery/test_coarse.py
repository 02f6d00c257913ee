"""The first of two steps of a search never leaves out what could be nearest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from people.recognition.gallery import coarse
from people.recognition.gallery.coarse import Coarse
from people.recognition.gallery.code_products import STEPS, finest_probe_steps
from people.recognition.gallery.nearest import NOTHING, Indexes
from people.recognition.types import Matrix
from tests.people.recognition.gallery.test_gallery import axis, unit_rows


def unit(rows: np.ndarray) -> Matrix:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def like_faces(count: int) -> Matrix:
    """Far from the origin's centre and of unequal spread, as encodings of faces are: 0.57 apart."""
    spread = np.geomspace(1, 0.03, 128)
    return unit(axis(0) * 0.9 + unit_rows(count) * spread * (0.4 / np.sqrt((spread**2).mean())))


def families(count: int) -> Matrix:
    """Fifty near-identical people round each of a few."""
    return unit(np.repeat(like_faces(-(-count // 50)), 50, axis=0)[:count] + 1e-3 * unit_rows(count, seed=5))


def twins(count: int) -> Matrix:
    """Everybody twice, the very same."""
    return np.tile(unit_rows(-(-count // 2)), (2, 1))[:count]


def one_axis(count: int) -> Matrix:
    """All spread in one component, which is what the steps of the others must not hide."""
    return unit(axis(3) + np.linspace(-1, 1, count)[:, None] * axis(9) + 1e-6 * unit_rows(count))


GONE = np.array([0, 5, 255, 256, 8192, 16_383, 16_384])


@pytest.mark.parametrize("gone", [np.empty(0, np.intp), GONE])
@pytest.mark.parametrize("steps", [STEPS, finest_probe_steps()])
@pytest.mark.parametrize("spread", [unit_rows, like_faces, families, twins, one_axis])
def test_the_two_nearest_are_those_that_comparing_with_everybody_finds(
    spread: Callable[[int], Matrix], steps: int, gone: Indexes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coarse, "PART_ROWS", 8192)  # three parts, the last of one block
    templates = spread(16_640)
    strangers = unit_rows(5, seed=1)
    again = unit(templates[[0, 8191, 8192, 16_639]] + 0.02 * unit_rows(4, seed=2))
    probes = np.concatenate([templates[[0, 255, 256, 8191, 8192, 16_384, 16_639]], again, strangers, -strangers])
    rows, cosines = Coarse.of(templates, steps).two_nearest(templates, probes, gone)
    truth = probes.astype(np.float64) @ templates.T.astype(np.float64)
    truth[:, gone] = -2
    assert cosines == pytest.approx(np.sort(truth, axis=1)[:, :-3:-1], abs=1e-6)
    assert np.take_along_axis(truth, rows, axis=1) == pytest.approx(cosines, abs=1e-6)
    assert (rows[:, 0] != rows[:, 1]).all()


@pytest.mark.parametrize("left", [0, 1])
def test_of_rows_that_are_gone_none_is_found(left: int) -> None:
    templates = unit_rows(1024)
    _rows, cosines = Coarse.of(templates).two_nearest(templates, templates[:3], np.arange(left, 1024))
    assert ((cosines > NOTHING).sum(axis=1) == left).all()


def test_of_equal_templates_the_first_is_nearer() -> None:
    templates = np.repeat(unit_rows(1), 1000, axis=0)
    rows, _cosines = Coarse.of(templates).two_nearest(templates, templates[:1])
    assert rows.tolist() == [[0, 1]]


def test_few_are_left_to_compare() -> None:
    templates = unit_rows(100_000)
    assert max(map(len, Coarse.of(templates).candidates(unit_rows(8, seed=1)))) < 1000
