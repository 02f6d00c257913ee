"""Services that write channels: each is one transaction, and says in the history who did it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from people.base.history import Actor, changed_in_words, log_added, log_changed, log_deleted
from people.base.row_state import digest
from people.errors import WrongState
from streams.cameras.sealing import resealed
from streams.channels.entering import ChannelSettings, read_settings
from streams.channels.home_assistant import Topics
from streams.channels.opening import sealed, secret_of
from streams.channels.queueing import queue_test
from streams.errors import SealBroken
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.groups import CameraGroup, camera_limits, groups_within
from streams.records.states import ChannelKind

MOST_CHANNELS = 100
"""Each may take a thread of a worker while its receiver is slow."""
WRITTEN = ("name", "kind", "is_on", "address", "sealed_secret", "everywhere")
"""Columns that people write; a worker writes the others meanwhile."""


def settings_state(channel: Channel) -> str:
    """Returns the state of what people write of a channel (people/base/row_state.py), without a worker's writes."""
    columns = [f"{name}={getattr(channel, name)!r}" for name in WRITTEN]
    groups = channel.camera_groups.order_by("pk").values_list("pk", flat=True)
    return digest("\n".join([*columns, *map(str, groups)]).encode())


def save_channel(
    *, channel: Channel, entered: Mapping[str, Any], groups: Iterable[CameraGroup] | None, by: Actor
) -> str:
    """Validates and saves a new or changed channel; returns the signing key that was made for it, or "".

    `entered`: the fields of its kind (entering.py); what is missing stays. `groups` None: they stay. Raises
    ValidationError by field.
    """
    with transaction.atomic():
        before, new_key, chosen = check_channel(channel=channel, entered=entered, groups=groups, by=by)
        if before is None:
            channel.made_by_id = by.pk if by else None
            channel.save(force_insert=True)
        else:
            channel.save(update_fields=[*WRITTEN, "updated_at"])
        channel.camera_groups.set(chosen)
        _log(channel, before, by)
        if new_key and before is not None:
            Channel.objects.filter(pk=channel.pk).update(old_key_until=None)  # no key opened the ones before
    return new_key


def check_channel(
    *, channel: Channel, entered: Mapping[str, Any], groups: Iterable[CameraGroup] | None, by: Actor
) -> tuple[Channel | None, str, list[CameraGroup]]:
    """Puts what was entered into `channel`, without saving it. Call it in a transaction: it locks the stored row.

    Returns the stored channel, the signing key that was made, and the groups. Raises ValidationError by field.
    """
    before = Channel.objects.select_for_update(of=("self",)).filter(pk=channel.pk).first()
    made = read_settings(channel.kind, entered, _stored(before, channel))
    channel.address, secret = made.address, made.secret
    if before is None or secret != _secret_if_open(before):
        channel.sealed_secret = sealed(secret)
    _check(channel, before)
    return before, made.new_key, _groups(channel, before, groups, by)


def delete_channel(*, channel: Channel, by: Actor) -> None:
    """Deletes a channel with its deliveries. Rules that told nobody else are switched off, and say why."""
    with transaction.atomic():
        log_deleted([channel], by=by)
        channel.delete()


def send_test(*, channel: Channel, by: Actor) -> Delivery:
    """Has a worker send a test at once. Raises WrongState for a broker's channel that is off: nobody is connected."""
    if channel.kind == ChannelKind.MQTT and not channel.is_on:
        raise WrongState(
            "This channel is off, and a broker is connected to only while its channel is on. Switch it on, and send "
            "the test then."
        )
    with transaction.atomic():
        log_changed(channel, "Sent a test.", by=by)
        return queue_test(channel)


def reseal_secrets() -> tuple[int, list[str]]:
    """Seals all secrets with the newest key; returns how many, and the names of channels that no key opens."""
    done, broken = 0, []
    with transaction.atomic():
        for channel in Channel.objects.exclude(sealed_secret="").select_for_update(of=("self",)):
            try:
                channel.sealed_secret = resealed(channel.sealed_secret)
            except SealBroken:
                broken.append(channel.name)
                continue
            channel.save(update_fields=["sealed_secret"])
            done += 1
    return done, broken


def _stored(before: Channel | None, channel: Channel) -> ChannelSettings | None:
    if before is None:
        return None
    if before.kind != channel.kind:
        raise ValidationError({"kind": "The kind of a channel stays as it is: make another channel."})
    return ChannelSettings(before.address, _secret_if_open(before))


def _secret_if_open(channel: Channel) -> dict[str, str]:
    """Returns the secrets; nothing if no key opens them, so that they are entered again."""
    try:
        return secret_of(channel)
    except SealBroken:
        return {}


def _check(channel: Channel, before: Channel | None) -> None:
    channel.full_clean()
    if before is None and Channel.objects.count() >= MOST_CHANNELS:
        raise ValidationError(f"A site has at most {MOST_CHANNELS} channels.")
    if channel.kind == ChannelKind.MQTT:
        same = {f"address__{name}": channel.address[name] for name in ("host", "port")}
        others = Channel.objects.filter(kind=ChannelKind.MQTT, **same).exclude(pk=channel.pk)
        nodes = {Topics(each).node for each in others.values_list("address__base_topic", flat=True)}
        if Topics(channel.address["base_topic"]).node in nodes:
            raise ValidationError({"base_topic": "Another channel uses this topic on this broker already."})


def _groups(
    channel: Channel, before: Channel | None, groups: Iterable[CameraGroup] | None, by: Actor
) -> list[CameraGroup]:
    """Returns the groups of cameras that it tells of. Whoever is limited makes channels within their limits."""
    limits = camera_limits(by)
    if limits and before is None and groups is None:
        channel.everywhere, groups = False, groups_within(limits)
    chosen = list(channel.camera_groups.all() if groups is None and before else groups or ())
    if limits and (channel.everywhere or not all(group.pk in each for group in chosen for each in limits)):
        raise ValidationError({"camera_groups": "You see only some groups of cameras: choose among these."})
    if not channel.everywhere and not chosen:
        raise ValidationError({"camera_groups": "Choose groups of cameras, or all cameras."})
    return chosen


def _log(channel: Channel, before: Channel | None, by: Actor) -> None:
    if before is None:
        log_added(channel, by=by)
        return
    for column in Channel._meta.concrete_fields:
        if column.name not in WRITTEN:
            setattr(before, column.attname, column.value_from_object(channel))
    if words := changed_in_words(before, channel):
        log_changed(channel, words, by=by)
