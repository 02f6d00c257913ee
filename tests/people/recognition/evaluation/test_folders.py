"""`manage.py evaluate` on a folder of people, and on input that is not what it should be."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from people.recognition.engine.engine import Engine
from people.recognition.evaluation.harder import HARDSHIPS, Hardship
from people.recognition.evaluation.methods import Ours
from people.recognition.evaluation.table import table as in_words


def evaluate(**options: Any) -> str:
    out = io.StringIO()
    call_command("evaluate", stdout=out, **options)
    return out.getvalue()


PHOTOS = {
    "barack": ["obama.jpg", "obama2.jpg"],
    "obama": ["obama3.jpg"],
    "joe": ["biden.jpg"],
    "eileen": ["astronaut.png"],
}


@pytest.fixture(scope="module")
def mirrored(portraits: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the mirror image of each portrait; as PNG they would take 3 s of the processor to write."""
    folder = tmp_path_factory.mktemp("mirrored")
    for name in (name for names in PHOTOS.values() for name in names):
        turned = Image.open(portraits / name).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        turned.convert("RGB").save(folder / f"mirrored {Path(name).stem}.jpg", quality=95)
    return folder


@pytest.fixture
def people(portraits: Path, mirrored: Path, tmp_path: Path) -> Path:
    """Four people, one of them by two names, with two photos or more; and a file that is none."""
    for person, names in PHOTOS.items():
        (tmp_path / person).mkdir()
        for name in names:
            other = f"mirrored {Path(name).stem}.jpg"
            copyfile(portraits / name, tmp_path / person / name)
            copyfile(mirrored / other, tmp_path / person / other)
    (tmp_path / "obama" / "notes.txt").write_text("no photo")
    return tmp_path


def test_templates_of_one_photo_and_of_two_are_measured_on_a_folder(people: Path) -> None:
    report = json.loads(evaluate(root=people, photos_per_person=True, json=True))
    assert [row["photos"] for row in report["photos_per_person"]] == [1, 2, 3]
    assert report["failures"] == {"obama/notes.txt": "not_an_image"}
    assert report["seconds"] > 0
    assert "cross_validation" not in report
    assert "template of 2: own 0." in in_words(report)


def test_a_folder_is_cross_validated_and_drawn(people: Path) -> None:
    plot = people / "det.png"
    out = evaluate(root=people, cross_validate=2, plot=plot)
    assert "4 people in 2 folds" in out
    with Image.open(plot) as drawn:
        assert drawn.format == "PNG"


def test_every_pair_quality_and_expectation_of_a_folder(people: Path) -> None:
    size = [20, 1, 40, 75]
    options = {
        "root": people,
        "all_pairs": True,
        "quality": True,
        "degrade": "22px",
        "expect": size,
        "own_farther": 1.0,
    }
    report = json.loads(evaluate(**options, json=True))
    pairs = report["all_pairs"]
    assert (pairs["photos"], pairs["missed_photos"], pairs["people"]) == (11, 1, 4)  # notes.txt is one of them
    assert pairs["same_pairs"] + pairs["other_pairs"] == 55
    assert pairs["refused"]["0.0001"] >= 2
    kinds = {(row["pictures"], row["crops"]): row["count"] + row["undetected"] for row in report["quality"]}
    assert kinds[("as they are", "probe")] == kinds[("22px", "enrolment")] == 10
    assert kinds[("all of these", "probe")] == 20
    assert report["expected"]["assumed"]["own_farther"] == 1.0
    assert report["expected"]["assumed"]["others_wider"] == 1.2
    assert len(report["expected"]["rows"]) == 11
    told = in_words(report)
    for words in (
        "every pair of 11 photos of 4 people",
        "false matches 0.01%: missed",
        "quality of pictures as they are, encoded as probe: 10 faces, 0 not found",
        "expected (a model, not a measurement) of 20 people with 1 photos each",
        "match 0.61: right",
        "chance of 38 right and at most 1 strangers named",
    ):
        assert words in told, words


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"degrade": "35px", "all_pairs": True}, "--degrade needs --identification, --quality or --counter-examples"),
        ({"degrade": "35px,fog", "quality": True}, "--degrade: expected blur, dark, or 8px to 400px"),
        ({"degrade": "", "quality": True}, "--degrade: expected blur"),
        ({"expect": [1, 1, 1, 1]}, "--expect: expected at least 2 people"),
        ({"expect": [20, 1, 1, 1], "own_farther": 0.0}, "--expect: expected factors above 0"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_anything_is_measured(
    people: Path, options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(CommandError, match=complaint):
        evaluate(root=people, **options)


def test_an_open_set_is_measured_with_degraded_probes_and_a_clean_gallery(people: Path) -> None:
    table = people / "identification.csv"
    rows = ["gallery,barack,barack/obama.jpg", "probe,barack,barack/obama2.jpg", "unknown,,joe/biden.jpg"]
    table.write_text("\n".join(["role,person,path", *rows, "probe,barack,barack/nothing.jpg"]))
    report = json.loads(evaluate(root=people, identification=table, degrade="60px,blur", json=True))
    assert list(report["degraded"]) == ["60px", "blur"]
    small = report["degraded"]["60px"]
    assert set(small) == set(report["identification"])
    assert (small["probes"], small["right"], small["missed"], small["strangers_named"]) == (2, 1, 1, 0)
    assert report["failures"]["barack/nothing.jpg"] == "No such file or directory"
    assert "60px: right 1, wrong 0" in in_words(report)


def test_counter_examples_are_measured_on_a_table_and_on_drawings_of_a_folder(people: Path) -> None:
    table = people / "identification.csv"
    rows = ["gallery,barack,barack/obama.jpg", "probe,barack,barack/obama2.jpg", "unknown,,joe/biden.jpg"]
    table.write_text("\n".join(["role,person,path", *rows]))
    report = json.loads(evaluate(root=people, identification=table, counter_examples=True, json=True))
    found = report["counter_examples"]
    assert (found["match"], found["slack"], found["drawings"]) == (0.61, 0.05, 0)
    assert (found["rejected"], found["repeats"], found["gone"], found["own"], found["lost"]) == (0, 0, None, 1, 0.0)
    assert {row["match"] for row in found["rows"]} == {0.61, 0.66, 0.72}
    assert "match 0.61, slack 0.05: 0 rejected; 0 of 0 repeats came again" in in_words(report)
    with pytest.raises(CommandError, match="two people with 4 photos"):
        evaluate(root=people, counter_examples=True)


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


def test_a_plot_without_matplotlib_is_refused_before_anything_is_measured(
    people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The image leaves it out."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(CommandError, match="--plot needs matplotlib, which is not installed here"):
        evaluate(root=people, cross_validate=2, plot=people / "det.png")
    assert "4 people in 2 folds" in evaluate(root=people, cross_validate=2)


def test_pictures_made_harder_are_told_apart_less_surely_and_never_compared_with_themselves(people: Path) -> None:
    with pytest.raises(CommandError, match="needs --cross-validate"):
        evaluate(root=people, harder=True, photos_per_person=True)
    report = json.loads(evaluate(root=people, cross_validate=2, harder=True, json=True))
    plain, found = report["cross_validation"], report["cross_validation_harder"]
    assert found["pictures"] == 5 * 10
    assert found["undetected"] <= 2
    if not found["undetected"]:
        assert found["same_pairs"] == 25 * plain["same_pairs"]
    assert found["threshold"] > plain["threshold"]


@pytest.mark.parametrize("hardship", HARDSHIPS, ids=lambda hardship: hardship.name)
def test_a_picture_made_harder_is_small_and_shows_the_face_in_its_middle(
    engine: Engine, astronaut: np.ndarray, hardship: Hardship
) -> None:
    ours = Ours(engine)
    face = ours.face(astronaut)
    assert face is not None
    picture = hardship.shown(astronaut, face)
    assert picture.shape == (250, 250, 3)
    found = ours.face(picture)
    assert found is not None
    assert np.hypot(found.box.centre[0] - 125, found.box.centre[1] - 125) < hardship.face_px / 3
    assert found.box.width == pytest.approx(hardship.face_px, rel=0.35)


def test_hardships_darken_blur_and_cover(engine: Engine, astronaut: np.ndarray) -> None:
    face = Ours(engine).face(astronaut)
    assert face is not None
    plain, dark, blurred, covered = (
        one.shown(astronaut, face).astype(int)
        for one in (Hardship("a"), Hardship("b", gamma=2), Hardship("c", blur_px=3), Hardship("d", half_covered=True))
    )
    assert dark.mean() < 0.8 * plain.mean()
    assert np.abs(np.diff(blurred, axis=0)).mean() < 0.6 * np.abs(np.diff(plain, axis=0)).mean()
    assert np.abs(covered[100:150, 80:105] - 90).max() < 20
    assert np.abs(covered[:, 125:] - plain[:, 125:]).mean() < 3
