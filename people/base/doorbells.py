"""Doorbells tell the workers to look at the database now; a sweep every few seconds covers any that get lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

logger = logging.getLogger(__name__)

GROUP = "workers"
VIEWERS = "viewers"
"""The group of all open dashboards."""
# 2 s: a channel layer that does not answer must not delay an upload for longer.
TIMEOUT_S = 2.0


def ring_gallery() -> None:
    """Tells the workers, after this transaction commits, that the gallery has changed."""
    ring("gallery.changed")


def ring_photos() -> None:
    """Tells the workers, after this transaction commits, that a photo waits to be read."""
    ring("photos.changed")


def ring_imports() -> None:
    """Tells the workers, after this transaction commits, that an import waits."""
    ring("imports.changed")


def ring_edits() -> None:
    """Tells the workers, after this transaction commits, that an edit of many rows waits to be worked on."""
    ring("edits.changed")


def ring_strangers() -> None:
    """Tells the workers, after this transaction commits, that sightings wait for a stranger.

    Edits call it, because somebody looks at what follows. Cameras do not: a bell for each unknown face would wake every
    worker, and the sweep joins it 5 s later.
    """
    ring("strangers.due")


def ring_said() -> None:
    """Tells the workers, after this transaction commits, that somebody said who is in sight of a camera."""
    ring("sightings.said")


def ring_rules() -> None:
    """Tells the workers, after this transaction commits, that a rule has changed."""
    ring("rules.changed")


def ring_viewers() -> None:
    """Tells open dashboards, after this transaction commits, to check again what they may show.

    Call it after every write of a group or a limit. If a call is missing, dashboards notice a second later: each web
    process looks at the rights of its viewers once a second.
    """
    ring("cameras.changed", VIEWERS)


def ring(message_type: str, group: str = GROUP) -> None:
    """Sends `message_type` to everybody in `group` after this transaction commits."""
    transaction.on_commit(partial(_send, message_type, group), robust=True)


async def ring_now(message_type: str, group: str = GROUP) -> None:
    """Sends `message_type` to everybody in `group`. For code of the event loop, after its transaction's commit."""
    with _written_down(message_type):
        await _send_in_time(message_type, group)


def _send(message_type: str, group: str) -> None:
    with _written_down(message_type):
        async_to_sync(_send_in_time)(message_type, group)


async def _send_in_time(message_type: str, group: str) -> None:
    layer = get_channel_layer()
    if layer is not None:
        await asyncio.wait_for(layer.group_send(group, {"type": message_type}), TIMEOUT_S)


@contextmanager
def _written_down(message_type: str) -> Iterator[None]:
    try:
        yield
    except Exception:  # channel layers raise anything; the write is committed and the sweep will find it
        logger.warning("doorbell %s was not heard", message_type, exc_info=True)
