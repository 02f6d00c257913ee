"""States of cameras: a change is told and written at once, and nothing is written for what did not change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from channels.layers import get_channel_layer
from django.utils import timezone

from streams.pipeline.reasons import Reason
from streams.records.camera import Camera, CameraStatus
from streams.running import states
from streams.running.states import Down, States
from streams.wire.announcing import camera_group
from streams.wire.builders import camera_ref
from tests.streams.said import heartbeat
from tests.streams.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]


@pytest.fixture
async def passing_on(hall: Camera, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[States]:
    """States of a worker that holds the hall; figures are not due within the test."""
    monkeypatch.setattr(states, "FIGURES_EVERY_S", 3600.0)
    monkeypatch.setattr(states, "TOGETHER_S", 0.01)
    await CameraStatus.objects.acreate(camera=hall, lease_holder="mine", lease_expires_at=timezone.now())
    passed = States("mine")
    running = asyncio.create_task(passed.run())
    yield passed
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await passed.close()


async def row() -> CameraStatus:
    return await CameraStatus.objects.aget()


async def until_says(**fields: object) -> None:
    for _ in range(200):
        if await CameraStatus.objects.filter(**fields).aexists():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"expected {fields}, got {await CameraStatus.objects.values().aget()}")


async def test_a_new_state_is_written_at_once_and_what_passes_is_not(hall: Camera, passing_on: States) -> None:
    first = heartbeat()
    passing_on.put(hall.pk, camera_ref(hall), first)
    await until_says(state="live", heartbeat_at=first.sent_at)
    passing_on.put(hall.pk, camera_ref(hall), heartbeat(fps_read=3.0))
    await asyncio.sleep(0.1)
    assert (await row()).heartbeat_at == first.sent_at
    passing_on.put(hall.pk, camera_ref(hall), heartbeat(state="stalled"))
    await until_says(state="stalled")


async def test_rates_and_times_are_written_when_they_are_due(hall: Camera, passing_on: States) -> None:
    passing_on.put(hall.pk, camera_ref(hall), heartbeat())
    await until_says(state="live")
    passing_on._figures_due = 0.0
    passing_on.put(hall.pk, camera_ref(hall), heartbeat(fps_read=3.0))
    await until_says(fps_read=3.0)


async def test_the_first_word_of_a_new_child_is_written_whatever_was_written_before(
    hall: Camera, passing_on: States
) -> None:
    passing_on.put(hall.pk, camera_ref(hall), heartbeat())
    await until_says(state="live")
    await CameraStatus.objects.aupdate(state="connecting")  # another worker had it, and this one has claimed it again
    passing_on.begin(hall.pk)
    passing_on.put(hall.pk, camera_ref(hall), heartbeat())
    await until_says(state="live")


async def test_a_child_that_is_gone_is_written_after_its_last_word(hall: Camera, passing_on: States) -> None:
    passing_on.put(hall.pk, camera_ref(hall), heartbeat())
    passing_on.put(hall.pk, camera_ref(hall), Down(Reason.NOT_STARTED.said()))
    await until_says(state="down")
    passing_on.put(hall.pk, camera_ref(hall), heartbeat())
    await until_says(state="live")


async def test_a_heartbeat_that_fits_no_column_costs_no_other_camera_its_own(hall: Camera, passing_on: States) -> None:
    yard = await Camera.objects.acreate(name="Yard", slug="yard", source="0")
    await CameraStatus.objects.acreate(camera=yard, lease_holder="mine", lease_expires_at=timezone.now())
    passing_on.put(yard.pk, camera_ref(yard), heartbeat(frame_width_px=2**40))
    passing_on.put(hall.pk, camera_ref(hall), heartbeat())
    await until_says(camera=hall, state="live")
    passing_on.put(yard.pk, camera_ref(yard), heartbeat())
    await until_says(camera=yard, state="live")


async def test_viewers_hear_a_change_at_once_and_the_same_again_only_now_and_then(
    hall: Camera, passing_on: States, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer, heard = get_channel_layer(), []
    own = await layer.new_channel()
    await layer.group_add(camera_group(hall.pk), own)

    async def hear() -> None:
        while True:
            heard.append((await layer.receive(own))["state"]["state"])

    hearing = asyncio.create_task(hear())
    for _ in range(5):
        passing_on.put(hall.pk, camera_ref(hall), heartbeat())
        await asyncio.sleep(0.05)
    assert heard == ["live"]
    passing_on.put(hall.pk, camera_ref(hall), heartbeat(state="stalled"))
    await until(lambda: heard == ["live", "stalled"])
    monkeypatch.setattr(states, "TELL_EVERY_S", 0.0)
    passing_on.put(hall.pk, camera_ref(hall), heartbeat(state="stalled"))
    await until(lambda: heard == ["live", "stalled", "stalled"])
    hearing.cancel()
