"""Creates deliveries: rows that a worker sends, in the transaction of what they tell of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from people.base.doorbells import ring
from streams.records.alert import Alert
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.rule import Rule
from streams.records.states import DeliveryKind

DOORBELL = "deliveries.due"


def queue(alerts: Sequence[Alert]) -> int:
    """Creates a delivery for each channel of each alert's rule; returns how many. Call it in the alerts' transaction.

    A channel that is off is left out, and so is one that tells of other cameras. Calling it twice changes nothing. Ring
    DOORBELL after the commit.
    """
    rows = [Delivery(channel_id=channel, alert=alert, kind=DeliveryKind.ALERT) for alert, channel in _told(alerts)]
    if rows:
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _told(alerts: Sequence[Alert]) -> Iterator[tuple[Alert, UUID]]:
    """Yields each alert with the channels that tell it: one query for all alerts of a camera."""
    for camera, group in groupby(alerts, lambda alert: alert.camera_id):
        here = list(group)
        for rule, channel in _channels(camera, [alert.rule_id for alert in here if alert.rule_id]):
            yield from ((alert, channel) for alert in here if alert.rule_id == rule)


def _channels(camera: int | None, rules: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Returns (rule, channel) for the channels of `rules` that are on and tell of this camera.

    An alert of no camera, about somebody who did not come, is told by channels that tell of all places of its rule.
    """
    where = Q(channel__everywhere=True)
    where |= Q(channel__camera_groups__cameras=camera) if camera else _tells_of_all_places()
    rows = Rule.channels.through.objects.filter(where, rule__in=rules, channel__is_on=True)
    return list(rows.values_list("rule_id", "channel_id").distinct()) if rules else []


def _tells_of_all_places() -> Q:
    """Returns the condition that a rule looks nowhere but at cameras and groups of which its channel tells."""
    told = Channel.camera_groups.through.objects.filter(channel=OuterRef(OuterRef("channel")))
    cameras = Rule.cameras.through.objects.filter(rule=OuterRef("rule"))
    groups = Rule.camera_groups.through.objects.filter(rule=OuterRef("rule"))
    return Q(
        ~Exists(cameras.filter(~Exists(told.filter(cameragroup__cameras=OuterRef("camera"))))),
        ~Exists(groups.filter(~Exists(told.filter(cameragroup=OuterRef("cameragroup"))))),
        Exists(cameras) | Exists(groups),
        rule__everywhere=False,
    )


def queue_test(channel: Channel) -> Delivery:
    """Creates a delivery that only says that the channel works; also for one that is off."""
    delivery = Delivery(channel=channel, kind=DeliveryKind.TEST)
    delivery.save(force_insert=True)
    ring(DOORBELL)
    return delivery
