"""Times each network on this machine: a recogniser child's request and its answer."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from people.recognition.engine import weights
from people.recognition.engine.engine import Engine
from people.recognition.engine.golden_picture import FACE, POINTS, drawn_face
from people.recognition.engine.landmarks import chip
from people.recognition.engine.sface import aligned

ROUNDS = 5
WIDTH_PX, HEIGHT_PX = 640, 480


@dataclass(frozen=True, slots=True)
class NetworkTimes:
    """Median milliseconds of each network by the name of its weight file: a picture of 640 x 480, or one face."""

    milliseconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class TimeNetworks:
    """Parent to child: time every network. The child answers with one NetworkTimes."""

    engine: str

    def answer(self, engine: Engine) -> NetworkTimes:
        return time_networks(engine)


def time_networks(engine: Engine) -> NetworkTimes:
    """Runs each network a few times, which takes about half a second."""
    networks, face = engine.networks, drawn_face()
    picture = np.resize(face, (HEIGHT_PX, WIDTH_PX, 3))
    points = networks.landmarks.of(face, FACE)
    chips, aligned_face = chip(face, points)[None], aligned(face, POINTS)[None]
    runs: dict[weights.WeightFile, Callable[[], object]] = {
        weights.YUNET: lambda: networks.yunet.find(picture),
        weights.MMOD: lambda: networks.mmod.find(picture, 80),
        weights.LANDMARKS: lambda: networks.landmarks.of(face, FACE),
        weights.ENCODER: lambda: networks.encoder.raw(chips),
        weights.SFACE: lambda: networks.sface.raw(aligned_face),
    }
    return NetworkTimes({file.name: _median_ms(run) for file, run in runs.items()})


def _median_ms(run: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        run()
        taken.append(1000 * (time.perf_counter() - began))
    return round(statistics.median(taken[1:]), 2)  # the first warms up
