"""A camera that hints at held pictures: with its network, and without it, when it runs on and says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from people.recognition.types import Thresholds
from streams.pipeline.child.liveness import liveness_of
from streams.pipeline.messages import CameraConfig, Heartbeat, SightingChange, UseGallery
from streams.pipeline.reasons import NONE, Reason
from tests.streams.pipeline.child.test_camera import CONFIG, Running, walking
from tests.streams.pipeline.fakes import ANNA, ScriptedSource, gallery


def config(folder: Path, **fields: bool) -> CameraConfig:
    return replace(CONFIG, cache_dir=str(folder), **fields)


def test_a_camera_that_does_not_ask_opens_nothing(tmp_path: Path) -> None:
    assert liveness_of(config(tmp_path, has_liveness=True)) == (None, NONE)


def test_a_missing_network_is_said(tmp_path: Path) -> None:
    assert liveness_of(config(tmp_path, liveness_hint=True)) == (None, Reason.LIVENESS_MISSING.said())


def test_another_file_is_not_opened_and_said(tmp_path: Path) -> None:
    (tmp_path / "fr_liveness.onnx").write_bytes(b"something else")
    network, lacks = liveness_of(config(tmp_path, liveness_hint=True, has_liveness=True))
    assert network is None
    assert lacks.startswith("No hint at held pictures can be given: fr_liveness.onnx is not the published file")


@pytest.mark.integration
def test_the_published_network_is_opened(liveness_folder: Path) -> None:
    network, lacks = liveness_of(config(liveness_folder, liveness_hint=True, has_liveness=True))
    assert network is not None and lacks == NONE


def test_without_its_network_a_camera_names_people_and_says_what_it_lacks() -> None:
    with Running(ScriptedSource(walking()), lacks=Reason.LIVENESS_MISSING.said()) as running:
        running.camera.order(UseGallery(gallery(ANNA), {str(ANNA): "Anna"}, Thresholds(0.31, 0.36)))
        running.wait_for(SightingChange, "m.verdict is Verdict.MATCH")
        running.wait_for(Heartbeat, "m.state == 'live' and 'not installed on this worker' in m.reason")
