"""Creates deliveries: rows that a worker sends, in the transaction of what they tell of."""

from __future__ import annotations

from django.db.models import Q

from people.base.doorbells import ring
from streams.records.alert import Alert
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.states import DeliveryKind

DOORBELL = "deliveries.due"


def queue(alert: Alert) -> int:
    """Creates a delivery for each channel of the alert's rule; returns how many. Call it in the alert's transaction.

    A channel that is off is left out, and so is one that tells of other cameras. Calling it twice changes nothing.
    """
    channels = Channel.objects.on().filter(rules=alert.rule_id) if alert.rule_id else Channel.objects.none()
    here = Q(everywhere=True)
    if alert.camera_id:
        here |= Q(camera_groups__cameras=alert.camera_id)
    rows = [
        Delivery(channel_id=channel, alert=alert, kind=DeliveryKind.ALERT)
        for channel in channels.filter(here).values_list("pk", flat=True).distinct()
    ]
    if rows:
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        ring(DOORBELL)
    return len(rows)


def queue_test(channel: Channel) -> Delivery:
    """Creates a delivery that only says that the channel works; also for one that is off."""
    delivery = Delivery(channel=channel, kind=DeliveryKind.TEST)
    delivery.save(force_insert=True)
    ring(DOORBELL)
    return delivery
