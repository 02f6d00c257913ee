"""A camera's runner while it waits for its turn to begin."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from streams.running.runner import CameraRunner


@pytest.fixture
def runner_of() -> Any:
    """Runners that never begin a child, with the places that are given."""

    def made(places: asyncio.Semaphore) -> CameraRunner:
        nothing: Any = None
        return CameraRunner(nothing, nothing, nothing, hear=nothing, lost=nothing, places=places)

    return made


async def test_a_camera_that_is_switched_off_need_not_wait_for_its_turn(runner_of: Any) -> None:
    places = asyncio.Semaphore(1)
    await places.acquire()
    waiting = runner_of(places)
    running = asyncio.create_task(waiting.run())
    await asyncio.sleep(0)
    waiting.stop()
    await asyncio.wait_for(running, 5)
    places.release()
    assert not places.locked()


async def test_a_turn_that_comes_too_late_is_given_on(runner_of: Any) -> None:
    places = asyncio.Semaphore(1)
    stopped = runner_of(places)
    stopped.stop()
    assert not await stopped._take_place()
    assert not places.locked()
    await places.acquire()
    late = asyncio.create_task(runner_of(places)._take_place())
    await asyncio.sleep(0)
    places.release()
    assert await late and places.locked()
