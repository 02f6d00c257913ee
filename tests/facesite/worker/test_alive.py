"""A worker shows that it lives, and stops showing it when its event loop hangs."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from channels.layers import InMemoryChannelLayer
from channels.routing import get_default_application

from facesite.worker import worker
from facesite.worker.alive import sign_of_life
from facesite.worker.worker import LifecycleWorker

PROBE = Path(__file__).resolve().parents[3] / "k8s/base/worker.yaml"


@pytest.fixture
def alive(tmp_path: Path, settings: Any) -> Path:
    file = tmp_path / "alive"
    settings.ALIVE_FILE = str(file)
    return file


async def test_a_running_worker_touches_the_file_again_and_again(alive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "TICK_S", 0.01)
    running = LifecycleWorker(get_default_application(), [], InMemoryChannelLayer(), kinds={})
    task = asyncio.create_task(running.run_until_stopped())
    async with asyncio.timeout(5):
        while not _touched_at(alive):
            await asyncio.sleep(0.01)
        os.utime(alive, (0, 0))
        while not _touched_at(alive):
            await asyncio.sleep(0.01)
    running.stop()
    await task


def test_the_probe_accepts_a_fresh_file_and_refuses_an_old_one(alive: Path) -> None:
    assert not _probe(alive)
    sign_of_life()
    assert _probe(alive)
    os.utime(alive, (alive.stat().st_atime, alive.stat().st_mtime - 60))
    assert not _probe(alive)


def test_without_a_setting_nothing_is_written(alive: Path, settings: Any) -> None:
    settings.ALIVE_FILE = ""
    sign_of_life()
    assert not alive.exists()


def _touched_at(alive: Path) -> float:
    return alive.stat().st_mtime if alive.exists() else 0


def _probe(alive: Path) -> bool:
    """What the liveness probe of the worker's pod says about the file."""
    (container,) = yaml.safe_load(PROBE.read_text())["spec"]["template"]["spec"]["containers"]
    command = [part.replace("/tmp/alive", str(alive)) for part in container["livenessProbe"]["exec"]["command"]]
    return subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0
