"""Children as their supervisor has them: heard, killed when they do not listen, and known by their exit code."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from people.recognition.gallery.gallery import Gallery
from people.recognition.gallery.ledger import GalleryEntry, Ledger
from people.recognition.types import Thresholds
from streams.pipeline.messages import CameraConfig, Heartbeat, Overlay, SightingChange, UseGallery, WatchMode
from streams.running.child import CameraChild, Target
from tests.streams import fake_children
from tests.streams.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.alone]
CONFIG = CameraConfig(1, "hall", "0", False, 8, 80, None, "", "")


class Heard(list[Any]):
    def of(self, kind: type) -> list[Any]:
        return [message for message in self if isinstance(message, kind)]


async def started(target: Target, hear: Callable[[Any], None]) -> CameraChild:
    child = CameraChild(CONFIG, target, hear)
    await child.start()
    return child


def is_gone(pid: int | None) -> bool:
    """Also not there as a zombie."""
    return not Path(f"/proc/{pid}").exists()


async def test_a_child_hears_and_is_heard_and_leaves_when_asked() -> None:
    heard = Heard()
    child = await started(fake_children.talks, heard.append)
    child.send(UseGallery(Gallery.empty("engine", 42), {}, Thresholds(0.31, 0.36)))
    await until(lambda: any(said.gallery_version == 42 for said in heard.of(Heartbeat)))
    assert await child.stop() == 0
    assert [change.ended for change in heard.of(SightingChange)] == [False, True]
    assert is_gone(child.pid)


async def test_children_follow_a_gallery_in_shared_memory_and_one_that_was_killed_is_followed_by_another() -> None:
    ledger = Ledger("engine", 128, 2)
    heard: list[Heard] = [Heard(), Heard()]
    children = [await started(fake_children.talks, each.append) for each in heard]

    async def all_have(version: int) -> None:
        gallery = UseGallery(*ledger.at(version), Thresholds(0.31, 0.36))
        for child in children:
            child.send(gallery)
        for each in heard:
            await until(lambda each=each: any(said.gallery_version == version for said in each.of(Heartbeat)))

    await all_have(1)
    os.kill(children[0].pid or 0, signal.SIGKILL)
    assert await children[0].exited == -signal.SIGKILL
    heard[0] = Heard()
    children[0] = await started(fake_children.talks, heard[0].append)
    ledger.change({str(UUID(int=1))}, {str(UUID(int=1)): GalleryEntry(np.ones(128, np.float32) / 128**0.5, "Ann")})
    await all_have(2)
    for child in children:
        assert await child.stop() == 0


async def test_frames_come_only_while_somebody_watches() -> None:
    heard = Heard()
    child = await started(fake_children.talks, heard.append)
    await until(lambda: heard.of(Heartbeat))
    assert not heard.of(Overlay)
    child.send(WatchMode(preview=True, annotated=False))
    await until(lambda: heard.of(Overlay))
    await child.stop()


async def test_a_child_that_does_not_listen_is_killed() -> None:
    child = await started(fake_children.is_deaf, lambda said: None)
    before = time.monotonic()
    assert await child.stop(grace_s=0.3) == -9
    assert time.monotonic() - before < 3
    assert is_gone(child.pid)


async def test_the_exit_code_of_a_child_that_dies_is_known() -> None:
    child = await started(fake_children.dies, lambda said: None)
    assert await asyncio.wait_for(child.exited, 20) == 3
    assert is_gone(child.pid)


async def test_a_busy_loop_loses_overlays_and_no_sighting() -> None:
    heard = Heard()
    child = await started(fake_children.floods, heard.append)
    time.sleep(2)  # noqa: ASYNC251 - the loop hangs on purpose
    await until(lambda: heard.of(SightingChange))
    assert len(heard.of(Overlay)) + child.overlays_dropped == 400
    assert child.overlays_dropped > 0
    await child.stop(0.2)


async def test_no_descriptor_and_no_thread_stays_behind() -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    await (await started(fake_children.talks, lambda said: None)).stop()
    before = open_files()
    for _ in range(3):
        await (await started(fake_children.talks, lambda said: None)).stop()
    assert open_files() <= before
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("camera-hall-writer")]
