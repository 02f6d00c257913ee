"""What a calibration says to people."""

from __future__ import annotations

import numpy as np
import pytest

from people.gallery.calibration_report import basis_sentence, percent, rare, report, sentences
from people.recognition.engine.distances import DLIB
from people.recognition.gallery.calibration import Calibration
from people.recognition.gallery.histogram import Histogram


def calibration(mean: float, comparisons: int, people: int = 40) -> Calibration:
    distances = np.random.default_rng(1).normal(mean, 0.06, comparisons).astype(np.float32)
    own = Histogram.empty().plus(np.array([0.2, 0.2, 0.35], np.float32))
    return Calibration(people, 3 * people, 3 * people, own, Histogram.empty().plus(distances), ())


@pytest.mark.parametrize(("rate", "words"), [(0.0012345, "0.12 %"), (0.5, "50 %"), (0.0, "0 %")])
def test_rates_have_two_figures(rate: float, words: str) -> None:
    assert percent(rate) == words


def test_what_is_never_impossible_is_not_called_so() -> None:
    assert rare(0.0) == "less than 0.001 %"
    assert rare(0.02) == "2 %"


def test_photos_that_would_be_missed_are_counted() -> None:
    found = report(calibration(0.56, 4000), DLIB.thresholds, wanted=0.001)
    assert (found["current"]["missed"], found["current"]["genuine"]) == (1, 3)


def test_an_extrapolation_says_so_and_warns_when_it_is_looser_than_the_default() -> None:
    tight = report(calibration(0.54, 4000), DLIB.thresholds, wanted=0.001)
    assert "Extrapolated" in basis_sentence(tight)
    assert "better keep" not in basis_sentence(tight)
    loose = report(calibration(0.80, 4000), DLIB.thresholds, wanted=0.001)
    assert "better keep" in basis_sentence(loose)
    assert "extrapolated from 4000 comparisons" in loose["suggestion"]["reason"]


def test_a_measured_suggestion_says_where_its_cap_comes_from() -> None:
    free = report(calibration(0.50, 400_000), DLIB.thresholds, wanted=0.05)
    assert "Read off" in basis_sentence(free)
    capped = report(calibration(0.60, 400_000), DLIB.thresholds, wanted=0.5)
    assert "known to name strangers" in basis_sentence(capped)


def test_an_empty_gallery_is_said_in_words_too() -> None:
    found = report(Calibration(0, 0, 0, Histogram.empty(), Histogram.empty(), ()), DLIB.thresholds, wanted=0.001)
    assert any("Too few people" in line for line in sentences(found, {}))
