"""What `manage.py doctor` says of erasures: those that are late, and what still keeps what was erased."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from facesite.monitoring.finding import Finding, unwell
from people.base.site_time import time_words
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
    return found or [Finding("erasures", True, " ".join([f"{number:,} certificates.", *keeps]))]
