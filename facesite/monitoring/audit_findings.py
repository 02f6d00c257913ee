"""What `manage.py doctor` and /metrics say of the audit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.utils import timezone
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from people.audit.anchors import STORAGE
from people.audit.standing import LOST_WITHIN, standing
from people.audit.verifying import open_doors

# 10 minutes: web processes chain within seconds, and none may run while somebody works on the site.
WAITS_AT_MOST_S = 600.0
ANCHORED_WITHIN = timedelta(days=2)


def audit_problems() -> Iterator[tuple[str, str]]:
    """Yields what is wrong with the audit, and what to do, as (says, advice)."""
    now = standing()
    if now.fault:
        yield now.fault.rstrip("."), "Run `manage.py verify_audit`; docs/audit.md says what a broken chain means."
    if door := open_doors():
        yield door.rstrip("."), "Run `manage.py migrate`; find out who has switched it off."
    if now.waiting_s > WAITS_AT_MOST_S:
        yield f"entries wait since {now.waiting_s / 60:.0f} minutes for their place", "Does a web process run?"
    if now.lost:
        yield f"lost {now.lost} entries in {LOST_WITHIN.days} days", "The database was away too long; see AUDIT_STRICT."
    if now.set_back:
        numbers = ", ".join(f"{number:,}" for number in now.set_back[:5])
        yield f"the clock was set back before entries {numbers}", "Find out who set it: docs/audit.md."
    if now.unanchored_since and timezone.now() - now.unanchored_since > ANCHORED_WITHIN:
        yield "has no anchor of the last two days", "Does `manage.py tidy` run once a day?"
    if settings.AUDIT_BUCKET:
        yield from _of_bucket()


def audit_words() -> str:
    """Says in words that all is well."""
    now = standing()
    where = f"bucket {settings.AUDIT_BUCKET}" if settings.AUDIT_BUCKET else "the log alone"
    anchored = f"anchored {now.anchored_at:%Y-%m-%d %H:%M}" if now.anchored_at else "not anchored yet"
    return f"{now.number:,} entries, {anchored}; anchors go to {where}"


def audit_figures() -> list[Metric]:
    """From the database, in four short queries; before the first anchor in five."""
    now = standing()
    age_s = (timezone.now() - now.anchored_at).total_seconds() if now.anchored_at else 0.0
    return [
        GaugeMetricFamily("facesite_audit_entries", "Number of the last entry of the audit.", now.number),
        GaugeMetricFamily(
            "facesite_audit_waiting_seconds", "Age of the oldest entry that waits for its place.", now.waiting_s
        ),
        GaugeMetricFamily(
            "facesite_audit_broken", "Whether the last walk found the chain of the audit broken.", bool(now.fault)
        ),
        GaugeMetricFamily("facesite_audit_anchor_age_seconds", "Age of the last anchor of the audit.", age_s),
    ]


def _of_bucket() -> Iterator[tuple[str, str]]:
    """Looks whether anchors can be deleted from their bucket again."""
    storage: Any = storages[STORAGE]
    bucket = storage.client.get_bucket(settings.AUDIT_BUCKET)
    if not bucket.retention_period:
        yield f"the bucket {settings.AUDIT_BUCKET} has no retention policy", "Set one, and lock it: docs/audit.md."
    elif not bucket.retention_policy_locked:
        yield f"the retention policy of {settings.AUDIT_BUCKET} is not locked", "Lock it: docs/audit.md."
