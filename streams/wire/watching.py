"""Tells workers which cameras are watched, by keys in Django's cache that viewers renew and workers read.

A worker makes JPEGs only while somebody watches. `watch:frame:<camera id>` asks for plain pictures,
`watch:annotated:<camera id>` for those with boxes burnt in. Each key lives 15 s and is renewed every 5 s, so a viewer
that vanishes costs no more than that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Literal

from channels.layers import get_channel_layer

from people.base.doorbells import GROUP
from streams.pipeline.messages import WatchMode
from streams.wire.cache import shared_cache

logger = logging.getLogger(__name__)

PictureKind = Literal["frame", "annotated"]
TTL_S = 15
RENEW_EVERY_S = 5.0
NOBODY = WatchMode(preview=False, annotated=False)


async def watch(kind: PictureKind, cameras: Iterable[int]) -> None:
    """Records that somebody watches `cameras`; tells workers at once if nobody watched one of them before."""
    try:
        if await asyncio.to_thread(_renew, kind, list(cameras)):
            await get_channel_layer().group_send(GROUP, {"type": "viewers.changed"})
    except Exception as error:  # noqa: BLE001 - cache and layer have exceptions of their own; the next renewal is 5 s away
        logger.warning("could not say who watches: %s", type(error).__name__)


async def watched(cameras: Iterable[int]) -> dict[int, WatchMode] | None:
    """Returns how each camera is watched now; None if the cache did not answer: there may still be viewers."""
    ids = list(cameras)
    try:
        found = await asyncio.to_thread(shared_cache().get_many, [_key(kind, pk) for pk in ids for kind in _KINDS])
    except Exception as error:  # noqa: BLE001 - each cache backend has exceptions of its own
        logger.warning("the cache did not say who watches: %s", type(error).__name__)
        return None
    return {pk: WatchMode(_key("frame", pk) in found, _key("annotated", pk) in found) for pk in ids}


def _renew(kind: PictureKind, cameras: list[int]) -> bool:
    """Writes the keys; returns whether one of them was missing."""
    keys = [_key(kind, pk) for pk in cameras]
    known = shared_cache().get_many(keys)
    shared_cache().set_many(dict.fromkeys(keys, 1), TTL_S)
    return len(known) < len(keys)


_KINDS: tuple[PictureKind, PictureKind] = ("frame", "annotated")


def _key(kind: PictureKind, camera_id: int) -> str:
    return f"watch:{kind}:{camera_id}"
