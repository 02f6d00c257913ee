"""Runs many cameras at once on this machine: real camera children on a clip, heard as a worker hears them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import numpy as np

from facesite.lab.loops import gallery_of
from people.recognition.engine.engine import Engine
from streams.pipeline.child.process import run_camera
from streams.pipeline.messages import CameraConfig, GaveUp, Heartbeat, Overlay, SightingChange, Stop, UseGallery
from streams.pipeline.states import ChildState

ANALYSIS_FPS = 5.0
SMALLEST_PX = 80
START_S = 60.0
"""Every child must show its first frame within this; a start costs about 1.5 s of processor time each."""
MEASURED_S = 20.0
LEAVE_S = 5.0


@dataclass(slots=True)
class Heard:
    """What one child sent while it was measured."""

    process: BaseProcess
    pipe: Connection
    cpu_s: float = 0.0
    frames: int = 0
    shown: bool = False
    problem: str = ""
    """Why it will not show anything."""
    delays_ms: list[float] = field(default_factory=list)
    changes_ms: list[float] = field(default_factory=list)

    def hear(self, message: object) -> None:
        if isinstance(message, GaveUp) or (isinstance(message, Heartbeat) and message.state == ChildState.DOWN):
            self.problem = message.reason
        if not isinstance(message, Overlay | SightingChange):
            return
        delay_ms = 1000 * (datetime.now(UTC) - message.captured_at).total_seconds()
        self.delays_ms.append(delay_ms)
        if isinstance(message, Overlay):
            self.frames += 1
            self.shown = True
        elif not message.ended:
            self.changes_ms.append(delay_ms)

    def forget(self) -> None:
        self.frames, self.delays_ms, self.changes_ms = 0, [], []
        self.cpu_s = cpu_s(self.process.pid)


def run_cameras(count: int, clip: Path, pictures: Sequence[Path], cache_dir: Path) -> dict[str, Any]:
    """Runs `count` children on `clip`, over and over, for about half a minute.

    Raises ValueError if they do not start.
    """
    engine = Engine.load(cache_dir)
    gallery = UseGallery(gallery_of(engine, pictures), {}, engine.distances.thresholds)
    del engine
    with _children(count, clip, cache_dir, gallery) as cameras:
        _listen(cameras, START_S, until_all_show=True)
        if problem := next(filter(None, (camera.problem for camera in cameras)), None):
            raise ValueError(problem)
        if silent := sum(not camera.shown for camera in cameras):
            raise ValueError(f"{silent} of {count} cameras showed nothing within {START_S:.0f} s")
        for camera in cameras:
            camera.forget()
        began_s = time.monotonic()
        _listen(cameras, MEASURED_S)
        return _report(cameras, time.monotonic() - began_s)


@contextmanager
def _children(count: int, clip: Path, cache_dir: Path, gallery: UseGallery) -> Iterator[list[Heard]]:
    spawn = get_context("spawn")
    cameras = []
    try:
        for number in range(count):
            ours, theirs = spawn.Pipe()
            config = CameraConfig(
                number, f"camera-{number}", str(clip), True, ANALYSIS_FPS, SMALLEST_PX, None, "", str(cache_dir)
            )
            process = spawn.Process(target=run_camera, args=(config, theirs), daemon=True)
            process.start()
            theirs.close()
            ours.send(gallery)
            cameras.append(Heard(process, ours))
        yield cameras
    finally:
        for camera in cameras:
            _leave(camera)


def _leave(camera: Heard) -> None:
    with suppress(OSError):  # it has left by itself
        camera.pipe.send(Stop())
    camera.pipe.close()
    camera.process.join(LEAVE_S)
    if camera.process.is_alive():
        camera.process.kill()
        camera.process.join()


def _listen(cameras: Sequence[Heard], seconds: float, *, until_all_show: bool = False) -> None:
    by_pipe = {camera.pipe: camera for camera in cameras}
    end_s = time.monotonic() + seconds
    while (left_s := end_s - time.monotonic()) > 0 and by_pipe:
        if until_all_show and (all(camera.shown for camera in cameras) or any(camera.problem for camera in cameras)):
            return
        for pipe in wait(list(by_pipe), left_s):
            assert isinstance(pipe, Connection)
            try:
                by_pipe[pipe].hear(pipe.recv())
            except (EOFError, OSError):
                by_pipe.pop(pipe)


def _report(cameras: Sequence[Heard], seconds: float) -> dict[str, Any]:
    fps = [camera.frames / seconds for camera in cameras]
    memory = [megabytes for camera in cameras if (megabytes := _memory_mb(camera.process)) is not None]
    return {
        "cameras": len(cameras),
        "seconds": round(seconds, 1),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "asked_fps": ANALYSIS_FPS,
        "analysed_fps": {"mean": round(float(np.mean(fps)), 2), "least": round(min(fps), 2)},
        "delay_ms": _spread([delay for camera in cameras for delay in camera.delays_ms]),
        "sighting_delay_ms": _spread([delay for camera in cameras for delay in camera.changes_ms]),
        "cpu_cores": round(sum(cpu_s(camera.process.pid) - camera.cpu_s for camera in cameras) / seconds, 2),
        "memory_mb_each": round(float(np.mean(memory)), 0) if memory else None,
    }


def _spread(values: Sequence[float]) -> dict[str, float] | None:
    if not values:
        return None
    return {name: round(float(np.percentile(values, share)), 1) for name, share in (("p50", 50), ("p95", 95))}


def cpu_s(pid: int | None) -> float:
    """Returns user and system time so far, of all threads; 0 if there is no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(process: BaseProcess) -> float | None:
    """Returns its own memory and its share of what several processes have in common; None if there is no /proc."""
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), None)
