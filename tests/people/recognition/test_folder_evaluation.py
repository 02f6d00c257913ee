"""`manage.py evaluate` on a folder of people, and on input that is not what it should be."""

from __future__ import annotations

import io
import json
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image


def evaluate(**options: Any) -> str:
    out = io.StringIO()
    call_command("evaluate", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def people(portraits: Path, tmp_path: Path) -> Path:
    """Four people, one of them by two names, with two photos or more; and a file that is none."""
    photos = {
        "barack": ["obama.jpg", "obama2.jpg"],
        "obama": ["obama3.jpg"],
        "joe": ["biden.jpg"],
        "eileen": ["astronaut.png"],
    }
    for person, names in photos.items():
        (tmp_path / person).mkdir()
        for name in names:
            copyfile(portraits / name, tmp_path / person / name)
            mirrored = Image.open(portraits / name).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            mirrored.save(tmp_path / person / f"mirrored {Path(name).stem}.png")
    (tmp_path / "obama" / "notes.txt").write_text("no photo")
    return tmp_path


def test_templates_of_one_photo_and_of_two_are_measured_on_a_folder(people: Path) -> None:
    report = json.loads(evaluate(root=people, photos_per_person=True, json=True))
    assert [row["photos"] for row in report["photos_per_person"]] == [1, 2, 3]
    assert report["failures"] == {"obama/notes.txt": "not_an_image"}
    assert report["seconds"] > 0
    assert "cross_validation" not in report
    assert "template of 2: own 0." in evaluate(root=people, photos_per_person=True)


def test_a_folder_is_cross_validated_and_drawn(people: Path) -> None:
    plot = people / "det.png"
    out = evaluate(root=people, cross_validate=2, plot=plot)
    assert "4 people in 2 folds" in out
    with Image.open(plot) as drawn:
        assert drawn.format == "PNG"


def test_too_few_people_are_told_in_words(people: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(CommandError, match="2 to 2 folds for 4 people"):
        evaluate(root=people, cross_validate=3)
    empty = tmp_path_factory.mktemp("empty")
    for root in (empty, empty / "missing"):
        with pytest.raises(CommandError, match="no folders with photos"):
            evaluate(root=root, photos_per_person=True)


def test_a_plot_without_pairs_or_a_place_to_write_is_refused(people: Path) -> None:
    with pytest.raises(CommandError, match="--plot draws pairs"):
        evaluate(root=people, identification=people / "i.csv", plot=people / "det.png")
    with pytest.raises(CommandError, match="cannot be written"):
        evaluate(root=people, cross_validate=2, plot=people / "nowhere" / "det.png")
