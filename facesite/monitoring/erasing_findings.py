"""What `manage.py doctor` and /metrics say of erasures: those that wait, and what still keeps what was erased.

/metrics has access requests, too: both are what people are entitled to, within a time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import DatabaseError
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.metrics_core import Metric

from facesite.monitoring.finding import Finding, unwell
from people.base.figures import gauge_by
from people.base.site_time import time_words
from streams.access_requests.access_request import AccessRequest
from streams.erasing.erasure import Erasure, ErasureCertificate
from streams.erasing.remains import of_backups, of_bucket

# 1 hour: an erasure takes half a minute, and one that waits for a full disk or a merge is tried every ten minutes.
LATE = timedelta(hours=1)


def erasures() -> list[Finding]:
    """Whether what was to be erased is, and who else keeps it."""
    try:
        late = Erasure.objects.unended().filter(created_at__lt=timezone.now() - LATE)
        found = [
            unwell(
                "erasures",
                f"{row.reference}, asked for {time_words(row.created_at)}, is not done ({row.problem or 'it waits'})",
                "Does a worker run? Its log says what stands in the way.",
            )
            for row in late
        ]
        last = ErasureCertificate.objects.order_by("-made_at").values_list("made_at", flat=True).first()
        number = ErasureCertificate.objects.count()
        keeps = [*of_bucket(last or timezone.now()), *(of_backups(last) if last else [])]
    except DatabaseError:
        return []  # said already
    said = " ".join([f"{number:,} certificates.", *keeps]).rstrip(".")
    return found or [Finding("erasures", True, said)]


def request_figures() -> list[Metric]:
    """In two queries, by indexes that hold the rows that wait alone."""
    now = timezone.now()
    kinds: dict[str, Any] = {"erasure": Erasure, "access_request": AccessRequest}
    waits = {
        kind: rows.objects.unended().order_by().aggregate(number=Count("pk"), oldest=Min("created_at"))
        for kind, rows in kinds.items()
    }
    return [
        gauge_by(
            "kind",
            "facesite_requests_waiting",
            "Erasures and access requests that were asked for and are not done.",
            {kind: found["number"] for kind, found in waits.items()},
        ),
        gauge_by(
            "kind",
            "facesite_requests_oldest_seconds",
            "How long ago the oldest of them was asked for.",
            {kind: (now - (found["oldest"] or now)).total_seconds() for kind, found in waits.items()},
        ),
    ]
