"""The states that a camera or a sighting can be in, as they are stored and as people read them."""

from django.db.models import TextChoices

from people.recognition.types import Verdict
from streams.pipeline.states import ChildState


class CameraStateName(TextChoices):
    """What a camera does now."""

    OFF = "off", "off"
    WAITING = "waiting", "waiting for a worker"
    CONNECTING = ChildState.CONNECTING.value, "connecting"
    LIVE = ChildState.LIVE.value, "live"
    STALLED = ChildState.STALLED.value, "stalled"
    DOWN = ChildState.DOWN.value, "down"


IDLE = (CameraStateName.OFF, CameraStateName.WAITING)
"""States of cameras that no worker runs."""


class StoredVerdict(TextChoices):
    """people.recognition.types.Verdict as a column and in words."""

    MATCH = Verdict.MATCH.value, "known"
    REVIEW = Verdict.REVIEW.value, "to review"
    UNKNOWN = Verdict.UNKNOWN.value, "unknown"
