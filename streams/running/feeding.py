"""Brings a browser camera's pictures to its child: a message wakes it, and it takes the newest from the cache."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from channels.layers import get_channel_layer

from streams.pipeline.messages import SentPicture
from streams.wire.sent_pictures import newest_sent, sent_group

logger = logging.getLogger(__name__)

# 2 s: it rejoins its group this often, because layers forget, and looks at the cache in case a message was lost.
REJOIN_EVERY_S = 2.0


class PictureFeed:
    """Call `await run()` for as long as the camera runs here; if pictures come too fast, it passes on the newest."""

    def __init__(self, camera_id: int, hand_over: Callable[[SentPicture], None]) -> None:
        self._camera_id, self._hand_over = camera_id, hand_over
        self._group = sent_group(camera_id)
        self._last = 0

    async def run(self) -> None:
        """Runs until cancelled."""
        layer = get_channel_layer()
        # The default prefix: with another one it would hear nothing beside the worker's doorbells (channels_redis).
        own = await layer.new_channel()
        try:
            while True:
                try:
                    await self._next(layer, own)
                except Exception as error:  # noqa: BLE001 - layer and cache have exceptions of their own
                    logger.warning("pictures of a browser did not come: %s", type(error).__name__)
                    await asyncio.sleep(REJOIN_EVERY_S)
        finally:
            with suppress(Exception):
                await layer.group_discard(self._group, own)

    async def _next(self, layer: Any, own: str) -> None:
        await layer.group_add(self._group, own)
        with suppress(TimeoutError):
            async with asyncio.timeout(REJOIN_EVERY_S):
                await layer.receive(own)
        picture = await asyncio.to_thread(newest_sent, self._camera_id)
        if picture is not None and picture[0] != self._last:
            self._last = picture[0]
            self._hand_over(SentPicture(picture[1]))
