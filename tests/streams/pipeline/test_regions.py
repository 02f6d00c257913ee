"""Regions: which outlines are taken, and what becomes of them when the picture is turned."""

import pytest

from streams.pipeline.errors import BadRegion
from streams.pipeline.regions import MOST_POINTS, Region, RegionKind

CORNER = ((0.0, 0.0), (0.25, 0.0), (0.25, 0.5), (0.0, 0.5))


def region(*points: tuple[float, float]) -> Region:
    return Region(RegionKind.NEVER_KEEP, points)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (((0.0, 0.0), (1.0, 1.0)), "3 to 60 corners; this one has 2"),
        (((0.0, 0.0),) * (MOST_POINTS + 1), "this one has 61"),
        (((0.0, 0.0), (1.2, 0.0), (1.0, 1.0)), "1.2 0 lies outside"),
        (((0.0, 0.0), (float("nan"), 0.0), (1.0, 1.0)), "lies outside"),
        (((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)), "crosses"),
        (((0.0, 0.0), (0.5, 0.0), (0.5, 0.0), (0.0, 1.0)), "crosses or touches"),
        (((0.0, 0.0), (1.0, 0.0), (0.5, 0.5), (0.5, 0.0)), "crosses or touches"),
        (((0.0, 0.0), (0.5, 0.5), (1.0, 1.0)), "one line"),
    ],
)
def test_an_outline_that_cannot_be_used_says_what_is_wrong(points: tuple[tuple[float, float], ...], said: str) -> None:
    with pytest.raises(BadRegion) as refused:
        region(*points)
    assert said in refused.value.said


def test_a_hollow_outline_is_taken() -> None:
    assert region((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 0.2), (0.0, 1.0))


def test_a_region_turns_with_the_picture_and_back() -> None:
    assert region(*CORNER).turned(90).points == ((1.0, 0.0), (1.0, 0.25), (0.5, 0.25), (0.5, 0.0))
    assert region(*CORNER).mirrored().points == ((1.0, 0.0), (0.75, 0.0), (0.75, 0.5), (1.0, 0.5))
    for degrees in (0, 90, 180, 270):
        assert region(*CORNER).turned(degrees).turned(-degrees) == region(*CORNER)


def test_a_name_makes_no_difference() -> None:
    assert Region(RegionKind.LOOK_HERE, CORNER, "Door") == Region(RegionKind.LOOK_HERE, CORNER, "Gate")
