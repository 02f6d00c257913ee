"""Puts into words and fields what a delivery tells: an alert, a test, or a summary of alerts that were too many.

Names come from the rows at the moment of sending: whoever erases a person erases the name in deliveries, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from people.base.site_time import time_words
from streams.channels.message import Message
from streams.records.alert import Alert
from streams.records.delivery import Delivery
from streams.records.states import DeliveryKind, Severity, StoredVerdict

MOST_RULES = 10
"""Rules that a summary names; it counts all."""


def message_of(delivery: Delivery, at: datetime) -> Message:
    """Returns what `delivery` tells. `at`: when it is sent. Fetch `channel` and the alert's rows with it."""
    if delivery.alert:
        return _of_alert(delivery, delivery.alert, at)
    if delivery.kind == DeliveryKind.SUMMARY:
        alerts = Alert.objects.filter(deliveries__summary=delivery).order_by("raised_at")
        return _of_summary(delivery, list(alerts[:10_000]), at)
    text = f"The channel “{delivery.channel.name}” works: alerts of its rules will come here."
    return Message(str(delivery.pk), delivery.kind, at, "A test", text, {"severity": Severity.INFO}, settings.SITE_URL)


def _of_alert(delivery: Delivery, alert: Alert, at: datetime) -> Message:
    title = f"{alert.get_severity_display().capitalize()}: {alert.said}"
    sure = StoredVerdict(alert.verdict).label if alert.verdict else ""
    lines = [
        ("When", time_words(alert.captured_at)),
        ("Camera", alert.camera_name),
        ("How sure", sure),
        ("Rule", alert.rule_name),
    ]
    text = "\n".join(f"{label}: {value}" for label, value in lines if value)
    return Message(str(delivery.pk), delivery.kind, at, title, text, fields_of(alert), link_to(alert))


def fields_of(alert: Alert) -> dict[str, Any]:
    """Returns an alert for machines. No distance: only who may read encodings reads that exactly."""
    return {
        "alert": str(alert.pk),
        "rule": alert.rule_name,
        "kind": alert.kind,
        "severity": alert.severity,
        "camera": {"id": alert.camera_id, "name": alert.camera_name} if alert.camera_name else None,
        "person": {"id": str(alert.person_id), "name": alert.whom} if alert.person_id else None,
        "stranger": alert.stranger.number if alert.stranger else None,
        "verdict": alert.verdict or None,
        "count": alert.count,
        "sighting": str(alert.sighting_id) if alert.sighting_id else None,
        "captured_at": alert.captured_at.isoformat(),
        "raised_at": alert.raised_at.isoformat(),
    }


def link_to(alert: Alert) -> str:
    return f"{settings.SITE_URL}/alerts/{alert.pk}/" if settings.SITE_URL else ""


def _of_summary(delivery: Delivery, alerts: Sequence[Alert], at: datetime) -> Message:
    rules = Counter(alert.rule_name for alert in alerts).most_common()
    severity = max((alert.severity for alert in alerts), key=Severity.values.index, default=Severity.INFO)
    lines = [f"{count} × {rule}" for rule, count in rules[:MOST_RULES]]
    if alerts:
        lines.insert(0, f"From {time_words(alerts[0].raised_at)} to {time_words(alerts[-1].raised_at)}.")
    fields = {
        "severity": severity,
        "count": len(alerts),
        "rules": [{"rule": rule, "count": count} for rule, count in rules],
        "first_at": alerts[0].raised_at.isoformat() if alerts else None,
        "last_at": alerts[-1].raised_at.isoformat() if alerts else None,
    }
    link = f"{settings.SITE_URL}/alerts/" if settings.SITE_URL else ""
    title = f"{len(alerts)} more alerts"
    return Message(str(delivery.pk), delivery.kind, at, title, "\n".join(lines), fields, link)
