"""What entries of the audit may say that was done: a closed list, so that an auditor can ask for each."""

from __future__ import annotations

from django.db import models


class Action(models.TextChoices):
    """The words are kept in chained rows: a value may be added, and never be renamed."""

    ADDED = "added", "added"
    CHANGED = "changed", "changed"
    DELETED = "deleted", "deleted"
    LOOKED = "looked", "looked at"
    LISTED = "listed", "listed"
    SAW_PICTURES = "saw_pictures", "saw pictures"
    WATCHED = "watched", "began to watch live"
    STOPPED_WATCHING = "stopped_watching", "stopped watching live"
    SEARCHED = "searched", "searched by a face"
    RECOGNISED = "recognised", "had faces recognised"
    VERIFIED = "verified", "had faces compared"
    EXPORTED = "exported", "took a copy"
    LOST = "lost", "entries were lost"
    FORGOT = "forgot", "old entries were deleted"
    EMPTIED = "emptied", "details were erased"


WRITES = (Action.ADDED, Action.CHANGED, Action.DELETED)
"""Written by triggers, in the transaction of what was written."""
ABOUT_ITSELF = (Action.LOST, Action.FORGOT, Action.EMPTIED)
"""What the audit says of itself; their details are never erased."""
