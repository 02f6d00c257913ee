"""Opens a channel's sealed secrets for the worker that sends to it, and for nobody else."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.conf import settings

from streams.cameras.sealing import seal, unseal
from streams.channels.message import Receiver
from streams.channels.reasons import ChannelReason
from streams.errors import NotDelivered, SealBroken
from streams.pipeline.sources.networks import CameraNetworks
from streams.records.channel import Channel


def channel_networks() -> CameraNetworks:
    """Returns the networks where receivers may be besides public ones."""
    return CameraNetworks.of(settings.CHANNEL_NETWORKS)


def sealed(secret: Mapping[str, str]) -> str:
    """Returns a token of streams.cameras.sealing; "" if there is no secret."""
    kept = {name: value for name, value in secret.items() if value}
    return seal(json.dumps(kept)) if kept else ""


def secret_of(channel: Channel) -> dict[str, str]:
    """Returns the secrets: never show or log them. Raises SealBroken."""
    opened = unseal(channel.sealed_secret)
    return json.loads(opened) if opened else {}


def receiver_of(channel: Channel) -> Receiver:
    """Returns where the channel's messages go, and the keys that sign now. Raises NotDelivered if no key opens it."""
    try:
        secret = secret_of(channel)
    except SealBroken:
        raise NotDelivered(ChannelReason.SEAL_BROKEN.said()) from None
    if not channel.has_old_key:
        secret.pop("old_key", None)
    return Receiver(channel.address, secret, channel_networks())
