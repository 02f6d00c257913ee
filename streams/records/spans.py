"""Reads the first sightings of a list that lies in many short spans of time, such as the evenings of a year.

Postgres has no index on hours of a day. Reading newest first, it would pass over all the mornings in between, or over
the whole table where nobody came in these hours. So each span is one look into the index on time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import EmptyResultSet
from django.db.models import DateTimeField
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from streams.records.sighting import SightingQuerySet

# Ordered by place: the first spans are read first, and no more of them than fill the page.
_FOUND = """
SELECT found.id FROM unnest(%s::timestamptz[], %s::timestamptz[]) WITH ORDINALITY AS span(start, stop, place)
CROSS JOIN LATERAL ({sightings}) AS found
ORDER BY span.place, found.first_seen_at {way}, found.id {way} LIMIT %s
"""


def first_within(
    rows: SightingQuerySet, spans: Sequence[tuple[datetime, datetime]], limit: int, *, ascending: bool
) -> SightingQuerySet:
    """Returns the first `limit` of `rows` by time that lie in `spans` (which do not overlap, newest first).

    `rows` have to lie in the spans by a condition of their own: the spans only say where to look.
    """
    start, stop = (RawSQL(f"span.{side}", (), output_field=DateTimeField()) for side in ("start", "stop"))  # noqa: S611
    order = ("first_seen_at", "id") if ascending else ("-first_seen_at", "-id")
    inside = rows.filter(first_seen_at__gte=start, first_seen_at__lt=stop).order_by(*order)
    try:
        sql, values = inside.values("id", "first_seen_at")[:limit].query.sql_with_params()
    except EmptyResultSet:
        return rows.none()
    spans = list(reversed(spans)) if ascending else list(spans)
    starts, stops = [span[0] for span in spans], [span[1] for span in spans]
    found = _FOUND.format(sightings=sql, way="ASC" if ascending else "DESC")
    return rows.filter(id__in=RawSQL(found, (starts, stops, *values, limit))).order_by(*order)  # noqa: S611 - ORM's SQL
