"""The states of photos and imports, as the database stores them and as users read them."""

from django.db.models import TextChoices


class PhotoState(TextChoices):
    """How far the enrolment of a photo has come."""

    PENDING = "pending", "waiting"
    WORKING = "working", "being read"
    ENROLLED = "enrolled", "enrolled"
    CHOOSE = "choose", "choose a face"
    REVIEW = "review", "held for review"
    REJECTED = "rejected", "rejected"


WAITING = (PhotoState.PENDING, PhotoState.WORKING)
"""States of photos that no worker has decided yet."""
HELD = (PhotoState.CHOOSE, PhotoState.REVIEW)
"""States of photos that wait for somebody's decision."""
NEEDS_SOMEBODY = (*HELD, PhotoState.REJECTED)
"""States of photos that somebody should look at."""


class ImportState(TextChoices):
    """How far an import has come."""

    ASKING = "asking", "waits for your answer"
    WAITING = "waiting", "waiting"
    WORKING = "working", "being read"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


DUE = (ImportState.WAITING, ImportState.WORKING)
"""States of imports that a worker still has to finish."""
UNFINISHED = (ImportState.ASKING, *DUE)
"""States of imports that keep their ZIP: somebody or a worker still has something to do."""


class MergeState(TextChoices):
    """How far a merge of two people is, or its undo."""

    MERGING = "merging", "being merged"
    DONE = "done", "merged"
    SEPARATING = "separating", "being separated"
    SEPARATED = "separated", "separated again"
    STOPPED = "stopped", "stopped"
    """One of the two was deleted meanwhile."""
