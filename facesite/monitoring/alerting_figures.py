"""Numbers of alerts that wait for somebody, of channels that fail, and of deliveries, for monitoring."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from people.base.figures import gauge_by
from streams.records.alert import Alert
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.rule import Rule
from streams.records.states import AlertState, OffBecause

DAY = timedelta(days=1)
OPEN = [state for state in AlertState.values if state != AlertState.CLOSED]


def alerting_figures() -> list[Metric]:
    """From the database, in six short queries; deliveries have indexes that hold these rows alone."""
    now = timezone.now()
    failing = dict(Channel.objects.on().values_list("name", "failing_since"))
    none = dict.fromkeys(failing, 0)
    waiting = Delivery.objects.waiting().order_by()
    oldest = waiting.aggregate(at=Min("made_at"))["at"]
    opened = dict(Alert.objects.open().order_by().values_list("state").annotate(Count("pk")))
    off = dict(Rule.objects.exclude(off_because="").order_by().values_list("off_because").annotate(Count("pk")))
    given_up = Delivery.objects.given_up_since(now - DAY).order_by()
    return [
        gauge_by(
            "state",
            "facesite_alerts_open",
            "Alerts that wait for somebody, by state.",
            {state: opened.get(state, 0) for state in OPEN},
        ),
        gauge_by(
            "channel",
            "facesite_channel_failing_seconds",
            "For how long each channel that is on has failed; 0 while it works.",
            {name: (now - since).total_seconds() if since else 0.0 for name, since in failing.items()},
        ),
        gauge_by(
            "channel",
            "facesite_deliveries_waiting",
            "Deliveries to each channel that is on which wait to be sent, or to be tried again.",
            {**none, **dict(waiting.values_list("channel__name").annotate(Count("pk")))},
        ),
        GaugeMetricFamily(
            "facesite_deliveries_oldest_seconds",
            "Age of the oldest delivery that waits.",
            (now - oldest).total_seconds() if oldest else 0.0,
        ),
        gauge_by(
            "channel",
            "facesite_deliveries_given_up",
            "Deliveries that were given up in the last day, by channel.",
            {**none, **dict(given_up.values_list("channel__name").annotate(Count("pk")))},
        ),
        gauge_by(
            "because",
            "facesite_rules_switched_off",
            "Rules that were switched off by themselves, by what was deleted from under them.",
            {because: off.get(because, 0) for because in OffBecause.values},
        ),
    ]
