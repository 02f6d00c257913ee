"""Thresholds that were decided on, and imports that have ended."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from tests.upgrade.filling.rows import AT, EARLIER_ENGINE, identity, row


def add_thresholds(by: Any) -> None:
    """Two of the engine in use, the later ones in force, and some of the engine before."""
    engine = apps.get_model("people.EngineChoice")._base_manager.order_by("-pk")[0].engine
    for each, match, reason in ((EARLIER_ENGINE, 0.5, "Guessed."), (engine, 0.25, "Strict."), (engine, 0.3, "Fair.")):
        values = {"match": match, "review": match + 0.0625, "margin": 0.01, "wanted_rate": 0.001}
        row("people.DecisionThresholds", engine=each, reason=reason, created_by=by, **values)


def add_imports(by: Any, ruth: Any) -> None:
    """One that went through, with its report, and one that did not."""
    ends = {"created_by": by, "due_at": AT, "started_at": AT, "finished_at": AT, "size_bytes": 9}
    counts = {"entries_total": 2, "entries_seen": 2, "people_found": 1, "photos_known": 1, "refused": 1}
    done = row("people.ImportJob", id=identity(21), original_name="a.zip", state="done", **counts, **ends)
    known = {"person_name": ruth.name, "person": ruth, "photo_id": identity(102), "status": "already_there"}
    row("people.ImportEntry", job=done, number=0, path="Ruth Random/2.jpg", **known)
    refused = {"status": "not_an_image", "message": "This is not a picture."}
    row("people.ImportEntry", job=done, number=1, path="x.txt", **refused)
    failed = {"state": "failed", "reason": "The ZIP could not be read.", "entries_total": 1}
    row("people.ImportJob", id=identity(22), original_name="b.zip", **failed, **ends)
