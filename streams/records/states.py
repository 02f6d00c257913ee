"""The states of cameras and the verdicts of sightings, as the database stores them and as users read them."""

from django.db.models import TextChoices

from people.recognition.types import Verdict
from streams.pipeline.states import ChildState


class CameraStateName(TextChoices):
    """The live state of a camera."""

    OFF = "off", "off"
    WAITING = "waiting", "waiting for a worker"
    CONNECTING = ChildState.CONNECTING.value, "connecting"
    LIVE = ChildState.LIVE.value, "live"
    STALLED = ChildState.STALLED.value, "stalled"
    DOWN = ChildState.DOWN.value, "down"
    ENDED = ChildState.ENDED.value, "ended"


IDLE = (CameraStateName.OFF, CameraStateName.WAITING, CameraStateName.ENDED)
"""States of cameras that no worker runs."""


class StoredVerdict(TextChoices):
    """people.recognition.types.Verdict as a database column, with words for users."""

    MATCH = Verdict.MATCH.value, "known"
    REVIEW = Verdict.REVIEW.value, "to review"
    UNKNOWN = Verdict.UNKNOWN.value, "unknown"
