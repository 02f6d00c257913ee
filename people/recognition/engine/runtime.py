"""Opens ONNX Runtime sessions as this project uses them: one thread, on the CPU unless told otherwise."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

# From 1.29 on ONNX Runtime reports to its makers, on Linux too: a thread uploads, and a file in the home folder keeps
# what waits. It reads this variable when it is imported, and only here is it imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

CPU = ("CPUExecutionProvider",)


def session(graph: bytes, providers: Sequence[str] = CPU) -> Any:
    """Opens a session over a serialised graph, with one thread because a camera child is planned as one core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # image sizes vary: patterns cost 80 MB at 1280 x 720 and save no time
    options.log_severity_level = 3  # errors only: otherwise it warns about unknown hardware at every start
    made = onnxruntime.InferenceSession(graph, options, providers=list(providers))
    made._model_bytes = None  # it keeps them, 22 MB of the encoder, for changing providers, which nobody does
    return made
