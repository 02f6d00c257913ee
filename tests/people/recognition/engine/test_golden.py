"""An engine that does not give the known values is refused: each part is spoilt here as it could be by accident."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from django.conf import settings
from onnx import numpy_helper

from people.recognition.engine import engine as engines
from people.recognition.engine import golden
from people.recognition.engine.detector import Detector
from people.recognition.engine.encoder import Encoder
from people.recognition.engine.engine import Crops, Engine, engine_key
from people.recognition.engine.golden_picture import FACE, drawn_face
from people.recognition.engine.golden_portraits import FILE, check_portraits
from people.recognition.engine.landmarks import Landmarks
from people.recognition.engine.runtime import session
from people.recognition.errors import GoldenMismatch

PADDINGS = Crops.ENROLMENT.paddings


def is_refused(engine: Engine, *, naming: str, paddings: tuple[float, ...] = PADDINGS, **parts: Any) -> None:
    used = {
        "detector": engine.detector,
        "quick": engine.quick,
        "landmarks": engine.landmarks,
        "encoder": engine.encoder,
        **parts,
    }
    with pytest.raises(GoldenMismatch, match=naming):
        golden.compare(golden.observe(**used, paddings=paddings), golden.recorded())


def graph(name: str) -> bytes:
    """The graph in the cache, without its seal."""
    (path,) = Path(settings.MODEL_CACHE).glob(f"{name}-*-v{engines.GRAPH_VERSION}.onnx.sealed")
    return path.read_bytes()[32:]


def spoilt(name: str, change: Callable[[Any], Any]) -> Any:
    """A session over the graph whose biggest table of weights went through `change`."""
    model = onnx.load_from_string(graph(name))
    table = max(model.graph.initializer, key=lambda one: int(np.prod(one.dims)))
    table.CopyFrom(numpy_helper.from_array(change(numpy_helper.to_array(table).copy()), table.name))
    return session(model.SerializeToString())


class OtherColours:
    """Blue where red was expected, as OpenCV reads pictures."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def run(self, names: Any, inputs: dict[str, Any]) -> Any:
        return self._inner.run(names, {name: np.ascontiguousarray(value[..., ::-1]) for name, value in inputs.items()})


class Mirrored(Landmarks):
    """The eyes exchanged, as another order of the five points would have it."""

    def __init__(self, inner: Landmarks) -> None:
        self._inner = inner

    def steadied(self, image: Any, box: Any) -> Any:
        return self._inner.steadied(image, box)[[2, 3, 0, 1, 4]]


def test_the_engine_of_this_release_gives_the_known_values(engine: Engine) -> None:
    golden.compare(engine.observe(), golden.recorded())


def test_the_drawn_face_is_found_where_the_check_looks_for_it(engine: Engine) -> None:
    (face,) = engine.detect(drawn_face())
    assert face.box.iou(FACE) > 0.6


def test_one_changed_weight_in_a_thousand_of_the_encoder_is_refused(engine: Engine) -> None:
    def change(weights: Any) -> Any:
        weights.reshape(-1)[::1000] *= 1.5
        return weights

    is_refused(engine, naming="encodings", encoder=Encoder(spoilt("encoder", change)))


def test_changed_weights_of_the_detector_are_refused(engine: Engine) -> None:
    is_refused(
        engine, naming="detector's scores", detector=Detector(spoilt("detector", lambda weights: weights * 1.02))
    )


def test_a_detector_for_video_that_finds_nothing_is_refused(engine: Engine) -> None:
    nothing = Detector(spoilt("detector", lambda weights: weights * 0))
    is_refused(engine, naming="faces found on video", quick=nothing)


def test_a_detector_that_looks_at_other_scales_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("people.recognition.engine.detector.pyramid", lambda image, every=1: ())
    is_refused(engine, naming="found faces")


def test_swapped_colours_are_refused(engine: Engine) -> None:
    is_refused(engine, naming="encodings", encoder=Encoder(OtherColours(session(graph("encoder")))))
    is_refused(engine, naming="detector's scores", detector=Detector(OtherColours(session(graph("detector")))))


def test_another_padding_is_refused(engine: Engine) -> None:
    is_refused(engine, naming="aligned faces", paddings=(0.20, 0.30, 0.32))
    is_refused(engine, naming="aligned faces", paddings=(0.25,))


def test_another_order_of_landmarks_is_refused(engine: Engine) -> None:
    is_refused(engine, naming="landmarks", landmarks=Mirrored(engine.landmarks))


def test_a_runtime_that_gives_no_numbers_is_refused(engine: Engine) -> None:
    right = golden.recorded()
    with pytest.raises(GoldenMismatch, match="nan"):
        golden.compare(replace(right, encoding=[float("nan")] * 128), right)


def test_a_difference_within_rounding_is_borne(engine: Engine) -> None:
    right = golden.recorded()
    golden.compare(replace(right, encoding=[value + 9e-5 for value in right.encoding]), right)
    with pytest.raises(GoldenMismatch):
        golden.compare(replace(right, encoding=[value + 2e-4 for value in right.encoding]), right)


def test_an_engine_that_is_off_does_not_load(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Encoder, "encode", lambda *_: np.zeros((1, 128), np.float32))
    with pytest.raises(GoldenMismatch, match="was not started"):
        Engine.load(Path(settings.MODEL_CACHE))


def test_the_portraits_are_encoded_as_recorded(engine: Engine, portraits: Path) -> None:
    assert max(check_portraits(engine, portraits).values()) <= golden.TOLERANCE


def test_portraits_encoded_otherwise_are_refused(
    engine: Engine, portraits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("people.recognition.engine.engine.chip", lambda image, points, padding: chip_of(image, points))
    with pytest.raises(GoldenMismatch, match=r"obama\.jpg"):
        check_portraits(engine, portraits)


def chip_of(image: Any, points: Any) -> Any:
    """Always with the usual padding."""
    from people.recognition.engine.landmarks import chip

    return chip(image, points, 0.27)


def test_the_record_is_of_this_engine() -> None:
    assert json.loads(FILE.read_text())["engine"] == engine_key()


def test_a_record_of_another_engine_is_no_proof(engine: Engine, portraits: Path) -> None:
    other = Engine("another", engine.detector, engine.landmarks, engine.encoder)
    with pytest.raises(GoldenMismatch, match="another"):
        check_portraits(other, portraits)
