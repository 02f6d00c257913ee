"""Tells that an entry of a watchlist was suspended: a trigger has done it as the alert was closed (migration 0042)."""

from __future__ import annotations

from people.base.doorbells import ring_rules
from people.records.suspension import Suspension
from streams.alerting.raising import save_alerts
from streams.records.alert import Alert
from streams.records.states import SUSPENDED_ENTRY, Severity


def tell_if_suspended(closed: Alert) -> None:
    """Raises an alert that the entry raises none any more, by the channels of the rule, if closing `closed` did that.

    It counts as no false alarm of the entry, whatever becomes of it. Workers hear of it by their doorbell; the next
    sighting asks the database in any case.
    """
    suspension = Suspension.objects.holding().filter(alert_id=closed.pk).select_related("person", "watchlist").first()
    if suspension is None:
        return
    ring_rules()
    notice = Alert(
        rule_id=closed.rule_id,
        rule_name=closed.rule_name,
        kind=SUSPENDED_ENTRY,
        severity=Severity.WARNING,
        camera=closed.camera,
        camera_name=closed.camera_name,
        person=suspension.person,
        list_name=suspension.watchlist.name,
        subject=f"suspension {suspension.pk}",
        count=suspension.false,
        captured_at=suspension.at,
    )
    save_alerts([notice])
