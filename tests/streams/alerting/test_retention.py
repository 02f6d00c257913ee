"""Alerts are kept as long as the site says, and rules that were quiet leave nothing behind."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from people.records.keeping_term import KeptKind
from streams.alerting import retention
from streams.alerting.working_off import add_note
from streams.records.alert import Alert, AlertNote
from streams.records.delivery import Delivery
from streams.records.rule import RuleQuiet
from tests.keeping import kept_for
from tests.streams.alerting_rows import a_channel, a_rule, an_alert

pytestmark = pytest.mark.django_db


def forget() -> str:
    out = StringIO()
    call_command("forget", stdout=out)
    return out.getvalue()


def test_alerts_go_after_their_time_with_notes_and_deliveries(monkeypatch: pytest.MonkeyPatch, operator: Any) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    rows = {days: an_alert(raised_at=timezone.now() - timedelta(days=days)) for days in (1, 29, 31, 32, 33)}
    for alert in rows.values():
        add_note(alert=alert, text="The postman", by=operator)
    Delivery.objects.create(channel=a_channel(), alert=rows[33])
    assert "Alerts: 0 deleted." in forget()
    kept_for(30, KeptKind.ALERTS)
    assert "Alerts: 3 deleted." in forget()
    assert set(Alert.objects.all()) == {rows[1], rows[29]}
    assert (AlertNote.objects.count(), Delivery.objects.count()) == (2, 0)


def test_only_what_still_keeps_a_rule_quiet_stays() -> None:
    rule, now = a_rule(), timezone.now()
    RuleQuiet.objects.create(rule=rule, subject="gone", until=now - timedelta(seconds=1))
    RuleQuiet.objects.create(rule=rule, subject="quiet", until=now + timedelta(hours=1))
    forget()
    assert [each.subject for each in RuleQuiet.objects.all()] == ["quiet"]
