"""The child as a whole, forked or spawned: without Django, on one thread, obedient, and gone with its parent."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from django.conf import settings

from people.recognition.engine.distances import FUSED
from people.recognition.engine.engine import Engine
from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Verdict
from streams.pipeline.child.process import run_camera
from streams.pipeline.messages import CameraConfig, GaveUp, Heartbeat, SightingChange, Stop, ToParent, UseGallery
from streams.running import forking
from tests.spoilt import camera_with_a_spoilt_engine
from tests.streams.pipeline.child_report import report_modules

pytestmark = [pytest.mark.integration, pytest.mark.alone]
Run = Callable[..., tuple[BaseProcess, Connection]]


@pytest.fixture(params=["forkserver", "spawn"])
def spawn(request: pytest.FixtureRequest) -> Iterator[Run]:
    children: list[BaseProcess] = []

    def start(target: Callable[..., None], source: str = "", loop: bool = False) -> tuple[BaseProcess, Connection]:
        context = forking.children() if request.param == "forkserver" else get_context("spawn")
        ours, theirs = context.Pipe()
        config = CameraConfig(1, "door", source, loop, 10, 80, None, "", str(settings.MODEL_CACHE))
        child = context.Process(target=target, args=(config, theirs), daemon=True)
        child.start()
        theirs.close()
        children.append(child)
        return child, ours

    yield start
    for child in children:
        child.kill()
        child.join()


def hear(pipe: Connection, seconds: float, until: Callable[[ToParent], bool]) -> list[ToParent]:
    heard: list[ToParent] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end and pipe.poll(max(0.0, end - time.monotonic())):
        try:
            heard.append(pipe.recv())
        except EOFError:
            break
        if until(heard[-1]):
            break
    return heard


def test_a_child_spawned_by_django_has_no_django(spawn: Run) -> None:
    assert "django" in sys.modules
    _, pipe = spawn(report_modules)
    assert pipe.poll(30)
    assert pipe.recv() == ([], "1", "door")


def test_a_real_clip_is_named_in_a_child_and_its_sighting_ends_with_stop(
    spawn: Run, engine: Engine, demo_gallery: Gallery, shared_faces: Path
) -> None:
    child, pipe = spawn(run_camera, str(shared_faces / "video" / "obama_library_5s.mp4"), True)
    pipe.send(UseGallery(demo_gallery, {"obama": "Barack Obama"}, FUSED.thresholds))
    heard = hear(pipe, 30, lambda m: isinstance(m, SightingChange))
    assert isinstance(heard[-1], SightingChange)
    assert (heard[-1].verdict, heard[-1].person) == (Verdict.MATCH, "obama")
    pipe.send(Stop())
    rest = hear(pipe, 10, lambda m: False)
    assert [m.ended for m in rest if isinstance(m, SightingChange)][-1:] == [True]
    child.join(5)
    assert child.exitcode == 0


def test_a_child_leaves_when_its_parent_is_gone(spawn: Run, engine: Engine) -> None:
    child, pipe = spawn(run_camera, "/nowhere.mp4")
    heard = hear(pipe, 30, lambda m: isinstance(m, Heartbeat) and m.state == "down")
    assert isinstance(heard[-1], Heartbeat)
    assert "does not exist" in heard[-1].reason
    pipe.close()
    child.join(8)
    assert child.exitcode == 0


def test_sigterm_is_a_stop(spawn: Run, engine: Engine) -> None:
    child, pipe = spawn(run_camera, "/nowhere.mp4")
    hear(pipe, 30, lambda m: isinstance(m, Heartbeat))
    child.terminate()
    child.join(8)
    assert child.exitcode == 0


def test_a_child_whose_engine_is_off_says_so_at_the_first_face_and_names_nobody(spawn: Run, shared_faces: Path) -> None:
    child, pipe = spawn(camera_with_a_spoilt_engine, str(shared_faces / "video" / "obama_library_5s.mp4"), True)
    heard: list[object] = list(hear(pipe, 30, lambda said: isinstance(said, GaveUp)))
    said = heard[-1]
    assert isinstance(said, GaveUp)
    assert not any(isinstance(change, SightingChange) and change.person for change in heard)
    assert "the encodings are not what they should be" in said.reason
    child.join(10)
    assert child.exitcode == 0
