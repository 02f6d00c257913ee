"""The figures of an evaluation, on numbers made by hand and on real portraits."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from people.recognition.engine.distances import DLIB
from people.recognition.errors import BadTable
from people.recognition.evaluation.files import read_identification, read_pairs
from people.recognition.evaluation.protocols import Encoded, identify, verify
from people.recognition.types import Thresholds


def at(position: float) -> np.ndarray:
    return np.array([position, 0.0])


def pair(distance: float | None, same: bool) -> tuple[Encoded, Encoded, bool]:
    return at(0), None if distance is None else at(distance), same


def test_accuracy_counts_both_kinds_of_error() -> None:
    pairs = [pair(0.1, True), pair(0.5, True), pair(0.3, False), pair(0.9, False)]
    found = verify(pairs, threshold=0.4)
    assert found.accuracy == 0.5
    assert found.best_accuracy == 0.75


def test_the_best_threshold_parts_what_can_be_parted() -> None:
    found = verify([pair(0.1, True), pair(0.2, True), pair(0.6, False)], threshold=0.1)
    assert found.best_accuracy == 1
    assert 0.2 < found.best_threshold < 0.6
    assert found.fnmr_at_fmr == {"0.01": 0, "0.001": 0, "0.0001": 0}


def test_an_undetected_face_is_wrong_whatever_the_truth() -> None:
    found = verify([pair(None, True), pair(None, False), pair(0.1, True)], threshold=0.4)
    assert found.undetected == 2
    assert found.accuracy == found.best_accuracy == pytest.approx(1 / 3)
    assert found.fnmr_at_fmr["0.01"] == 0.5


def test_refusals_are_counted_at_a_given_rate_of_false_matches() -> None:
    impostors = [pair(0.3 + number / 1000, False) for number in range(200)]
    genuine = [pair(0.2, True), pair(0.301, True), pair(0.5, True)]
    found = verify([*impostors, *genuine], threshold=0.4)
    assert found.fnmr_at_fmr == pytest.approx({"0.01": 1 / 3, "0.001": 2 / 3, "0.0001": 2 / 3})


def test_an_empty_evaluation_is_all_zeros() -> None:
    assert verify([], 0.4).accuracy == 0
    assert identify([], [], [], DLIB.thresholds).probes == 0


def test_every_probe_and_stranger_is_counted_once() -> None:
    gallery = [("ada", at(0)), ("bob", at(10))]
    probes = [("ada", at(0.1)), ("ada", at(9.9)), ("bob", at(10.36)), ("bob", at(5)), ("bob", None)]
    strangers = [at(0.2), at(0.37), at(5), None]
    found = identify(gallery, probes, strangers, Thresholds(match=0.34, review=0.39))
    assert (found.right, found.wrong, found.review, found.missed) == (1, 1, 1, 2)
    assert (found.strangers, found.strangers_named, found.strangers_review) == (4, 1, 1)
    assert found.right_when_strangers_named == {"0": 1, "1": 2, "3": 2}


def test_an_empty_gallery_names_nobody() -> None:
    found = identify([], [("ada", at(0))], [at(0)], DLIB.thresholds)
    assert (found.right, found.missed, found.strangers_named) == (0, 1, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "expected the columns"),
        ("path_a,path_b,same\nx,y,perhaps\n", "line 2: expected same"),
        ("path_a,path_b,same\nx,y\n", "line 2: expected 3 values"),
        ("", "expected the columns"),
        ("path_a,path_b,same\n\xff\x00", "cannot be read|expected"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "pairs.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadTable, match=message):
        read_pairs(path)


def test_an_unknown_role_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "identification.csv"
    path.write_text("role,person,path\nguest,ada,1.jpg\n")
    with pytest.raises(BadTable, match="'guest'"):
        read_identification(path)


def test_the_command_measures_real_photos_and_lists_what_it_could_not_read(tmp_path: Path, portraits: Path) -> None:
    (tmp_path / "pairs.csv").write_text(
        "path_a,path_b,same\nobama.jpg,obama2.jpg,1\nobama.jpg,biden.jpg,0\nobama.jpg,nobody.jpg,1\n"
    )
    (tmp_path / "identification.csv").write_text(
        "role,person,path\ngallery,obama,obama.jpg\nprobe,obama,obama2.jpg\nunknown,,biden.jpg\n"
    )
    output = io.StringIO()
    call_command(
        "evaluate",
        root=portraits,
        pairs=tmp_path / "pairs.csv",
        identification=tmp_path / "identification.csv",
        json=True,
        stdout=output,
    )
    report = json.loads(output.getvalue())
    assert report["verification"]["pairs"] == 3
    assert report["verification"]["undetected"] == 1
    assert report["verification"]["accuracy"] == pytest.approx(2 / 3)
    assert report["identification"]["right"] == 1
    assert report["identification"]["strangers_named"] == 0
    assert report["failures"] == {"nobody.jpg": "No such file or directory"}


def test_the_command_needs_something_to_measure(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--pairs"):
        call_command("evaluate", root=tmp_path)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("evaluate", root=tmp_path, pairs=tmp_path / "missing.csv")


def test_the_gate_refuses_spoiled_gallery_photos(portraits: Path, tmp_path: Path) -> None:
    table = tmp_path / "identification.csv"
    rows = ["gallery,obama,obama.jpg", "probe,obama,obama3.jpg", "unknown,,biden.jpg", "gallery,nobody,missing.jpg"]
    table.write_text("\n".join(["role,person,path", *rows]))
    out = io.StringIO()
    call_command("evaluate", root=portraits, identification=table, gate=True, json=True, stdout=out)
    by_name = {row["photos"]: row for row in json.loads(out.getvalue())["gate"]}
    good, small = by_name["as they are"], by_name["faces of 16 px"]
    assert (good["refused"], good["of"], good["with_gate"]["right"]) == (0, 1, 1)
    assert (small["refused"], small["with_gate"]["right"], small["with_gate"]["strangers_named"]) == (1, 0, 0)


def test_the_gate_cannot_be_evaluated_without_a_gallery(portraits: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="needs --identification"):
        call_command("evaluate", root=portraits, pairs=tmp_path / "pairs.csv", gate=True)
