"""Claims deliveries, one at a time a channel, and writes down what became of each.

A claim is one conditional UPDATE: whoever is killed while sending leaves a row that is due again when the claim ends.
So each is sent at least once, and the receiver sees the same id when it comes twice.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from streams.channels.storms import hold_storm
from streams.errors import NotDelivered
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.states import ChannelKind, DeliveryKind, DeliveryState

logger = logging.getLogger(__name__)

# 60 s: longer than any attempt may take; a killed worker's are due again after it.
CLAIM = timedelta(seconds=60)
FIRST_WAIT_S, LONGEST_WAIT_S = 10, 3600
KEEP_TRYING = timedelta(days=1)
FETCHED = ("channel", "alert__person", "alert__stranger", "alert__camera")


def claim_due(worker: str, busy: Collection[UUID], held: Collection[UUID]) -> list[Delivery]:
    """Claims the delivery that is due longest for each channel that has some.

    `busy`: channels that this worker sends to already. `held`: brokers to which it has the connection.
    """
    mine = ~Q(kind=ChannelKind.MQTT) | Q(pk__in=held)
    tested = Exists(Delivery.objects.due().filter(channel=OuterRef("pk"), kind=DeliveryKind.TEST).order_by())
    due = Exists(Delivery.objects.due().filter(channel=OuterRef("pk")).order_by())
    channels = Channel.objects.filter(mine, due, Q(is_on=True) | tested).exclude(pk__in=busy)
    return [claimed for channel in channels if (claimed := _claim(channel, worker))]


def _claim(channel: Channel, worker: str) -> Delivery | None:
    rows = Delivery.objects.due().filter(channel=channel)
    if not channel.is_on or hold_storm(channel):
        rows = rows.filter(kind=DeliveryKind.TEST)
    token = f"{worker[:80]}/{uuid4().hex[:12]}"
    with transaction.atomic():
        # `pk = (subquery)`, not IN: Postgres then picks and locks exactly one row.
        first = rows.select_for_update(skip_locked=True).values("pk")[:1]
        taken = Delivery.objects.filter(pk=first).update(
            claimed_by=token, attempts=F("attempts") + 1, next_at=Now() + CLAIM
        )
    if not taken:
        return None
    return Delivery.objects.select_related(*FETCHED).filter(claimed_by=token).first()


def fail_due(channel: Channel, worker: str, error: NotDelivered) -> None:
    """Writes down why what is due for `channel` cannot be sent: for a broker that no worker can connect to."""
    if claimed := _claim(channel, worker):
        record_failed(claimed, error)


@transaction.atomic
def record_sent(delivery: Delivery, but: str = "") -> None:
    """Writes that the receiver has it, and `but` who has not; nothing if the claim is not ours any more."""
    if _ours(delivery).update(state=DeliveryState.SENT, sent_at=Now(), claimed_by="", last_reason=but[:300]):
        Channel.objects.filter(pk=delivery.channel_id).update(last_ok_at=Now(), failing_since=None)


@transaction.atomic
def record_failed(delivery: Delivery, error: NotDelivered) -> None:
    """Has it tried again later, or gives it up after a day; what else waits for a receiver that is down waits, too."""
    wait_s = max(error.retry_after_s, _wait_s(delivery.attempts))
    is_over = timezone.now() + timedelta(seconds=wait_s) > delivery.made_at + KEEP_TRYING
    reason = str(error)[:300]
    state = DeliveryState.GAVE_UP if is_over else DeliveryState.WAITING
    later = Now() + timedelta(seconds=wait_s)
    if not _ours(delivery).update(state=state, last_reason=reason, claimed_by="", next_at=later):
        return
    if is_over:
        logger.warning("delivery %s to the channel %s was given up: %s", delivery.pk, delivery.channel_id, reason)
    channel = Channel.objects.filter(pk=delivery.channel_id)
    if not error.receiver_is_down:
        channel.update(last_problem=reason)
        return
    channel.update(last_problem=reason, failing_since=Coalesce("failing_since", Now()))
    others = Delivery.objects.filter(channel=delivery.channel_id, state=DeliveryState.WAITING, claimed_by="")
    others.filter(next_at__lt=later).exclude(kind=DeliveryKind.TEST).update(next_at=later)


def _ours(delivery: Delivery) -> Any:
    return Delivery.objects.filter(pk=delivery.pk, claimed_by=delivery.claimed_by, state=DeliveryState.WAITING)


def _wait_s(attempts: int) -> float:
    """Returns how long to wait after so many attempts: 10 s, twice as long each time, at most an hour."""
    wait_s: int = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(attempts - 1, 20))
    return wait_s * random.uniform(0.9, 1.1)  # noqa: S311 - so that channels do not all wake at once
