"""Puts into words and fields what a delivery tells: an alert, a test, or a summary of alerts that were too many.

Names come from the rows at the moment of sending: whoever erases a person erases the name in deliveries, too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min

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
        return _of_summary(delivery, at)
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


def _of_summary(delivery: Delivery, at: datetime) -> Message:
    alerts = Alert.objects.filter(deliveries__summary=delivery).order_by()
    counted = alerts.values_list("rule_name").annotate(n=Count("*")).order_by("-n", "rule_name")
    rules = [{"rule": rule, "count": count} for rule, count in counted]
    total = sum(rule["count"] for rule in rules)
    severities = alerts.values_list("severity", flat=True).distinct()
    span = alerts.aggregate(first_at=Min("raised_at"), last_at=Max("raised_at"))
    lines = [f"{rule['count']} × {rule['rule']}" for rule in rules[:MOST_RULES]]
    if rules:
        lines.insert(0, f"From {time_words(span['first_at'])} to {time_words(span['last_at'])}.")
    fields = {
        "severity": max(severities, key=Severity.values.index, default=Severity.INFO),
        "count": total,
        "rules": rules,
        **{name: moment.isoformat() if moment else None for name, moment in span.items()},
    }
    link = f"{settings.SITE_URL}/alerts/" if settings.SITE_URL else ""
    return Message(str(delivery.pk), delivery.kind, at, f"{total} more alerts", "\n".join(lines), fields, link)
