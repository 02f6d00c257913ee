"""`manage.py evaluate_flags`: what is made of photos, and what is counted."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from people.recognition.evaluation import flags, screens
from people.recognition.evaluation.drawing_styles import STYLES
from people.recognition.evaluation.flags import evaluate_flags
from people.recognition.evaluation.screens import BLURS, recaptures_of
from people.recognition.evaluation.spoiled import SPOILINGS
from people.recognition.types import Box, Face, Image, Quality

FACE = Face(Box(60, 60, 140, 140), 0.9, np.zeros((5, 2), np.float32), Quality(1, 1, 1, 1))


def photo() -> Image:
    y, x = np.indices((200, 180))
    made = np.stack([x, y, 255 - x], axis=2).astype(np.uint8)
    made[80:90, 75:125] = 20
    return made


class SeesAllAsDrawings:
    """Sees a face in everything, and a drawing in whatever is not exactly the photo."""

    def faces(self, image: Image) -> list[Face]:
        return [FACE, FACE]

    def flag(self, image: Image, face: Face) -> str:
        return "" if np.array_equal(image, photo()) else "drawing"


class SeesNobody(SeesAllAsDrawings):
    def faces(self, image: Image) -> list[Face]:
        return []


@pytest.fixture
def fewer_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes one drawing and one photo of a screen of each photo, because these take a second each."""
    monkeypatch.setattr(flags, "STYLES", {"ink": STYLES["ink"]})
    monkeypatch.setattr(screens, "BLURS", (0.2,))


@pytest.mark.parametrize("make", [*SPOILINGS.values(), *STYLES.values()])
def test_all_that_is_made_of_a_photo_is_a_picture_and_always_the_same(make: object) -> None:
    assert callable(make)
    made = make(photo())
    assert (made.dtype, made.ndim, made.shape[2]) == (np.uint8, 3, 3)
    assert np.array_equal(made, make(photo()))


def test_a_screen_is_photographed_once_for_each_blur() -> None:
    pictures = dict(recaptures_of(photo(), FACE.box, 1))
    assert len(pictures) == len(BLURS)
    again, others = dict(recaptures_of(photo(), FACE.box, 1)), dict(recaptures_of(photo(), FACE.box, 2))
    assert all(np.array_equal(image, again[name]) for name, image in pictures.items())
    assert any(image.shape != others[name].shape for name, image in pictures.items())


@pytest.mark.usefixtures("fewer_kinds")
def test_one_face_of_each_photo_counts_and_all_faces_of_groups() -> None:
    rows = {(row["group"], row["kind"]): row for row in evaluate_flags(SeesAllAsDrawings(), [photo()], [photo()])}
    assert len(rows) == 2 * len(SPOILINGS) + 1 + 1
    plain, ink = rows["genuine", "as it is"], rows["drawing", "ink"]
    assert (plain["faces"], plain["unseen"], plain["drawings"], plain["screens"]) == (1, 0, 0, 0)
    assert (ink["faces"], ink["drawings"]) == (1, 1)
    assert rows["genuine, groups", "dark"]["faces"] == rows["genuine, groups", "dark"]["drawings"] == 2


def test_of_a_photo_without_a_face_nothing_is_made() -> None:
    assert evaluate_flags(SeesNobody(), [photo()]) == []


@pytest.mark.usefixtures("fewer_kinds")
def test_the_command_prints_a_table_or_json(shared_faces: Path, tmp_path: Path) -> None:
    person = tmp_path / "ann"
    person.mkdir()
    (person / "1.jpg").write_bytes((shared_faces / "people/john_simm/1.jpg").read_bytes())
    (person / "notes.txt").write_text("no picture")
    table, rows = StringIO(), StringIO()
    call_command("evaluate_flags", root=tmp_path, stdout=table)
    assert "JPEG quality 20" in table.getvalue()
    call_command("evaluate_flags", root=tmp_path, json=True, stdout=rows)
    assert {row["group"] for row in json.loads(rows.getvalue())} == {"genuine", "drawing", "screen"}
    with pytest.raises(CommandError):
        call_command("evaluate_flags", root=tmp_path / "missing")
