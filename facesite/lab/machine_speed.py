"""What this machine can do at this moment: a yardstick beside other figures.

Virtual machines share their processor. The same code took 12.1 and 21.5 ms within a quarter of an hour on one that had
nothing else to do, so a figure without this one says little about the code.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import numpy as np

from facesite.lab.engine_speed import on_one_core
from people.recognition.engine.engine import Engine
from people.recognition.engine.sface import SIDE_PX

ROUNDS = 30


def view_ms(cache_dir: Path) -> float:
    """Returns the processor time of one view of a face by SFace, in milliseconds, on one core: about half a second."""
    return round(on_one_core(_view_ms, cache_dir), 1)


def _view_ms(cache_dir: Path) -> float:
    sface = Engine.load(cache_dir).networks.sface
    face = np.random.default_rng(7).integers(0, 256, (1, SIDE_PX, SIDE_PX, 3), np.uint8)
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        sface.raw(face)
        taken.append(1000 * (time.process_time() - began))
    return statistics.median(taken)
