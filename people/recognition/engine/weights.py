"""Finds dlib's published weight files, and verifies that they are the published ones."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from people.recognition.errors import BadWeights

ENCODER = "dlib_face_recognition_resnet_model_v1.dat"
DETECTOR = "mmod_human_face_detector.dat"
LANDMARKS = "shape_predictor_5_face_landmarks.dat"

SHA256 = {
    ENCODER: "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
    DETECTOR: "4cb19393e2fbaf2b1609a9319ad5386618c886a6234ec1b971f3e87c85d87fe6",
    LANDMARKS: "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
}
"""Digests of the files in face_recognition_models 0.3.0, which are those of dlib.net."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The three verified files."""

    folder: Path

    @property
    def encoder(self) -> Path:
        return self.folder / ENCODER

    @property
    def detector(self) -> Path:
        return self.folder / DETECTOR

    @property
    def landmarks(self) -> Path:
        return self.folder / LANDMARKS

    def verify(self) -> None:
        """Raises BadWeights if a file is missing or is not the published one."""
        for name, expected in SHA256.items():
            if (found := _sha256(self.folder / name)) != expected:
                raise BadWeights(
                    f"{name} is not the published file: expected sha256 {expected[:12]}…, got {found[:12]}…"
                )


def find_weights(folder: Path | None = None) -> Weights:
    """Returns the verified weights in `folder`, by default those of the installed package face_recognition_models.

    Raises BadWeights if the package or a file is missing, or if a file is not the published one.
    """
    weights = Weights(folder or installed_folder())
    weights.verify()
    return weights


def installed_folder() -> Path:
    """Finds the folder of face_recognition_models' files without importing it.

    The import needs pkg_resources, which setuptools no longer has from version 82 on. Raises BadWeights if the package
    is missing.
    """
    spec = find_spec("face_recognition_models")
    if spec is None or not spec.submodule_search_locations:
        raise BadWeights("the package face_recognition_models, which carries dlib's weights, is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "models"


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadWeights(f"cannot read {path.name}: {error.strerror}") from error
