"""Stored pictures of detections that no row names any more."""

from __future__ import annotations

from people.objects import remove, without_row
from streams.models import Detection

FOLDER = "snapshots"


def sweep_orphans() -> int:
    """Delete snapshots whose detection is gone (killed processes, cascades); return how many."""
    orphans = list(without_row(FOLDER, Detection.objects.exclude(snapshot="").values_list("snapshot", flat=True)))
    remove(orphans)
    return len(orphans)
