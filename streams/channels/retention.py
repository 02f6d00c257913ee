"""Forgets deliveries. Those of an alert go with it; tests and summaries are of no alert and go by their age."""

from __future__ import annotations

from datetime import datetime

from streams.records.delivery import Delivery


def forget_deliveries(*, made_before: datetime) -> int:
    """Deletes tests and summaries that were made before; returns how many."""
    return Delivery.objects.filter(alert=None, made_at__lt=made_before).delete()[0]
