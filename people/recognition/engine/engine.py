"""The engine, which finds faces in an image and encodes them, with dlib's weights on ONNX Runtime."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path

import numpy as np

from people.recognition.engine import golden as golden_values
from people.recognition.engine.detector import Detector, Window
from people.recognition.engine.encoder import Encoder
from people.recognition.engine.golden import Golden
from people.recognition.engine.graph_cache import cached
from people.recognition.engine.landmarks import Landmarks, chip
from people.recognition.engine.quality import quality
from people.recognition.engine.runtime import CPU, session
from people.recognition.engine.weights import SHA256, find_weights
from people.recognition.types import Box, Face, Image, Matrix

GRAPH_VERSION = 3
"""Raise it when people/recognition/engine/onnx_graphs.py changes: graphs of another version are then built anew."""


class Crops(Enum):
    """How many views of a face are averaged into one encoding."""

    ENROLMENT = "enrolment"
    """Three paddings and their mirrors: six passes of the network."""
    PROBE = "probe"
    """One padding and its mirror: two passes."""

    @property
    def paddings(self) -> tuple[float, ...]:
        """Returns the paddings of dlib's face chip; the network was trained with 0.25."""
        return (0.20, 0.25, 0.32) if self is Crops.ENROLMENT else (0.25,)


class Engine:
    """The loaded networks of one process. It uses one core, so threads that need speed do not share it."""

    key: str
    """Engine, version and preprocessing digest; only encodings with the same key can be compared."""

    def __init__(
        self, key: str, detector: Detector, landmarks: Landmarks, encoder: Encoder, quick: Detector | None = None
    ) -> None:
        self.key = key
        self.detector = detector
        self.quick = quick or detector
        self.landmarks = landmarks
        self.encoder = encoder

    @classmethod
    def load(
        cls,
        cache_dir: Path,
        *,
        weights_dir: Path | None = None,
        providers: Sequence[str] = CPU,
        golden: bool = True,
    ) -> Engine:
        """Reads the weights (by default of the installed face_recognition_models), or the graphs cached before.

        `providers` are ONNX Runtime's, in order of preference: with onnxruntime-gpu installed,
        ("CUDAExecutionProvider", "CPUExecutionProvider"). Raises BadWeights if a file is missing or is not the
        published one, and GoldenMismatch if the engine does not give the known values
        (people/recognition/engine/golden.py). Without `golden` they are not checked, which is for recording them.
        """
        weights = find_weights(weights_dir)
        detector = Detector(session(_graph(cache_dir, weights.detector, "detector"), providers))
        quick = Detector(session(_graph(cache_dir, weights.detector, "quick-detector"), CPU))
        encoder = Encoder(session(_graph(cache_dir, weights.encoder, "encoder"), providers))
        engine = cls(engine_key(), detector, Landmarks(weights.landmarks), encoder, quick)
        if golden:
            golden_values.compare(engine.observe(), golden_values.recorded())
        return engine

    def observe(self) -> Golden:
        """Returns what this engine makes of the drawn face."""
        return golden_values.observe(self.detector, self.quick, self.landmarks, self.encoder, Crops.ENROLMENT.paddings)

    def detect(
        self,
        image: Image,
        smallest_px: int = 80,
        *,
        largest_px: int | None = None,
        region: Box | None = None,
        fine: bool = True,
        lowest_score: float = 0.0,
    ) -> list[Face]:
        """Finds faces at least about `smallest_px` wide, biggest first.

        With `region` only that part of the image is searched, which costs as much as an image of its size; boxes are
        still in pixels of the whole image. `largest_px`, `fine` and `lowest_score` are those of Detector.find; without
        `fine` the network in whole numbers searches (quick_graph.py).
        """
        windows = self.find(
            image, smallest_px, largest_px=largest_px, region=region, fine=fine, lowest_score=lowest_score
        )
        faces = [self.face_at(image, window.box, window.score) for window in windows]
        return sorted(faces, key=lambda face: face.box.area, reverse=True)

    def find(
        self,
        image: Image,
        smallest_px: int = 80,
        *,
        largest_px: int | None = None,
        region: Box | None = None,
        fine: bool = True,
        lowest_score: float = 0.0,
    ) -> list[Window]:
        """Finds faces as `detect` does, surest first, without landmarks and quality, which cost 2 ms a face."""
        part, left, top = _cut(image, region)
        detector = self.detector if fine else self.quick
        return [
            Window(Box(box.left + left, box.top + top, box.right + left, box.bottom + top), score)
            for box, score in detector.find(part, smallest_px, largest_px, fine=fine, lowest_score=lowest_score)
        ]

    def face_at(self, image: Image, box: Box, score: float) -> Face:
        """Returns the face in a box that was found elsewhere."""
        image = np.ascontiguousarray(image)  # dlib reads only such arrays
        points = self.landmarks.of(image, box)
        return Face(box, score, points, quality(image, box, points))

    def encode(self, image: Image, faces: Sequence[Face], crops: Crops = Crops.PROBE) -> Matrix:
        """Returns one encoding per face: (len(faces), 128) float32, rows of unit length."""
        if not faces:
            return np.empty((0, 128), np.float32)
        image = np.ascontiguousarray(image)
        return self.encoder.encode(np.array([self._views(image, face, crops) for face in faces]))

    def _views(self, image: Image, face: Face, crops: Crops) -> list[Image]:
        points = face.landmarks if crops is Crops.PROBE else self.landmarks.steadied(image, face.box)
        return [chip(image, points, padding) for padding in crops.paddings]


def _cut(image: Image, region: Box | None) -> tuple[Image, int, int]:
    """Returns the part of the image in `region`, and where it begins."""
    if region is None:
        return image, 0, 0
    left, top = max(0, region.left), max(0, region.top)
    return image[top : max(top, region.bottom), left : max(left, region.right)], left, top


def engine_key() -> str:
    """Returns a key that changes with the weights and with every step that changes an encoding."""
    recipe = "|".join([*sorted(SHA256.values()), *map(str, Crops.ENROLMENT.paddings), "median of 7", "mirrors", "unit"])
    return f"dlib-resnet-v1+5pt+{hashlib.sha256(recipe.encode()).hexdigest()[:8]}"


def _graph(cache_dir: Path, weights: Path, name: str) -> bytes:
    digest = SHA256[weights.name][:12]
    path = cache_dir / f"{name}-{digest}-v{GRAPH_VERSION}.onnx.sealed"
    return cached(path, _builder(weights, name))


def _builder(weights: Path, name: str) -> Callable[[], bytes]:
    def build() -> bytes:
        # onnx is imported only here, so that a camera child with a cache saves its 0.3 s and 40 MB.
        from people.recognition.engine.dlib_format import read_network
        from people.recognition.engine.onnx_graphs import detector_graph, encoder_graph
        from people.recognition.engine.quick_graph import quick_detector_graph

        graphs = {"detector": detector_graph, "quick-detector": quick_detector_graph, "encoder": encoder_graph}
        return graphs[name](read_network(weights.read_bytes()))

    return build
