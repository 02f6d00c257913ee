"""Regions as a camera's row and the API hold them: a list of names, kinds and corners."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, TypedDict

from django.core.exceptions import ValidationError

from streams.pipeline.errors import BadRegion
from streams.pipeline.regions import MOST_REGIONS, Point, Region, RegionKind

LONGEST_NAME = 60


class StoredRegion(TypedDict):
    name: str
    kind: str
    points: list[list[float]]


def read_regions(stored: object) -> tuple[Region, ...]:
    """Returns the regions. Raises ValidationError with a sentence for each one that cannot be used."""
    if not isinstance(stored, list):
        raise ValidationError("Expected a list of regions.")
    if len(stored) > MOST_REGIONS:
        raise ValidationError(f"A camera has at most {MOST_REGIONS} regions.")
    regions, problems = [], []
    for number, each in enumerate(stored, 1):
        try:
            regions.append(_region(each))
        except (BadRegion, ValueError) as bad:
            problems.append(f"Region {number}{_called(each)}: {bad}")
    if problems:
        raise ValidationError(problems)
    return tuple(regions)


def validate_regions(stored: object) -> None:
    read_regions(stored)


def stored_regions(regions: tuple[Region, ...]) -> list[StoredRegion]:
    return [
        {"name": region.name, "kind": region.kind.value, "points": [list(point) for point in region.points]}
        for region in regions
    ]


def _called(region: object) -> str:
    name = region.get("name") if isinstance(region, dict) else None
    return f" (“{name[:LONGEST_NAME]}”)" if isinstance(name, str) and name else ""


def _region(region: Any) -> Region:
    if not isinstance(region, dict) or region.keys() - {"name"} != {"kind", "points"}:
        raise ValueError("Expected name, kind and points.")
    if region["kind"] not in list(RegionKind):
        raise ValueError("The kind is look_here or never_keep.")
    points = region["points"]
    if not isinstance(points, list):
        raise ValueError("The points are a list of corners, such as [[0, 0], [0.5, 0], [0.5, 1]].")
    return Region(RegionKind(region["kind"]), tuple(map(_point, points)), _name(region.get("name", "")))


def _point(point: object) -> Point:
    if isinstance(point, list) and len(point) == 2 and all(type(number) in (int, float) for number in point):
        with suppress(OverflowError):  # JSON has whole numbers of any length
            return round(float(point[0]), 4), round(float(point[1]), 4)
    raise ValueError("Each corner is two numbers from 0 to 1: from the left, and from the top.")


def _name(name: object) -> str:
    if not isinstance(name, str) or not name.isprintable() or "|" in name or len(name) > LONGEST_NAME:
        raise ValueError(f"A name has at most {LONGEST_NAME} letters, without line breaks and “|”.")
    return name.strip()
