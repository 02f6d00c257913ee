"""Reasons as people read them."""

from __future__ import annotations

import pytest

from people.records import reasons
from people.records.reasons import REASONS


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_says_what_is_wrong_and_what_to_do(code: str) -> None:
    for part in (reasons.problem(code), reasons.advice(code)):
        assert part[0].isupper()
        assert part.endswith(".")
        assert "{" not in part
    assert reasons.sentence(code) == f"{reasons.problem(code)} {reasons.advice(code)}"


def test_numbers_of_the_detail_are_said() -> None:
    assert "120 pixels" in reasons.advice("face_too_small", {"wanted_px": 120})


def test_no_code_is_no_sentence() -> None:
    assert reasons.sentence("") == ""


def test_a_code_of_another_version_is_still_a_sentence() -> None:
    assert reasons.sentence("flat_earth") == "This photo cannot be used (flat_earth). Use another photo."
