"""The worker's side of channels: sends what is due, each channel by itself, so that a slow one delays no other."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from uuid import UUID

from django.utils import timezone

from people.base.sweeping import SWEEP_S
from streams.channels import apprise_sending, mail, webhook
from streams.channels.brokers import Brokers, ended_channels, hold_channels, note_broker, release_channels
from streams.channels.claiming import claim_due, record_failed, record_sent
from streams.channels.message import Message
from streams.channels.opening import receiver_of
from streams.channels.reasons import ChannelReason
from streams.channels.telling import message_of
from streams.errors import NotDelivered, NotToAll
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.states import ChannelKind
from streams.wire.database_thread import UNREACHABLE, DatabaseThread

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 64
"""Threads that send, one for each channel that has something to send: they only wait for receivers."""
# 2 s: as old may be what a broker retains of a camera.
BROKERS_EVERY_S = 2.0
# 50 s: before the claim (60 s) ends. A name server that is silent, or a mail server that takes its time with each of
# its answers, would otherwise outlast it: another worker would send it once more, and neither could write what became
# of it.
ATTEMPT_S = 50.0
# 11 s: a webhook under way may take 10 s; what takes longer is sent once more by the next worker.
FINISH_S = 11.0
SENDERS = {
    ChannelKind.WEBHOOK: webhook.deliver,
    ChannelKind.EMAIL: mail.deliver,
    ChannelKind.APPRISE: apprise_sending.deliver,
}


class Deliverer:
    """Sends deliveries. Any number of workers share what is due; one of them keeps the connection to each broker."""

    def __init__(self, name: str = "") -> None:
        self._name = name or f"{socket.gethostname()}:{os.getpid()}"
        self._sending: dict[UUID, asyncio.Task[None]] = {}
        self._brokers = Brokers()

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Works until `stop`; looks for work at every `wake`, and every few seconds without one."""
        self._database, self._brokers_database = DatabaseThread("deliveries"), DatabaseThread("brokers")
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="delivery")
        brokers = asyncio.create_task(self._keep_brokers(stop, wake))
        try:
            while not stop.is_set():
                wake.clear()
                await self._begin(wake)
                if brokers.done():
                    brokers.result()
                with suppress(TimeoutError):
                    async with asyncio.timeout(SWEEP_S):
                        await wake.wait()
        finally:
            await self._finish(brokers)

    async def _begin(self, wake: asyncio.Event) -> None:
        """Begins to send one delivery for each channel that has some and is not being sent to."""
        claimed = await self._database.call(claim_due, self._name, set(self._sending), self._brokers.held)
        for delivery in claimed:
            task = asyncio.create_task(self._send(delivery))
            self._sending[delivery.channel_id] = task
            task.add_done_callback(partial(self._ended, delivery.channel_id, wake))

    def _ended(self, channel: UUID, wake: asyncio.Event, task: asyncio.Task[None]) -> None:
        self._sending.pop(channel, None)
        wake.set()

    async def _send(self, delivery: Delivery) -> None:
        """Sends one delivery and writes down what became of it."""
        try:
            try:
                await self._attempt(delivery)
            except NotDelivered as error:
                await self._database.call(record_failed, delivery, error)
            except NotToAll as error:
                await self._database.call(record_sent, delivery, str(error))
            else:
                await self._database.call(record_sent, delivery)
        except UNREACHABLE:  # its claim ends by itself, and it is sent again
            logger.warning("delivery %s: the database went away while it was sent", delivery.pk)

    async def _attempt(self, delivery: Delivery) -> None:
        """Sends one delivery within ATTEMPT_S; a thread that takes longer is left alone. Raises what `deliver` does."""
        message = await self._database.call(message_of, delivery, timezone.now())
        sending = asyncio.get_running_loop().run_in_executor(self._threads, self.deliver, delivery.channel, message)
        try:
            async with asyncio.timeout(ATTEMPT_S):
                await sending
        except TimeoutError:
            raise NotDelivered(ChannelReason.TOO_LONG.said(within_s=ATTEMPT_S)) from None

    def deliver(self, channel: Channel, message: Message) -> None:
        """Sends `message` now, in this thread. Raises NotDelivered or NotToAll."""
        try:
            if channel.kind == ChannelKind.MQTT:
                self._brokers.deliver(channel.pk, message)
            else:
                SENDERS[ChannelKind(channel.kind)](message, receiver_of(channel))
        except (NotDelivered, NotToAll):
            raise
        except Exception:  # a fault of ours must not end the worker, nor be tried without a pause
            logger.exception("a message to the channel %s could not be made", channel.pk)
            raise NotDelivered(ChannelReason.SURPRISE.said()) from None

    async def _keep_brokers(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        told: dict[UUID, str] = {}
        while not stop.is_set():
            before = self._brokers.held
            held = await self._brokers_database.call(hold_channels, self._name)
            ended = await self._brokers_database.call(ended_channels, before)
            await asyncio.to_thread(self._brokers.adjust, held, ended)
            if self._brokers.held - before:
                wake.set()
            for channel, problem in self._brokers.problems().items():
                if told.get(channel) != problem:
                    await self._brokers_database.call(note_broker, channel, problem)
                    told[channel] = problem
            with suppress(TimeoutError):
                async with asyncio.timeout(BROKERS_EVERY_S):
                    await stop.wait()

    async def _finish(self, brokers: asyncio.Task[None]) -> None:
        """Lets what is under way end, says goodbye to the brokers, and gives the leases back."""
        brokers.cancel()
        if tasks := list(self._sending.values()):
            _, late = await asyncio.wait(tasks, timeout=FINISH_S)
            for task in late:
                task.cancel()
        await asyncio.to_thread(self._brokers.close)
        with suppress(*UNREACHABLE):
            await self._database.call(release_channels, self._name)
        self._threads.shutdown(wait=False, cancel_futures=True)
        await self._database.close()
        await self._brokers_database.close()
