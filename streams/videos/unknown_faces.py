"""Joins the unknown faces of a video: with each other, and with the strangers whom cameras have seen.

It only reads strangers. A video makes none, gives none a number and moves no mean: what was recorded elsewhere or long
ago must not change who is taken for whom at the cameras.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

import numpy as np
from django.db import transaction

from people.recognition.engine.kinds import distances_of
from people.recognition.strangers.crowd import mean_of
from people.recognition.strangers.joining import join_all
from streams.pipeline.messages import MeanEncoding
from streams.strangers.nearest import nearest_stranger
from streams.videos.video import Video, VideoSighting


@transaction.atomic
def join_unknown(video: Video, encodings: Mapping[UUID, MeanEncoding]) -> None:
    """Gives numbers to the unknown faces of `video`, by the means of their encodings, which are not kept."""
    order = VideoSighting.objects.filter(video=video, person=None, pk__in=list(encodings)).order_by("first_s", "id")
    ids = list(order.values_list("pk", flat=True))
    if not ids:
        return
    engine = encodings[ids[0]].engine
    vectors = np.stack([np.frombuffer(encodings[pk].vector, np.float32) for pk in ids])
    limits = distances_of(engine).stranger
    for number, rows in enumerate(_groups(join_all(vectors, range(len(ids)), limits)), start=1):
        near = nearest_stranger(engine, mean_of(vectors[rows]), limits.sure)
        members = VideoSighting.objects.filter(pk__in=[ids[row] for row in rows])
        members.update(alike=number, stranger=near.stranger if near else None)


def _groups(strangers: Iterable[int]) -> list[list[int]]:
    """Returns the rows of each stranger, in the order in which they come."""
    groups: dict[int, list[int]] = {}
    for row, stranger in enumerate(strangers):
        groups.setdefault(stranger, []).append(row)
    return list(groups.values())
