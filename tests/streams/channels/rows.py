"""Channels that mean receivers on this machine, as rows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from streams.channels.deliverer import Deliverer
from streams.channels.opening import sealed
from streams.channels.signing import new_signing_key
from streams.records.channel import Channel
from tests.streams.alerting_rows import a_channel
from tests.streams.channels.broker import Broker
from tests.streams.channels.receivers import Receiver

KEY = new_signing_key()


def a_webhook(url: str, name: str = "Desk", **fields: Any) -> Channel:
    return a_channel(name, kind="webhook", sealed_secret=sealed({"url": url, "key": KEY}), **fields)


def webhook_to(receiver: Receiver, name: str = "Desk", **fields: Any) -> Channel:
    return a_webhook(receiver.address, name, **fields)


def mqtt_to(broker: Broker, name: str = "Home", **fields: Any) -> Channel:
    return a_channel(name, kind="mqtt", address=dict(broker.receiver().address), **fields)


@contextlib.asynccontextmanager
async def delivering(name: str = "worker-1") -> AsyncIterator[asyncio.Event]:
    """A worker that sends, until the block ends; gives its doorbell."""
    stop, wake = asyncio.Event(), asyncio.Event()
    work = asyncio.create_task(Deliverer(name).run(stop, wake))
    try:
        yield wake
    finally:
        stop.set()
        wake.set()
        await asyncio.wait_for(work, 30)
