"""The connections to MQTT brokers: one worker keeps each, by a lease that others take when it falls silent."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce, Now

from people.base.due import LONGEST_LEASE
from streams.channels.camera_values import cameras_now
from streams.channels.claiming import fail_due
from streams.channels.home_assistant import Topics, retained
from streams.channels.message import Message, Receiver
from streams.channels.mqtt_client import BrokerLink
from streams.channels.opening import receiver_of
from streams.channels.reasons import ChannelReason
from streams.errors import NotDelivered
from streams.records.channel import Channel
from streams.records.states import ChannelKind

# 15 s: it is renewed every two seconds, so a worker that is alive never loses it.
LEASE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class HeldChannel:
    """A channel whose connection this worker keeps, and what its broker is to retain."""

    id: UUID
    receiver: Receiver
    wanted: dict[str, str]


def hold_channels(worker: str) -> list[HeldChannel]:
    """Renews this worker's leases and takes those that are free. In a database thread."""
    theirs = ~Q(held_by=worker) & Q(held_until__range=(Now(), Now() + LONGEST_LEASE))
    brokers = Channel.objects.on().filter(kind=ChannelKind.MQTT)
    brokers.exclude(theirs).update(held_by=worker, held_until=Now() + LEASE)
    held: list[HeldChannel] = []
    for channel in brokers.filter(held_by=worker):
        try:
            receiver = receiver_of(channel)
        except NotDelivered as error:
            note_broker(channel.pk, str(error))
            fail_due(channel, worker, error)
            continue
        topics = Topics(channel.address["base_topic"], channel.address["discovery_prefix"])
        held.append(HeldChannel(channel.pk, receiver, retained(cameras_now(channel), topics)))
    return held


def ended_channels(channels: Collection[UUID]) -> set[UUID]:
    """Returns those of `channels` that are off or deleted: no worker keeps their connection. In a database thread."""
    on = Channel.objects.on().filter(kind=ChannelKind.MQTT, pk__in=channels)
    return {*channels} - {*on.values_list("pk", flat=True)} if channels else set()


def release_channels(worker: str) -> None:
    """Gives this worker's leases back. In a database thread."""
    Channel.objects.filter(held_by=worker).update(held_by="", held_until=None)


def note_broker(channel: UUID, problem: str) -> None:
    """Writes what is wrong with a broker, or that nothing is any more; only if that is news. In a database thread."""
    row = Channel.objects.filter(pk=channel)
    if problem:
        row.exclude(last_problem=problem, failing_since__isnull=False).update(
            last_problem=problem, failing_since=Coalesce("failing_since", Now())
        )
    else:
        row.exclude(failing_since=None).update(failing_since=None, last_ok_at=Now())


class Brokers:
    """This worker's connections, by channel; from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._links: dict[UUID, tuple[Receiver, BrokerLink]] = {}

    @property
    def held(self) -> set[UUID]:
        return set(self._links)

    def adjust(self, held: list[HeldChannel], ended: Collection[UUID] = ()) -> None:
        """Opens and closes connections, so that there is one for each channel of `held` as it is set now.

        `ended`: channels that are off or deleted. Of these, and of those that lead elsewhere now, the broker would keep
        names that nobody takes back any more: not even after the person was erased.
        """
        wanted = {each.id: each for each in held}
        with self._lock:
            for channel, (receiver, link) in list(self._links.items()):
                if channel not in wanted or wanted[channel].receiver != receiver:
                    link.close(take_back=channel in ended or channel in wanted)
                    del self._links[channel]
            for each in held:
                if each.id in self._links:
                    self._links[each.id][1].keep(each.wanted)
                else:
                    link = BrokerLink(each.receiver, f"facesite-{each.id.hex}", each.wanted)
                    self._links[each.id] = (each.receiver, link)

    def problems(self) -> dict[UUID, str]:
        """Returns what is wrong with each connection; "" for those that stand."""
        return {channel: link.problem for channel, (_, link) in self._links.items()}

    def deliver(self, channel: UUID, message: Message) -> None:
        """Publishes an event: for the whole site, and for its camera. Raises NotDelivered. From any thread."""
        kept = self._links.get(channel)
        if kept is None:
            raise NotDelivered(ChannelReason.BROKER_AWAY.said())
        _, link = kept
        topics = [link.topics.alerts]
        camera = message.fields.get("camera")
        if camera and camera["id"]:
            topics.append(link.topics.camera(camera["id"], "alert"))
        event = {"event_type": message.fields["severity"], "title": message.title, "text": message.text}
        told = {"id": message.id, "type": message.event, "link": message.link, **message.fields}
        link.publish(topics, json.dumps({**event, **told}, ensure_ascii=False))

    def close(self) -> None:
        with self._lock:
            for _, link in self._links.values():
                link.close()
            self._links.clear()
