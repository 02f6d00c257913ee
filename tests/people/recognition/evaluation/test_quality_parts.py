"""What the parts of quality know about faces that will be missed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from people.recognition.engine.engine import Crops
from people.recognition.engine.views import Encoded
from people.recognition.errors import TooFewPeople
from people.recognition.evaluation import quality_parts
from people.recognition.evaluation.quality_parts import JudgedPicture, rank_correlation
from people.recognition.types import Quality
from tests.people.recognition.evaluation.test_all_pairs import crowd


def test_ranks_are_compared_not_values_and_equal_ones_share_theirs() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0])
    assert rank_correlation(values, np.array([1.0, 10.0, 100.0, 1e6])) == pytest.approx(1)
    assert rank_correlation(values, -(values**3)) == pytest.approx(-1)
    assert rank_correlation(np.array([1.0, 1, 2, 2]), np.array([3.0, 3, 9, 9])) == pytest.approx(1)
    assert rank_correlation(values, np.ones(4)) == 0


def picture(person: str, path: str, vector: np.ndarray, steadiness: float, size: float = 1.0) -> JudgedPicture:
    encoding = Encoded((vector / np.linalg.norm(vector)).astype(np.float32), steadiness)
    quality = Quality(size=size, sharpness=1.0, exposure=1.0, pose=1.0)
    return JudgedPicture(person, path, quality_parts.CLEAN, quality, dict.fromkeys(Crops, encoding))


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[JudgedPicture]:
    """Twenty people; a fifth of their photos are far off, and only their steadiness says so."""
    random, (names, rows) = np.random.default_rng(2), crowd(people=20, photos=5, spread=0.4)
    pictures = []
    for number, (name, row) in enumerate(zip(names, rows, strict=True)):
        is_bad = number % 5 == 0
        off = random.normal(size=128) * (0.25 if is_bad else 0.0)
        pictures.append(picture(name, f"{number}.jpg", row + off, 0.9 if is_bad else 0.99, size=random.random()))
    monkeypatch.setattr(quality_parts, "_judged", lambda *_: (pictures, {}))
    return pictures


def measured() -> dict[str, Any]:
    report = quality_parts.evaluate_quality(SimpleNamespace(), SimpleNamespace(), [], [])  # type: ignore[arg-type]
    return {row["crops"]: row for row in report["quality"]}


def test_a_part_that_knows_the_bad_pictures_is_told_from_one_that_does_not(judged: list[JudgedPicture]) -> None:
    row = measured()["probe"]
    steadiness, size = row["parts"]["steadiness"], row["parts"]["size"]
    assert row["count"] == 100
    assert steadiness["rank_correlation"] < -0.5
    assert abs(size["rank_correlation"]) < 0.3
    assert row["missed"] > 0
    assert steadiness["missed_without_worst"]["20%"] == 0 < size["missed_without_worst"]["20%"]
    assert steadiness["within"] == pytest.approx([0.9, 0.99, 0.99])


def test_a_part_that_never_changes_is_worth_nothing(judged: list[JudgedPicture]) -> None:
    assert measured()["enrolment"]["parts"]["pose"]["rank_correlation"] == 0


def test_somebody_with_a_single_photo_counts_as_another_only(judged: list[JudgedPicture]) -> None:
    judged.append(picture("guest", "g.jpg", np.ones(128), 0.5))
    assert measured()["probe"]["count"] == 100


def test_one_person_alone_cannot_be_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = [picture("a", "1.jpg", np.ones(128), 0.9), picture("a", "2.jpg", np.ones(128), 0.9)]
    monkeypatch.setattr(quality_parts, "_judged", lambda *_: (pictures, {}))
    with pytest.raises(TooFewPeople, match="two people or more"):
        measured()
