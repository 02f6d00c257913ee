"""Where the networks come from: who may use them, and what is known of their training (docs/notices.md)."""

from __future__ import annotations

from dataclasses import dataclass

from people.recognition.engine.weights import ENCODER, LANDMARKS, MMOD, SFACE, YUNET, WeightFile


@dataclass(frozen=True, slots=True)
class Provenance:
    """One network and its weights."""

    name: str
    task: str
    file: WeightFile
    licence: str
    origin: str
    training: str

    @property
    def size_mb(self) -> float:
        """Returns the size of the published file. Raises BadWeights if its package is missing."""
        return self.file.path().stat().st_size / 1e6


NETWORKS = (
    Provenance(
        name="YuNet",
        task="finds faces",
        file=YUNET,
        licence="MIT (libfacedetection)",
        origin="OpenCV Zoo, version of March 2023",
        training="Trained on WIDER FACE, photos from the web collected for research.",
    ),
    Provenance(
        name="MMOD",
        task="looks again at photos in which YuNet is sure of no face",
        file=MMOD,
        licence="CC0, public domain (dlib)",
        origin="dlib.net",
        training="Trained on pictures of six sets that were collected for research.",
    ),
    Provenance(
        name="dlib's five points",
        task="finds the corners of the eyes and the nose",
        file=LANDMARKS,
        licence="CC0, public domain (dlib)",
        origin="dlib.net",
        training="Trained on 7,198 faces from the web, which dlib's author labelled.",
    ),
    Provenance(
        name="dlib's face ResNet",
        task="encodes faces",
        file=ENCODER,
        licence="CC0, public domain (dlib)",
        origin="dlib.net",
        training="Trained on about 3 million faces of 7,485 people, from sets collected for research and from the web.",
    ),
    Provenance(
        name="SFace",
        task="encodes faces, in the fused engine",
        file=SFACE,
        licence="Apache 2.0 (OpenCV Zoo)",
        origin="OpenCV Zoo, version of December 2021",
        training="Its publishers do not say which faces it was trained on.",
    ),
)
