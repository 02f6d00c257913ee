"""Opens ONNX Runtime sessions as this project uses them: one thread, on the CPU unless told otherwise."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

# From 1.29 on ONNX Runtime reports to its makers, on Linux too: a thread uploads, and a file in the home folder keeps
# what waits. It reads this variable when it is imported, and only here is it imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

CPU = ("CPUExecutionProvider",)
# All sessions of a process compute in one pool of memory. With a pool each, as by default, those that a camera uses
# take 144 MB together, and 115 with one; the time is the same.
_MEMORY = onnxruntime.OrtMemoryInfo(
    "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
)
onnxruntime.create_and_register_allocator(_MEMORY, onnxruntime.OrtArenaCfg({}))


def session(graph: bytes, providers: Sequence[str] = CPU) -> Any:
    """Opens a session over a serialised graph, with one thread because a camera child is planned as one core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # image sizes vary: patterns cost 80 MB at 1280 x 720 and save no time
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.log_severity_level = 3  # errors only: otherwise it warns about unknown hardware at every start
    made = onnxruntime.InferenceSession(graph, options, providers=list(providers))
    made._model_bytes = None  # it keeps them, 22 MB of the encoder, for changing providers, which nobody does
    return made


def empty_pool(session: Any, inputs: Mapping[str, Any]) -> None:
    """Gives back what the pool has left over after one more run, of `session` over small `inputs`."""
    shrinking = onnxruntime.RunOptions()
    shrinking.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    session.run(None, dict(inputs), shrinking)
