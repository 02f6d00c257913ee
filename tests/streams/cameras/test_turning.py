"""Regions turn with the picture, unless they were drawn anew in the same edit."""

from typing import Any

import pytest

from streams.cameras import services
from streams.records.camera import Camera

pytestmark = pytest.mark.django_db
LEFT_EDGE = {"name": "Neighbour", "kind": "never_keep", "points": [[0.0, 0.0], [0.25, 0.0], [0.25, 1.0], [0.0, 1.0]]}
TOP_EDGE = [[1.0, 0.0], [1.0, 0.25], [0.0, 0.25], [0.0, 0.0]]
RIGHT_EDGE = [[1.0, 0.0], [0.75, 0.0], [0.75, 1.0], [1.0, 1.0]]


@pytest.fixture
def masked() -> Camera:
    return services.save_camera(camera=Camera(name="Door", slug="door", source="0", regions=[LEFT_EDGE]), by=None)


def saved(camera: Camera, **fields: Any) -> Any:
    """The corners of its first region."""
    for name, value in fields.items():
        setattr(camera, name, value)
    services.save_camera(camera=camera, by=None)
    camera.refresh_from_db()
    return camera.regions[0]["points"]


def test_a_mask_stays_on_what_it_covers_when_the_picture_is_turned(masked: Camera) -> None:
    assert saved(masked, turn=90) == TOP_EDGE
    assert saved(masked, turn=0) == LEFT_EDGE["points"]


def test_and_when_it_is_mirrored_and_both(masked: Camera) -> None:
    assert saved(masked, mirrored=True) == RIGHT_EDGE
    saved(masked, turn=90)
    assert saved(masked, turn=0, mirrored=False) == LEFT_EDGE["points"]


def test_what_is_drawn_on_the_turned_picture_is_not_turned_again(masked: Camera) -> None:
    drawn = {**LEFT_EDGE, "points": RIGHT_EDGE}
    assert saved(masked, turn=90, regions=[drawn]) == RIGHT_EDGE


def test_another_setting_leaves_regions_alone(masked: Camera) -> None:
    assert saved(masked, analysis_fps=4, pixel_aspect=1.5) == LEFT_EDGE["points"]
