"""What web and workers hand each other about sources, over a real Valkey."""

from __future__ import annotations

import asyncio

import pytest
from channels.layers import get_channel_layer

from streams.cameras import trials
from streams.pipeline.child.trial import TrialResult
from streams.pipeline.messages import SentPicture
from streams.running.feeding import PictureFeed
from streams.wire.sent_pictures import PICTURE_SENT, leave_place, put_sent, sent_group, take_place

pytestmark = pytest.mark.integration


async def test_pictures_of_a_browser_reach_the_worker_and_the_newest_counts(redis: str) -> None:
    handed: list[SentPicture] = []
    feed = asyncio.create_task(PictureFeed(7, handed.append).run())
    await asyncio.sleep(0.3)
    for number in range(1, 51):
        await asyncio.to_thread(put_sent, 7, (number, bytes([number]) * 50_000))
        await get_channel_layer().group_send(sent_group(7), {"type": PICTURE_SENT})
    await asyncio.sleep(1)
    feed.cancel()
    await asyncio.gather(feed, return_exceptions=True)
    assert handed[-1].jpeg[0] == 50
    assert [each.jpeg[0] for each in handed] == sorted({each.jpeg[0] for each in handed})


async def test_a_browser_and_doorbells_are_heard_side_by_side(redis: str) -> None:
    """channels_redis listens for one prefix of channel names per process: all of ours must have the same."""
    layer, handed = get_channel_layer(), [list[SentPicture]() for _ in range(2)]
    doorbells = asyncio.create_task(layer.receive(await layer.new_channel()))  # as the worker waits all the time
    await asyncio.sleep(0.1)
    feeds = [asyncio.create_task(PictureFeed(7 + which, handed[which].append).run()) for which in range(2)]
    await asyncio.sleep(0.3)
    for number in range(1, 11):
        for camera in (7, 8):
            await asyncio.to_thread(put_sent, camera, (number, b"jpeg"))
            await layer.group_send(sent_group(camera), {"type": PICTURE_SENT})
        await asyncio.sleep(0.1)
    for task in (doorbells, *feeds):
        task.cancel()
    await asyncio.gather(doorbells, *feeds, return_exceptions=True)
    assert [len(pictures) for pictures in handed] == [10, 10]


def test_one_browser_sends_to_a_camera_at_a_time(redis: str) -> None:
    assert take_place(7, "one") and take_place(7, "one")
    assert not take_place(7, "other")
    leave_place(7, "other")
    assert not take_place(7, "other")
    leave_place(7, "one")
    assert take_place(7, "other")


def test_of_two_workers_one_does_a_trial_and_who_asked_sees_it(redis: str) -> None:
    trial = trials.begin(source="rtsp://ann:hunter2@10.0.0.9/", user_id=7)
    claimed = trials.claim(str(trial))
    assert claimed and trials.claim(str(trial)) is None
    result = TrialResult(picture=b"jpeg", width_px=4, height_px=3)
    trials.finish(str(trial), claimed[1], result)
    assert trials.result_of(trial, user_id=7) == result
    assert trials.result_of(trial, user_id=8) is None
