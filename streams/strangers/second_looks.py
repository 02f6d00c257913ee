"""Looks again at strangers who were seen once: compared with everybody, some are somebody who is known already.

It reads the means of all strangers of one engine, 100 MB for 100,000, outside of any transaction, and joins in the end
whoever has not changed meanwhile.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models import F

from people.recognition.engine.kinds import distances_of
from people.recognition.strangers.crowd import Crowd, joined_mean
from people.recognition.strangers.joining import apart, joints_of
from streams.alerting.returning import raise_for_stranger
from streams.records.sighting import Sighting
from streams.records.states import StrangerState
from streams.records.stranger import Stranger, StrangerEncoding
from streams.strangers.differences import different_from
from streams.strangers.joining import next_number
from streams.strangers.turns import wait_for_our_turn

MOST = 2_000
"""Strangers looked at at a time: among 100,000 about ten seconds of one core."""
_MEANS = """
COPY (SELECT encoding.stranger_id, encoding."of", encoding.vector FROM streams_strangerencoding encoding
    JOIN streams_stranger stranger ON stranger.id = encoding.stranger_id
    WHERE encoding.engine = %s AND stranger.state IN ('open', 'ignored') ORDER BY stranger.first_seen_at DESC
) TO STDOUT (FORMAT binary)
"""


def look_again(engine: str, *, seen_since: datetime, most: int = MOST) -> int:
    """Joins those who were seen once, first since `seen_since`, with whom they surely are; returns how many."""
    alone = Stranger.objects.filter(
        encoding__engine=engine, encoding__of=1, sightings=1, number=None, first_seen_at__gte=seen_since
    )
    wanted = set(alone.order_by("-first_seen_at").values_list("pk", flat=True)[:most])
    if not wanted:
        return 0
    ids, crowd = _everybody(engine)
    rows = np.array([row for row, stranger in enumerate(ids) if stranger in wanted], np.intp)
    joints = apart(sorted(joints_of(crowd, rows, distances_of(engine).stranger)))
    return sum(_absorb(ids[joint.row], ids[joint.into]) for joint in joints)


@transaction.atomic
def _absorb(single: UUID, into: UUID) -> bool:
    """Makes a stranger who has no number yet part of another; returns False if either has changed."""
    wait_for_our_turn()
    rows = Stranger.objects.filter(pk__in=(single, into), state__in=(StrangerState.OPEN, StrangerState.IGNORED))
    held = {row.pk: row for row in rows.select_related("encoding").order_by("pk").select_for_update(of=("self",))}
    if len(held) < 2 or held[single].sightings != 1 or held[single].number or into in different_from(single):
        return False
    one, other = held[single], held[into]
    mean, theirs = other.encoding, one.encoding
    vector = joined_mean(np.asarray(mean.vector, np.float32), mean.of, np.asarray(theirs.vector, np.float32), theirs.of)
    StrangerEncoding.objects.filter(pk=into).update(vector=vector, of=F("of") + theirs.of)
    other.sightings += 1
    other.first_seen_at = min(one.first_seen_at, other.first_seen_at)
    other.last_seen_at = max(one.last_seen_at, other.last_seen_at)
    other.number = other.number or next_number()
    other.save()
    sighting = Sighting.objects.filter(stranger=single).select_related("camera").first()
    Sighting.objects.filter(stranger=single).update(stranger=into)
    one.delete()
    if sighting:
        raise_for_stranger(other, sighting)
    return True


def _everybody(engine: str) -> tuple[list[UUID], Crowd]:
    """Returns the ids and means of all strangers of `engine`, in the same order, read as binary COPY sends them."""
    buffer = BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(cursor.mogrify(_MEANS, [engine]), buffer)
    body = buffer.getbuffer()[19:-2]
    width = int.from_bytes(body[34:36], "big") if len(body) else 1
    row = np.dtype(
        [
            ("fields", ">i2"),
            ("id_length", ">i4"),
            ("id", "V16"),
            ("of_length", ">i4"),
            ("of", ">i4"),
            ("vector_length", ">i4"),
            ("width", ">i2"),
            ("unused", ">i2"),
            ("vector", ">f4", (width,)),
        ]
    )
    rows = np.frombuffer(body, dtype=row)
    ids = [UUID(bytes=each) for each in rows["id"].tolist()]
    return ids, Crowd.of(rows["vector"].astype(np.float32), rows["of"].astype(np.int64))


LOOKED_BACK = timedelta(days=1)
"""How far back a worker looks that has just started."""
