"""Who is told of an alert on the live page: whoever may see its camera and the person whom it names."""

from __future__ import annotations

import pytest

from streams.live.sight import Sight

CAMERAS = {1: {"slug": "hall", "name": "Hall"}}
FREE = Sight(CAMERAS, sightings=True, alerts=True)  # type: ignore[arg-type]
OF_ADA = Sight(CAMERAS, sightings=True, people=frozenset({"ada"}), alerts=True)  # type: ignore[arg-type]
OF_THE_HALL = Sight(CAMERAS, sightings=True, alerts=True, limited=True)  # type: ignore[arg-type]
BLIND = Sight(CAMERAS, sightings=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sight", "camera", "person", "names_somebody", "shown"),
    [
        (FREE, 1, None, False, True),
        (FREE, 2, None, False, False),
        (FREE, None, "bob", True, True),
        (OF_THE_HALL, 1, "bob", True, True),
        (OF_THE_HALL, None, "bob", True, False),
        (OF_ADA, 1, "ada", True, True),
        (OF_ADA, 1, "bob", True, False),
        (OF_ADA, 1, None, False, True),
        (OF_ADA, 1, None, True, False),  # of somebody who was erased
        (BLIND, 1, None, False, False),
    ],
)
def test_an_alert_is_told_within_rights_and_limits(
    sight: Sight, camera: int | None, person: str | None, names_somebody: bool, shown: bool
) -> None:
    assert sight.shows_alert(camera, person, names_somebody) is shown
