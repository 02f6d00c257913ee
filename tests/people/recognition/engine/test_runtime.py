"""ONNX Runtime as the project imports it: it reports nothing to its makers, and starts no thread."""

import subprocess
import sys
from pathlib import Path

import pytest

COUNT = """
import os, people.recognition.engine.runtime
print(len(os.listdir('/proc/self/task')))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_onnx_runtime_has_no_thread_that_reports_and_keeps_nothing_to_report(tmp_path: Path) -> None:
    alone = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "OPENBLAS_NUM_THREADS": "1"}
    said = subprocess.run([sys.executable, "-c", COUNT], env=alone, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "1"
    assert list(tmp_path.rglob("*onnxruntime*")) == []
