"""Pictures drawn as if somebody held them, and the count of hints."""

from __future__ import annotations

import numpy as np
import pytest

from people.recognition.evaluation import held_pictures
from people.recognition.evaluation.held_pictures import FacePhoto, Held, drawn, evaluate_hints
from people.recognition.types import Box, Image

ROOM = np.full((480, 640, 3), 30, np.uint8)
FACE = Box(150, 150, 250, 250)


def photo(person: str = "ann") -> FacePhoto:
    image = np.full((400, 400, 3), 120, np.uint8)
    image[FACE.top : FACE.bottom, FACE.left : FACE.right] = (255, 0, 0)
    return FacePhoto(person, image, FACE)


def red(image: Image) -> Box | None:
    rows, columns = np.nonzero((image[..., 0] > 180) & (image[..., 1] < 90))
    if not len(rows):
        return None
    return Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)


class FindsRed:
    def box_in(self, image: Image) -> Box | None:
        return red(image)


class SeesPaper:
    """Takes everything for a picture that has something white, as paper is."""

    def score(self, image: Image, box: Box) -> float:
        return 0.0 if (image.min(axis=2) > 210).any() else 1.0


@pytest.mark.parametrize("kind", Held)
@pytest.mark.parametrize("width", [40, 120])
def test_a_photo_is_drawn_into_the_room_with_its_face_as_wide_as_wanted(kind: Held, width: int) -> None:
    image = drawn(photo(), kind, width, ROOM, np.random.default_rng(1))
    assert image.shape == ROOM.shape
    found = red(image)
    assert found is not None and found.width == pytest.approx(width, rel=0.35)  # it is turned, and bent
    assert abs(int(image[5, 5, 0]) - 30) < 20  # the room is around it


def test_prints_have_a_white_border_and_phones_a_black_one() -> None:
    lightest = {kind: int(drawn(photo(), kind, 120, ROOM, np.random.default_rng(1)).min(axis=2).max()) for kind in Held}
    assert lightest[Held.PRINT] > 210 > lightest[Held.BORDERLESS]
    assert drawn(photo(), Held.PHONE, 120, ROOM + 90, np.random.default_rng(1)).max(axis=2).min() < 30


def test_five_photos_of_a_person_are_a_group_and_so_are_five_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_pictures, "WIDTHS_PX", (60,))
    photos = [photo()] * 5 + [photo("bob")]
    rows = {(row["kind"], row["face_px"]): row for row in evaluate_hints(SeesPaper(), FindsRed(), photos, [ROOM])}
    assert set(rows) == {(kind, 60) for kind in ("living", *Held)}
    assert (rows["living", 60]["groups"], rows["living", 60]["look_closer"]) == (1, 0)
    assert (rows["print", 60]["groups"], rows["print", 60]["look_closer"]) == (3, 3)  # two of Ann and one of Bob
    assert rows["phone", 60]["look_closer"] == 0


def test_without_rooms_only_living_people_are_counted() -> None:
    assert {row["kind"] for row in evaluate_hints(SeesPaper(), FindsRed(), [photo()], [])} == {"living"}
