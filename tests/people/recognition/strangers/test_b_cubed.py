"""B-cubed counts, for each sighting, how pure and how whole its stranger is."""

from __future__ import annotations

import pytest

from people.recognition.strangers.b_cubed import b_cubed


def test_everybody_in_their_own_stranger_is_perfect() -> None:
    found = b_cubed(["Ada", "Ada", "Bo"], [7, 7, 2])
    assert (found.precision, found.recall, found.strangers) == (1, 1, 2)


def test_one_stranger_of_everybody_is_whole_but_not_pure() -> None:
    found = b_cubed(["Ada", "Ada", "Ada", "Bo"], [0, 0, 0, 0])
    assert found.precision == pytest.approx((3 * 3 / 4 + 1 / 4) / 4)
    assert found.recall == 1


def test_a_person_in_pieces_is_pure_but_not_whole() -> None:
    found = b_cubed(["Ada", "Ada", "Bo"], [0, 1, 2])
    assert found.precision == 1
    assert found.recall == pytest.approx((0.5 + 0.5 + 1) / 3)


def test_nothing_cannot_be_measured() -> None:
    with pytest.raises(ValueError, match="one sighting or more"):
        b_cubed([], [])
