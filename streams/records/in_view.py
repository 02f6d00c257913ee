"""Says for how long somebody counts as in view whom the camera has not confirmed again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Least, NullIf

from streams.pipeline.analysis.tracker import LOST_GAPS
from streams.pipeline.clock import LONGEST_GAP_S
from streams.records.camera import CameraStatus

SILENT_AFTER_S = 10.0
"""A camera tells every 2 s that somebody is still there. After 10 s of silence it is down, or its worker is.

A camera whose pictures come more seldom cannot tell before the next one: it gets as many gaps more as it gives a face
that it does not find again before the sighting ends.
"""
_LONGEST_MORE_S = LOST_GAPS * LONGEST_GAP_S
LONGEST_IN_VIEW = timedelta(seconds=SILENT_AFTER_S + _LONGEST_MORE_S)


def silent_after_s(fps_analysed: float | None) -> float:
    """Returns the seconds of silence after which whoever this camera saw is out of view.

    `fps_analysed`: pictures a second that it looks at; None or 0 if that is not known.
    """
    return SILENT_AFTER_S + (min(LOST_GAPS / fps_analysed, _LONGEST_MORE_S) if fps_analysed else 0.0)


def in_view_at(now: datetime) -> Q:
    """Returns the condition that whoever a sighting shows is in view at `now`, by the pace of its camera."""
    # No join: in a filter Django would make it one that drops sightings of cameras that have no status yet.
    paces = CameraStatus.objects.filter(camera=OuterRef("camera_id")).values("fps_analysed")
    gaps_s = LOST_GAPS / NullIf(Subquery(paces), Value(0.0))
    # Coalesce first: of a null and a number, Postgres takes the number for the least.
    within_s = SILENT_AFTER_S + Least(Coalesce(gaps_s, 0.0), Value(_LONGEST_MORE_S))
    within = Func(within_s, template="make_interval(secs => %(expressions)s)", output_field=DurationField())
    # With the first bound, an index on the time serves.
    at_all = now - LONGEST_IN_VIEW
    since = ExpressionWrapper(Value(now, DateTimeField()) - within, output_field=DateTimeField())
    return Q(ended_at=None, last_seen_at__gte=at_all) & Q(last_seen_at__gte=since)
