"""What the liveness network is shown, and what becomes of its answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from people.recognition.engine.golden_picture import FACE, drawn_face
from people.recognition.errors import BadWeights, GoldenMismatch
from people.recognition.liveness import network, published
from people.recognition.liveness.network import Liveness, surroundings
from people.recognition.types import Box
from tests.people.recognition.liveness.small_network import network_of, small

BLUE, RED = 0, 2
"""Channels as the network sees them: blue comes first."""


def of_colour(*rgb: int, size: int = 300) -> np.ndarray:
    return np.full((size, size, 3), rgb, np.uint8)


def test_the_first_class_is_alive_and_the_answer_a_share() -> None:
    assert small(RED).score(of_colour(255, 0, 0), Box(100, 100, 200, 200)) > 0.99
    assert small(RED).score(of_colour(0, 0, 0), Box(100, 100, 200, 200)) < 0.01


def test_colours_come_blue_first() -> None:
    assert small(BLUE).score(of_colour(0, 0, 255), Box(100, 100, 200, 200)) > 0.99
    assert small(BLUE).score(of_colour(255, 0, 0), Box(100, 100, 200, 200)) < 0.01


def test_it_sees_a_square_of_2_7_faces_around_the_middle_of_the_face() -> None:
    image = of_colour(0, 0, 0, size=1000)
    image[400:500, 600:680] = 255  # a face of 80 x 100 px: the square has a side of 270 px
    seen = surroundings(image, Box(600, 400, 680, 500))
    assert seen.shape == (128, 128, 3)
    rows, columns = np.nonzero(seen[..., 0] > 127)
    assert (rows.min(), rows.max()) == pytest.approx((64 - 23.7, 64 + 23.7), abs=1.5)  # 100 px of 270 in 128
    assert (columns.min(), columns.max()) == pytest.approx((64 - 19, 64 + 19), abs=1.5)


@pytest.mark.parametrize("box", [Box(-40, -30, 60, 70), Box(250, 250, 400, 400), Box(0, 0, 300, 300), Box(5, 5, 5, 5)])
def test_a_face_at_the_edge_is_seen_with_the_edge_going_on(box: Box) -> None:
    assert (surroundings(of_colour(10, 20, 30), box) == (10, 20, 30)).all()


def test_only_the_published_file_is_opened(tmp_path: Path) -> None:
    with pytest.raises(BadWeights, match="cannot read"):
        Liveness.load(tmp_path)
    published.path_in(tmp_path).write_bytes(network_of(RED))
    with pytest.raises(BadWeights, match="not the published file"):
        Liveness.load(tmp_path)


def test_a_network_that_computes_something_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "read", lambda _: network_of(RED))
    with pytest.raises(GoldenMismatch, match="not what it should be"):
        Liveness.load(tmp_path)


@pytest.mark.integration
def test_the_published_network_opens_and_calls_living_people_alive(liveness_folder: Path, shared_faces: Path) -> None:
    real = Liveness.load(liveness_folder)
    assert real.score(drawn_face(), FACE) == pytest.approx(network.KNOWN_SCORE, abs=network.TOLERANCE)
    assert real.score(drawn_face()[..., ::-1], FACE) < 0.9  # other colours are noticed when it is opened
