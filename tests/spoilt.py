"""Children whose engine is off: module level functions, so that spawn can run them."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

from people.recognising import reading
from people.recognition.engine import golden, networks
from streams.pipeline.child.process import run_camera
from streams.pipeline.messages import CameraConfig


def camera_with_a_spoilt_engine(config: CameraConfig, pipe: Connection) -> None:
    _expect_something_else()
    run_camera(config, pipe)


def reader_with_a_spoilt_engine(pipe: Connection, cache_dir: Path) -> None:
    _expect_something_else()
    reading.serve(pipe, cache_dir)


def _expect_something_else() -> None:
    """What comes to the same as an engine that gives something else, also where this process was forked."""
    networks._forked.clear()
    right = golden.recorded()
    wrong = {"encoding": [-value for value in right["Encoder"]["encoding"]]}
    golden.recorded = lambda: {**right, "Encoder": wrong}
