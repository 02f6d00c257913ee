"""Doorbells to the workers: "look at the database now". Hints only; behind each stands a sweep every few seconds."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

logger = logging.getLogger(__name__)

GROUP = "workers"
VIEWERS = "viewers"
"""Every open dashboard."""
# 2 s: a channel layer that does not answer must not hold an upload for longer.
TIMEOUT_S = 2.0


def ring_gallery() -> None:
    """After this transaction commits: the gallery has changed."""
    ring("gallery.changed")


def ring_photos() -> None:
    """After this transaction commits: a photo waits to be read."""
    ring("photos.changed")


def ring_imports() -> None:
    """After this transaction commits: an import waits to be worked through."""
    ring("imports.changed")


def ring_viewers() -> None:
    """After this transaction commits: open dashboards look anew at what they may show.

    To be called after every write of a group or a limit. A forgotten call costs 30 s.
    """
    ring("cameras.changed", VIEWERS)


def ring(message_type: str, group: str = GROUP) -> None:
    """After this transaction commits: `message_type` to everybody in `group`."""
    transaction.on_commit(partial(_send, message_type, group), robust=True)


def _send(message_type: str, group: str) -> None:
    try:
        async_to_sync(_send_in_time)(message_type, group)
    except Exception:  # whatever the layer raises: the write is committed and the sweep will find it
        logger.warning("doorbell %s was not heard", message_type, exc_info=True)


async def _send_in_time(message_type: str, group: str) -> None:
    layer = get_channel_layer()
    if layer is not None:
        await asyncio.wait_for(layer.group_send(group, {"type": message_type}), TIMEOUT_S)
