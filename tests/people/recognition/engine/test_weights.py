"""Only the published weight files are used."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from people.recognition.engine.weights import DLIB, ENCODER, MMOD, PUBLISHED, ZOO, installed_folder
from people.recognition.errors import BadWeights


def test_the_installed_weights_are_the_published_ones() -> None:
    assert [file.verify().name for file in PUBLISHED] == [file.name for file in PUBLISHED]


@pytest.mark.parametrize("package", [DLIB, ZOO])
def test_the_packages_of_the_weights_are_not_imported(package: str) -> None:
    sys.modules.pop(package, None)
    installed_folder(package)
    assert package not in sys.modules


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    shutil.copy(MMOD.path(), tmp_path)
    with MMOD.path(tmp_path).open("r+b") as file:
        file.seek(1000)
        file.write(b"!")
    with pytest.raises(BadWeights, match=MMOD.name):
        MMOD.verify(tmp_path)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadWeights, match="cannot read dlib_face_recognition_resnet_model_v1"):
        ENCODER.verify(tmp_path)


def test_a_missing_package_is_named() -> None:
    with pytest.raises(BadWeights, match="the package no_such_weights"):
        installed_folder("no_such_weights")
