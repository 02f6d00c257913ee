"""A second process of the site: hears doorbells, and answers a viewer as a worker does. Speaks JSON lines.

python -m tests.parts.neighbour CAMERA_ID
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import django

django.setup()

from channels.layers import get_channel_layer  # noqa: E402

from people.base.doorbells import GROUP  # noqa: E402
from streams.wire.builders import frame_header  # noqa: E402
from streams.wire.newest_pictures import put_frame  # noqa: E402
from streams.wire.watching import watched  # noqa: E402
from tests.streams.said import JPEG, overlay  # noqa: E402


def say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)  # noqa: T201 - its way of speaking


async def listen(camera_id: int) -> None:
    layer = get_channel_layer()
    own = await layer.new_channel()
    await layer.group_add(GROUP, own)
    say({"type": "ready"})
    while True:
        message = await layer.receive(own)
        say({"type": message["type"]})
        if message["type"] == "viewers.changed":
            modes = await watched([camera_id]) or {}
            await put_frame(camera_id, frame_header("hall", overlay(41), {}), JPEG)
            say({"watched": modes[camera_id].preview})


asyncio.run(listen(int(sys.argv[1])))
