"""The joiner of a worker: wakes on a doorbell, sweeps without one, and looks again now and then."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async

from people.base import sweeping
from streams.records.sighting import Sighting
from streams.records.stranger import Stranger
from streams.strangers import joiner as joiner_module
from streams.strangers.joiner import Joiner
from tests.streams.pages.rows import a_camera
from tests.streams.strangers.passers_by import passer_by

pytestmark = pytest.mark.django_db(transaction=True)


async def _until_joined(joiner: Joiner, *, ring: bool) -> None:
    stop, wake = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(joiner.run(stop, wake))
    await asyncio.sleep(0)
    if ring:
        wake.set()
    async with asyncio.timeout(20):
        while await Sighting.objects.filter(stranger=None).aexists():
            await asyncio.sleep(0.02)
    stop.set(), wake.set()
    await running


async def test_a_doorbell_is_answered_at_once() -> None:
    await sync_to_async(lambda: passer_by(a_camera("Hall")))()
    await _until_joined(Joiner(), ring=True)
    assert await Stranger.objects.acount() == 1


async def test_a_sweep_finds_what_no_doorbell_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "SWEEP_S", 0.05)
    stop, wake = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(Joiner().run(stop, wake))
    await sync_to_async(lambda: passer_by(a_camera("Hall")))()
    async with asyncio.timeout(20):
        while not await Stranger.objects.aexists():
            await asyncio.sleep(0.02)
    stop.set(), wake.set()
    await running


async def test_it_looks_again_when_it_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    monkeypatch.setattr(joiner_module, "LOOK_AGAIN_S", 0.0)
    monkeypatch.setattr(sweeping, "SWEEP_S", 0.02)
    monkeypatch.setattr(joiner_module, "_look_again", lambda since: looked.append(since))
    stop, wake = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(Joiner().run(stop, wake))
    async with asyncio.timeout(20):
        while len(looked) < 2:
            await asyncio.sleep(0.01)
    stop.set(), wake.set()
    await running
    assert looked[0] < looked[1]
