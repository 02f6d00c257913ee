"""Regions as rows and the API hold them."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from streams.pipeline.regions import Region, RegionKind
from streams.records.regions import LONGEST_NAME, read_regions, stored_regions

TRIANGLE = [[0, 0], [0.5, 0], [0.5, 1]]
WINDOW = {"name": "Window", "kind": "never_keep", "points": TRIANGLE}


def test_what_is_stored_is_read_and_stored_alike() -> None:
    (region,) = read_regions([WINDOW])
    assert region == Region(RegionKind.NEVER_KEEP, ((0, 0), (0.5, 0), (0.5, 1))) and region.name == "Window"
    assert stored_regions((region,)) == [WINDOW]


def test_numbers_are_kept_with_four_digits_and_a_name_can_be_missing() -> None:
    (region,) = read_regions([{"kind": "look_here", "points": [[1 / 3, 0], [0.5, 0], [0.5, 1]]}])
    assert region.points[0] == (0.3333, 0) and region.name == ""


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ({}, "a list of regions"),
        ([WINDOW] * 21, "at most 20"),
        ([WINDOW, {**WINDOW, "points": TRIANGLE[:2]}], "Region 2 (“Window”): A region has 3 to 60 corners"),
        (["x"], "Region 1: Expected name, kind and points."),
        ([{**WINDOW, "colour": "red"}], "Expected name, kind and points"),
        ([{**WINDOW, "kind": "mask"}], "look_here or never_keep"),
        ([{**WINDOW, "kind": ["mask"]}], "look_here or never_keep"),
        ([{**WINDOW, "points": {"x": 1}}], "list of corners"),
        ([{**WINDOW, "points": [[0, 0, 0], *TRIANGLE]}], "two numbers"),
        ([{**WINDOW, "points": [["0", 0], *TRIANGLE]}], "two numbers"),
        ([{**WINDOW, "points": [[True, 0], *TRIANGLE]}], "two numbers"),
        ([{**WINDOW, "points": [[10**400, 0], *TRIANGLE]}], "two numbers"),
        ([{**WINDOW, "points": [[0, -0.1], *TRIANGLE]}], "lies outside"),
        ([{**WINDOW, "points": [[0, 0], [1, 1], [1, 0], [0, 1]]}], "crosses"),
        ([{**WINDOW, "name": "x" * (LONGEST_NAME + 1)}], "at most 60 letters"),
        ([{**WINDOW, "name": "a|b"}], "without line breaks"),
        ([{**WINDOW, "name": 7}], "A name has"),
    ],
)
def test_what_cannot_be_used_says_which_region_and_why(stored: Any, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_regions(stored)
    assert any(said in message for message in refused.value.messages), refused.value.messages
