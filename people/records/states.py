"""The states that a row of people can be in, as they are stored and as people read them."""

from django.db.models import TextChoices


class PhotoState(TextChoices):
    """What became of a photo so far."""

    PENDING = "pending", "waiting"
    WORKING = "working", "being read"
    ENROLLED = "enrolled", "enrolled"
    CHOOSE = "choose", "choose a face"
    REVIEW = "review", "held for review"
    REJECTED = "rejected", "rejected"


WAITING = (PhotoState.PENDING, PhotoState.WORKING)
"""Photos that the worker has not decided yet."""
HELD = (PhotoState.CHOOSE, PhotoState.REVIEW)
"""Photos that wait for somebody's decision."""
NEEDS_SOMEBODY = (*HELD, PhotoState.REJECTED)
"""Photos that somebody should look at."""


class ImportState(TextChoices):
    """How far an import has come."""

    WAITING = "waiting", "waiting"
    WORKING = "working", "being read"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


UNFINISHED = (ImportState.WAITING, ImportState.WORKING)
"""Imports that a worker has still to work on."""
