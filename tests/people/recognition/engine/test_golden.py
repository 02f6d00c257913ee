"""A network that does not give the known values is refused: each part is spoilt here as it could be by accident."""

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

from people.recognition.engine import golden, networks
from people.recognition.engine.encoder import Encoder
from people.recognition.engine.engine import Engine
from people.recognition.engine.golden_picture import FACE, POINTS, drawn_face
from people.recognition.engine.golden_portraits import FILE, TOLERANCE, check_portraits
from people.recognition.engine.kinds import DLIB, OFFERED
from people.recognition.engine.landmarks import Landmarks
from people.recognition.engine.mmod import Mmod
from people.recognition.engine.runtime import session
from people.recognition.engine.sface import SFace
from people.recognition.engine.views import Crops
from people.recognition.engine.yunet import YuNet
from people.recognition.errors import GoldenMismatch


def is_refused(network: golden.Network, *, naming: str) -> None:
    kind = next(each for each in type(network).__mro__ if each.__name__ in golden.recorded())
    with pytest.raises(GoldenMismatch, match=naming):
        golden.compare(golden.OBSERVERS[kind](network, drawn_face()), golden.recorded()[kind.__name__])


def graph(name: str) -> bytes:
    """The graph in the cache, without its seal."""
    (path,) = Path(settings.MODEL_CACHE).glob(f"{name}-*-v{networks.GRAPH_VERSION}.onnx.sealed")
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


def test_the_networks_of_this_release_give_the_known_values(engine: Engine) -> None:
    parts = engine.networks
    for network in (parts.yunet, parts.mmod, parts.landmarks, parts.encoder, parts.sface):
        golden.check(network)


def test_the_drawn_face_is_found_where_the_check_looks_for_it(engine: Engine) -> None:
    (face,) = engine.find(drawn_face())
    assert face.box.iou(FACE) > 0.6
    assert face.points is not None
    assert np.abs(face.points - POINTS).max() < 0.2 * FACE.width


def test_one_changed_weight_in_a_thousand_of_an_encoder_is_refused() -> None:
    def change(weights: Any) -> Any:
        weights.reshape(-1)[::1000] *= 1.5
        return weights

    is_refused(Encoder(spoilt("encoder", change)), naming="encodings")
    is_refused(SFace(spoilt("sface", change)), naming="encodings")


def test_changed_weights_of_a_detector_are_refused() -> None:
    is_refused(Mmod(spoilt("mmod", lambda weights: weights * 1.02)), naming="detector's scores")
    is_refused(YuNet(spoilt("yunet", lambda weights: weights * 1.02)), naming="first detector's answers")


def test_a_detector_that_looks_at_other_scales_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("people.recognition.engine.mmod.pyramid", lambda image, every=1: ())
    is_refused(engine.networks.mmod, naming="found faces")


def test_a_first_detector_that_reads_its_answers_otherwise_is_refused(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("people.recognition.engine.yunet.STRIDES", (8, 16, 30))
    is_refused(engine.networks.yunet, naming="first detector's face")


@pytest.mark.parametrize(
    ("network", "name", "naming"),
    [
        (Encoder, "encoder", "encodings"),
        (SFace, "sface", "encodings"),
        (Mmod, "mmod", "detector's scores"),
        (YuNet, "yunet", "first detector's answers"),
    ],
)
def test_swapped_colours_are_refused(network: Callable[[Any], golden.Network], name: str, naming: str) -> None:
    is_refused(network(OtherColours(session(graph(name)))), naming=naming)


def test_another_padding_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Crops, "paddings", (0.20, 0.30, 0.32))
    is_refused(engine.networks.landmarks, naming="aligned faces")


def test_another_template_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("people.recognition.engine.sface.TEMPLATE", POINTS.astype(float))
    is_refused(engine.networks.sface, naming="encodings")


def test_another_order_of_landmarks_is_refused(engine: Engine) -> None:
    is_refused(Mirrored(engine.networks.landmarks), naming="landmarks")


def test_a_runtime_that_gives_no_numbers_is_refused() -> None:
    right = golden.recorded()["Encoder"]
    with pytest.raises(GoldenMismatch, match="nan"):
        golden.compare({"encoding": [float("nan")] * 128}, right)


def test_a_difference_within_rounding_is_borne() -> None:
    right = golden.recorded()["SFace"]
    golden.compare({**right, "encoding": [value + 9e-5 for value in right["encoding"]]}, right)
    with pytest.raises(GoldenMismatch):
        golden.compare({**right, "encoding": [value + 2e-4 for value in right["encoding"]]}, right)


@pytest.mark.parametrize("network", [Encoder, SFace])
def test_an_engine_that_is_off_does_not_load(network: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "raw", lambda _self, chips: np.ones((len(chips), 128), np.float32))
    with pytest.raises(GoldenMismatch, match="was not started"):
        Engine.load(Path(settings.MODEL_CACHE))


@pytest.mark.parametrize("kind", OFFERED, ids=lambda kind: kind.name)
def test_the_portraits_are_encoded_as_recorded(engine: Engine, portraits: Path, kind: Any) -> None:
    assert max(check_portraits(engine.of_key(kind.key), portraits).values()) <= TOLERANCE


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


def test_the_record_is_of_the_engines_of_this_release() -> None:
    assert set(json.loads(FILE.read_text())["engines"]) == {kind.key for kind in OFFERED}


def test_a_record_of_another_engine_is_no_proof(engine: Engine, portraits: Path) -> None:
    other = Engine(replace(DLIB, key="another"), engine.networks)
    with pytest.raises(GoldenMismatch, match="another"):
        check_portraits(other, portraits)
