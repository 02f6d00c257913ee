"""Tells open dashboards of alerts, after the commit; the row holds the truth, so a lost message costs a banner."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from functools import partial
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import transaction

from people.base.doorbells import ring_now
from streams.channels.queueing import DOORBELL
from streams.records.alert import Alert
from streams.records.rule import NAMING_NOBODY
from streams.wire.announcing import AlertSaid, announce_alerts
from streams.wire.builders import alert_event

logger = logging.getLogger(__name__)

# 50: a storm of alerts is told by its newest; the page of alerts has them all.
MOST_TOLD = 50


def said_of(alerts: Sequence[Alert]) -> list[AlertSaid]:
    """Returns what dashboards are told of the newest MOST_TOLD of `alerts`, the newest last."""
    return [_said(row) for row in alerts[-MOST_TOLD:]]


async def tell(alerts: Sequence[AlertSaid], deliveries: int) -> None:
    """Tells whoever watches, and rings the workers if `deliveries` wait. Call it after the commit."""
    if deliveries:
        await ring_now(DOORBELL)
    if alerts:
        await announce_alerts(alerts)


def tell_dashboards(alerts: Collection[UUID]) -> None:
    """Sends the newest MOST_TOLD of `alerts`, as they stand after this transaction's commit, to whoever watches."""
    if alerts:
        transaction.on_commit(partial(_tell, list(alerts)), robust=True)


def _tell(alerts: Collection[UUID]) -> None:
    try:
        rows = Alert.objects.filter(pk__in=alerts).select_related("camera", "person", "stranger")[:MOST_TOLD]
        async_to_sync(announce_alerts)([_said(row) for row in rows])
    except Exception:  # the alert is committed: whoever watches sees it on the page of alerts
        logger.warning("dashboards were not told of %d alerts", len(alerts), exc_info=True)


def _said(row: Alert) -> AlertSaid:
    return {
        "type": "alert",
        "camera_id": row.camera_id,
        "person": str(row.person_id) if row.person_id else None,
        "names_somebody": row.person_id is not None or row.kind not in NAMING_NOBODY,
        "event": alert_event(row, row.said),
        "without_list": row.said_without_list,
    }
