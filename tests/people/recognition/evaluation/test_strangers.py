"""`manage.py evaluate_strangers`: photos of people nobody knows, joined and compared with their folders."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from people.recognition.engine.distances import DLIB
from people.recognition.errors import TooFewPeople
from people.recognition.evaluation.strangers import ORDERS, evaluate_strangers
from tests.people.conftest import near, unit_vector


def test_people_told_apart_are_measured_as_perfect_in_every_order() -> None:
    names = [f"P{person}" for person in range(4) for _ in range(3)]
    vectors = np.array(
        [near(unit_vector(person), 0.15, seed=50 + 3 * person + n) for person in range(4) for n in range(3)], np.float32
    )
    found = evaluate_strangers(names, vectors, DLIB.stranger)
    assert (found["precision"], found["recall"], found["strangers"]) == (1, 1, 4)
    assert len(found["orders"]) == ORDERS


def test_one_person_is_too_few() -> None:
    with pytest.raises(TooFewPeople):
        evaluate_strangers(["Ada"], np.array([unit_vector(1)]), DLIB.stranger)


@pytest.mark.integration
def test_the_command_joins_photos(portraits: Path, tmp_path: Path) -> None:
    for person, names in {"Barack": ["obama.jpg", "obama2.jpg", "obama3.jpg"], "Joe": ["biden.jpg"]}.items():
        (tmp_path / person).mkdir()
        for name in names:
            (tmp_path / person / name).write_bytes((portraits / name).read_bytes())
    (tmp_path / "Joe" / "notes.txt").write_text("no picture")
    out = io.StringIO()
    call_command("evaluate_strangers", root=tmp_path, json=True, stdout=out)
    found = json.loads(out.getvalue())
    assert (found["precision"], found["photos"], found["people"]) == (1, 4, 2)
    assert list(found["failures"]) == ["Joe/notes.txt"]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="has no folders with photos"):
        call_command("evaluate_strangers", root=tmp_path)
