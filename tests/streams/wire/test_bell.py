"""A bell wakes its loop once, however often it rang."""

from __future__ import annotations

from streams.wire.bell import Bell


async def test_many_rings_are_one() -> None:
    bell = Bell()
    for _ in range(3):
        bell.ring()
    assert await bell.wait(1.0)
    assert not await bell.wait(0.01)


async def test_rings_before_a_look_can_be_forgotten() -> None:
    bell = Bell()
    bell.ring()
    bell.hush()
    assert not await bell.wait(0.01)
