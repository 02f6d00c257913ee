"""The area in which faces are looked for: inside of *look here*, never where nothing is kept."""

import numpy as np
import pytest

from people.recognition.types import Box
from streams.pipeline.analysis.analysis import Analysis
from streams.pipeline.analysis.area import Area
from streams.pipeline.analysis.motion import MotionGate
from streams.pipeline.messages import OwnThreshold
from streams.pipeline.regions import Region, RegionKind
from streams.pipeline.view import CameraView
from tests.streams.pipeline.fakes import ANNA, BELA, ENGINE, HEIGHT, WIDTH, gallery, picture, square
from tests.streams.pipeline.scene import Scene

WHOLE = Box(0, 0, WIDTH, HEIGHT)


def rectangle(kind: RegionKind, left: float, top: float, right: float, bottom: float) -> Region:
    return Region(kind, ((left, top), (right, top), (right, bottom), (left, bottom)))


LOOK_RIGHT = rectangle(RegionKind.LOOK_HERE, 0.6, 0, 1, 1)
NEVER_LEFT = rectangle(RegionKind.NEVER_KEEP, 0, 0, 0.5, 1)


def test_without_regions_all_of_the_picture_counts() -> None:
    ground = Area().of(WIDTH, HEIGHT)
    assert ground.places == (WHOLE,) and ground.cells is None and ground.has(square(0, 0, 10))


@pytest.mark.parametrize(("left", "counts"), [(0, False), (330, False), (340, True), (500, True)])
def test_a_face_counts_by_its_centre(left: int, counts: bool) -> None:
    assert Area([LOOK_RIGHT]).of(WIDTH, HEIGHT).has(square(left)) is counts


def test_the_search_reaches_beyond_a_look_here_and_never_into_what_is_not_kept() -> None:
    (place,) = Area([LOOK_RIGHT]).of(WIDTH, HEIGHT).places
    assert (place.left, place.right) == (pytest.approx(0.6 * WIDTH - HEIGHT / 6, abs=2), WIDTH)
    (place,) = Area([LOOK_RIGHT, NEVER_LEFT]).of(WIDTH, HEIGHT).places
    assert place.left == pytest.approx(0.5 * WIDTH, abs=2)


def test_two_places_are_searched_apart_and_nothing_at_all_where_all_is_masked() -> None:
    corners = [rectangle(RegionKind.LOOK_HERE, 0, 0, 0.1, 0.1), rectangle(RegionKind.LOOK_HERE, 0.9, 0.9, 1, 1)]
    assert len(Area(corners).of(WIDTH, HEIGHT).places) == 2
    assert Area([rectangle(RegionKind.NEVER_KEEP, 0, 0, 1, 1)]).of(WIDTH, HEIGHT).places == ()


def test_motion_outside_of_the_area_is_none_and_a_cut_shows_in_what_is_left_of_the_picture() -> None:
    ground, gate = Area([NEVER_LEFT]).of(WIDTH, HEIGHT), MotionGate()
    view = CameraView(regions=(NEVER_LEFT,))
    gate.look(view.of(picture()), ground.cells)
    gate.seen(WHOLE)
    assert not gate.look(picture((ANNA, square(100))), ground.cells).within(WHOLE)
    assert gate.look(picture((ANNA, square(400))), ground.cells).within(WHOLE)
    assert gate.look(view.of(np.full((HEIGHT, WIDTH, 3), 200, np.uint8)), ground.cells).is_cut()


def scene(*regions: Region) -> Scene:
    played = Scene(ANNA, BELA)
    played.analysis = Analysis(played.engine, OwnThreshold(0.5, ENGINE), 80, area=Area(regions))
    played.use(gallery(ANNA, BELA))
    return played


def test_a_face_outside_is_neither_shown_nor_counted() -> None:
    played = scene(LOOK_RIGHT)
    played.play(2, (ANNA, square(20)), (BELA, square(480)))
    assert {person for _, person in played.people()} == {str(BELA)}
    assert {face.person for overlay in played.overlays for face in overlay.faces} <= {str(BELA), None}
    assert all(face.box.left > 400 for overlay in played.overlays for face in overlay.faces)


def test_the_detector_is_not_sent_to_what_lies_outside() -> None:
    played = scene(LOOK_RIGHT, NEVER_LEFT)
    played.play(6, (ANNA, square(20)))
    assert played.engine.looked
    assert all(region is not None and region.left >= 318 for region in played.engine.looked)
    assert played.engine.encoded == 0


def test_a_face_that_walks_out_of_the_area_ends_its_sighting() -> None:
    played = scene(LOOK_RIGHT)
    played.play(2, (ANNA, square(480)))
    played.play(8, (ANNA, square(100)))
    assert len(played.sightings) == 1 and played.changes[-1].ended
