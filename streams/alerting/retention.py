"""Deletes alerts that are older than they may be kept, and what has become of quiet rules."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from streams.records.alert import Alert
from streams.records.rule import RuleQuiet

# 1,000: with their notes and deliveries a short transaction.
BATCH = 1_000


def forget_alerts(*, raised_before: datetime) -> int:
    """Deletes alerts with their notes and deliveries, in batches; returns how many."""
    forgotten = 0
    old = Alert.objects.filter(raised_at__lt=raised_before).order_by("raised_at")
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        Alert.objects.filter(pk__in=batch).delete()
        forgotten += len(batch)
    return forgotten


def forget_quiet() -> None:
    """Deletes rows that keep no rule quiet any more: without them it is as loud."""
    RuleQuiet.objects.filter(until__lt=timezone.now()).delete()
