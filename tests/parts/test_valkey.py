"""The channel layer and the cache over a real Valkey, as several processes use them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.routing import ChannelNameRouter, ProtocolTypeRouter
from channels_redis.core import RedisChannelLayer
from django.db import transaction
from redis.exceptions import RedisError

from facesite import connections
from facesite.worker.jobs import JobKind
from facesite.worker.worker import LifecycleWorker
from people.base.doorbells import GROUP, ring_gallery
from streams.wire.newest_pictures import newest_frame
from streams.wire.watching import watch, watched
from tests.facesite.worker.test_worker import Listening, ScriptedJob

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parent.parent.parent
# 8 s: redis-py's own limit, which is the trap, is 5 s.
IDLE_S = 8.0
HALL = 7


@pytest.fixture
async def neighbour(redis: str, tmp_path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process of the site: says on its standard output what it hears."""
    environment = {
        **os.environ,
        "REDIS_URL": redis,
        "VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "facesite.settings",
    }
    command = [sys.executable, "-m", "tests.parts.neighbour", str(HALL)]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.PIPE
    )
    assert await said_by(process) == {"type": "ready"}
    yield process
    if process.returncode is None:
        process.kill()
    await process.communicate()


async def said_by(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout
    return dict(json.loads(await asyncio.wait_for(process.stdout.readline(), 20)))


@pytest.mark.django_db(transaction=True)
async def test_a_doorbell_rung_after_a_commit_is_heard_in_another_process(
    neighbour: asyncio.subprocess.Process,
) -> None:
    def change() -> None:
        with transaction.atomic():
            ring_gallery()

    await database_sync_to_async(change)()
    assert await said_by(neighbour) == {"type": "gallery.changed"}


async def test_who_watches_and_the_newest_picture_cross_processes(neighbour: asyncio.subprocess.Process) -> None:
    await watch("frame", [HALL])
    assert await said_by(neighbour) == {"type": "viewers.changed"}
    assert await said_by(neighbour) == {"watched": True}
    shown = await newest_frame(HALL)
    assert shown is not None and shown[0] == 41
    modes = await watched([HALL])
    assert modes is not None and modes[HALL].preview


async def test_an_idle_worker_goes_on_hearing(redis: str) -> None:
    job = ScriptedJob()
    application = ProtocolTypeRouter({"channel": ChannelNameRouter({"jobs": Listening.as_asgi()})})
    kinds = {"jobs": JobKind(lambda: job, frozenset({"photos.changed"}))}
    worker = LifecycleWorker(application, ["jobs"], get_channel_layer(), kinds=kinds)
    running = asyncio.create_task(worker.run_until_stopped())
    await asyncio.sleep(IDLE_S)
    assert not running.done()
    await get_channel_layer().send("jobs", {"type": "for.the.channel"})
    await get_channel_layer().group_send(GROUP, {"type": "photos.changed"})
    await job.heard.until("for.the.channel")
    await job.heard.until("photos.changed")
    worker.stop()
    await asyncio.wait_for(running, 10)


async def test_without_our_setting_an_idle_worker_would_end(redis: str) -> None:
    """Should this fail one day, the trap is gone from the libraries, and facesite.E001 with it."""
    layer = RedisChannelLayer(hosts=[{"address": redis}])
    with pytest.raises(Exception, match=r"(?i)time"):
        await asyncio.wait_for(layer.receive("jobs"), IDLE_S)
    await layer.close_pools()


async def test_a_restarted_valkey_is_found_again(redis: str, valkey_server: Any) -> None:
    layer = get_channel_layer()
    await layer.send("jobs", {"type": "before"})
    assert (await layer.receive("jobs"))["type"] == "before"
    valkey_server.kill()
    with pytest.raises(RedisError):
        await layer.send("jobs", {"type": "lost"})
    assert await watched([HALL]) is None
    valkey_server.start()
    await layer.send("jobs", {"type": "after"})
    assert (await layer.receive("jobs"))["type"] == "after"
    assert await watched([HALL]) is not None


def test_every_host_of_the_settings_waits_without_end() -> None:
    (host,) = connections.redis_layers("redis://x")["default"]["CONFIG"]["hosts"]
    assert host["socket_timeout"] is None
