"""What doctor and monitoring say of the audit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from facesite.monitoring.audit_findings import audit_figures, audit_problems, audit_words
from facesite.monitoring.findings import audit
from people.audit.anchors import make_anchor
from people.audit.entry import PendingEntry
from people.audit.words import Action
from tests.people.audit.rows import as_superuser, entry

pytestmark = pytest.mark.django_db


def test_an_audit_that_is_whole_and_anchored_is_well() -> None:
    entry()
    make_anchor()
    (finding,) = audit()
    assert finding.is_well
    assert "1 entries, anchored" in finding.says


def test_a_broken_chain_is_said_and_shown() -> None:
    entry()
    with as_superuser() as cursor:
        cursor.execute("UPDATE people_auditentry SET who = 'x'")
    make_anchor()
    assert "Entry 1 was changed" in [says for says, _ in audit_problems()]
    values = {figure.name: figure.samples[0].value for figure in audit_figures()}
    assert values["facesite_audit_broken"] == 1


def test_lost_entries_waiting_entries_and_missing_anchors_are_said() -> None:
    entry(action=Action.LOST, kind="audit", detail={"count": 12})
    PendingEntry.objects.create(who="ann", action="looked", kind="person", at=timezone.now() - timedelta(hours=1))
    with as_superuser() as cursor:
        cursor.execute("UPDATE people_auditentry SET chained_at = chained_at - interval '3 days'")
    told = " ".join(says for says, _ in audit_problems())
    assert "lost 12 entries" in told
    assert "wait since 60 minutes" in told
    assert "no anchor" in told


def test_a_site_of_its_first_day_is_well_before_its_first_anchor() -> None:
    entry()
    assert list(audit_problems()) == []
    assert "not anchored yet" in audit_words()


def test_a_bucket_from_which_anchors_can_be_deleted_is_said(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Bucket:
        retention_period, retention_policy_locked = None, False

    class Client:
        def get_bucket(self, name: str) -> Bucket:
            return Bucket()

    class Storage:
        client = Client()

    settings.AUDIT_BUCKET = "anchors-of-site"
    monkeypatch.setattr("facesite.monitoring.audit_findings.storages", {"anchors": Storage()})
    assert "the bucket anchors-of-site has no retention policy" in [says for says, _ in audit_problems()]
