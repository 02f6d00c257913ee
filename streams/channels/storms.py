"""Keeps a storm of alerts from flooding a channel: beyond some a minute, one summary a minute tells the others.

No row is lost: each delivery that is held names the summary that tells it.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.states import ChannelKind, DeliveryKind, DeliveryState

MOST_A_MINUTE: dict[str, int] = {
    ChannelKind.WEBHOOK: 120,
    ChannelKind.MQTT: 120,
    ChannelKind.APPRISE: 20,  # what Telegram takes of one sender in a group
    ChannelKind.EMAIL: 10,
}
MINUTE = timedelta(minutes=1)


def hold_storm(channel: Channel) -> bool:
    """Holds what waits if the channel was told its share in the last minute; returns whether it did or had to."""
    # Up to now: after the database's clock was set back, what is written as later says nothing about the last minute.
    lately = (Now() - MINUTE, Now())
    told = Delivery.objects.filter(channel=channel, state=DeliveryState.SENT, sent_at__range=lately)
    if told.exclude(kind=DeliveryKind.TEST).count() < MOST_A_MINUTE[channel.kind]:
        return False
    waiting = Delivery.objects.due().filter(channel=channel, kind=DeliveryKind.ALERT)
    if waiting.exists():
        _hold(channel)
    return True


@transaction.atomic
def _hold(channel: Channel) -> None:
    """Holds the alerts that wait for the channel, in the summary that has not been tried yet, or in a new one."""
    Channel.objects.select_for_update().get(pk=channel.pk)  # one worker at a time makes a summary
    summaries = Delivery.objects.filter(channel=channel, kind=DeliveryKind.SUMMARY, state=DeliveryState.WAITING)
    # Locked: a worker that claims it at this moment would count what it holds before these are among it.
    summary = summaries.filter(attempts=0).select_for_update(of=("self",)).first()
    if summary is None:
        summary = Delivery(channel=channel, kind=DeliveryKind.SUMMARY, next_at=Now() + MINUTE)
        summary.save(force_insert=True)
    waiting = Delivery.objects.due().filter(channel=channel, kind=DeliveryKind.ALERT).order_by()
    waiting.update(state=DeliveryState.HELD, summary=summary, claimed_by="")
