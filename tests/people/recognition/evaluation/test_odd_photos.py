"""`manage.py evaluate_odd_photos`: mixtures of two people's photos, and what is noticed of them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from people.recognition.engine.distances import DLIB
from people.recognition.errors import TooFewPeople
from people.recognition.evaluation.odd_photos import evaluate_odd_photos
from people.recognition.gallery.own_photos import OwnLimits
from tests.people.conftest import near, unit_vector


def test_of_people_who_are_told_apart_every_wrong_photo_is_held_and_no_other() -> None:
    names = [f"P{person}" for person in range(4) for _ in range(6)]
    vectors = np.array([near(unit_vector(person), 0.15, seed=50 + n) for person in range(4) for n in range(6)])
    found = evaluate_odd_photos(names, vectors, OwnLimits.of(DLIB), drawings=20)
    assert found["limits"] == {"template": 0.38, "pair": 0.4}
    for mixture in found["mixtures"]:
        one_each = (mixture["own"], mixture["wrong"]) == (1, 1)
        assert mixture["caught"] + mixture["held_own"] == mixture["drawn"] * mixture["wrong"]
        assert one_each or mixture["held_own"] == 0
        assert mixture["noticed"] == (mixture["drawn"] if mixture["wrong"] else 0)


def test_one_person_is_too_few() -> None:
    with pytest.raises(TooFewPeople):
        evaluate_odd_photos(["Ada"], np.array([unit_vector(1)]), OwnLimits.of(DLIB))


@pytest.mark.integration
def test_the_command_counts_on_photos(portraits: Path, tmp_path: Path) -> None:
    for person, names in {"Barack": ["obama.jpg", "obama2.jpg", "obama3.jpg"], "Joe": ["biden.jpg"]}.items():
        (tmp_path / person).mkdir()
        for name in names:
            (tmp_path / person / name).write_bytes((portraits / name).read_bytes())
    out = io.StringIO()
    call_command("evaluate_odd_photos", root=tmp_path, json=True, stdout=out)
    mixtures = {(each["own"], each["wrong"]): each for each in json.loads(out.getvalue())["mixtures"]}
    assert mixtures[3, 1]["caught"] == mixtures[3, 1]["drawn"] > 0
    assert mixtures[3, 0]["held_own"] == 0


def test_a_folder_without_people_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no folders with photos"):
        call_command("evaluate_odd_photos", root=tmp_path)
