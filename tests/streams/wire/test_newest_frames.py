"""Viewers of one process share what one of them has fetched, and are never shown an older picture for it."""

from __future__ import annotations

import asyncio

import pytest

from streams.wire import newest_frames
from streams.wire.newest_frames import NewestFrames

DOOR, HALL = 1, 2


class Cache:
    """The newest pictures, and how often they were asked for."""

    def __init__(self) -> None:
        self.frames: dict[int, int] = {}
        self.asked = 0
        self.away = False

    async def fetch(self, camera_id: int) -> tuple[int, bytes] | None:
        self.asked += 1
        await asyncio.sleep(0.01)
        if self.away:
            raise OSError("away")
        frame = self.frames.get(camera_id)
        return None if frame is None else (frame, b"%d of %d" % (frame, camera_id))


@pytest.fixture
def cache() -> Cache:
    return Cache()


@pytest.fixture
def newest(cache: Cache) -> NewestFrames:
    return NewestFrames(cache.fetch)


async def test_a_hundred_viewers_ask_once(cache: Cache, newest: NewestFrames) -> None:
    cache.frames[DOOR] = 7
    newest.rang(DOOR, 7)
    assert await asyncio.gather(*(newest.get(DOOR) for _ in range(100))) == [(7, b"7 of 1")] * 100
    assert await newest.get(DOOR) == (7, b"7 of 1")
    assert cache.asked == 1


async def test_cameras_are_asked_for_one_by_one(cache: Cache, newest: NewestFrames) -> None:
    cache.frames.update({DOOR: 1, HALL: 1})
    assert await asyncio.gather(newest.get(DOOR), newest.get(HALL)) == [(1, b"1 of 1"), (1, b"1 of 2")]


async def test_the_next_doorbell_is_a_new_question(cache: Cache, newest: NewestFrames) -> None:
    for frame in (7, 8, 2):  # 2: the camera's process was started again
        cache.frames[DOOR] = frame
        newest.rang(DOOR, frame)
        assert await newest.get(DOOR) == (frame, b"%d of 1" % frame)


async def test_a_late_doorbell_brings_no_old_picture(cache: Cache, newest: NewestFrames) -> None:
    cache.frames[DOOR] = 8
    newest.rang(DOOR, 7)
    await newest.get(DOOR)
    assert await newest.get(DOOR) == (8, b"8 of 1")


async def test_a_picture_is_forgotten_when_the_cache_forgets_it(
    cache: Cache, newest: NewestFrames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest_frames, "KEEP_S", 0.05)
    cache.frames[DOOR] = 7
    newest.rang(DOOR, 7)
    await newest.get(DOOR)
    del cache.frames[DOOR]
    await asyncio.sleep(0.06)
    assert await newest.get(DOOR) is None


async def test_a_viewer_that_leaves_takes_nothing_from_the_others(cache: Cache, newest: NewestFrames) -> None:
    cache.frames[DOOR] = 7
    first, second = (asyncio.create_task(newest.get(DOOR)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == (7, b"7 of 1")


async def test_a_failure_is_over_with_the_next_question(cache: Cache, newest: NewestFrames) -> None:
    cache.frames[DOOR], cache.away = 7, True
    with pytest.raises(OSError, match="away"):
        await newest.get(DOOR)
    cache.away = False
    assert await newest.get(DOOR) == (7, b"7 of 1")
