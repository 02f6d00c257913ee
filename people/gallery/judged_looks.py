"""Faces on the site's own cameras of which somebody has said who they are, or who they are not.

Another app keeps the sightings; without it nobody is confirmed.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import numpy as np
from django.db.models import TextField
from django.db.models.functions import Cast

from people.recognition.engine.kinds import width_of
from people.recognition.gallery.judged_looks import JudgedLooks
from people.records.counter_example import CounterExample
from people.records.sightings import all_sightings

MOST_LOOKS = 20_000
"""The newest so many are read: 20 MB, and more tell no more about a site."""


def confirmed_looks(engine: str, *, of: Collection[UUID] | None = None) -> JudgedLooks:
    """Returns sightings, of everybody or `of` some people, that were said to be them; the mean of each by `engine`.

    Only while their encodings are kept (people/records/keeping_term.py).
    """
    sightings = all_sightings()
    if sightings is None:
        return JudgedLooks.none(width_of(engine))
    confirmed = sightings.confirmed().filter(encoding__engine=engine)
    rows = confirmed if of is None else confirmed.filter(person__in=of)
    newest = rows.order_by("-first_seen_at", "-id")[:MOST_LOOKS]
    return _looks(newest.values_list("person_id", Cast("encoding__vector", TextField())), engine)


def rejected_looks(engine: str) -> JudgedLooks:
    """Returns faces and whom they are not: the counter-examples that decide."""
    rows = CounterExample.objects.in_gallery(engine).order_by("-pk")[:MOST_LOOKS]
    return _looks(rows.values_list("person_id", Cast("vector", TextField())), engine)


def _looks(rows: Collection[tuple[UUID, str]], engine: str) -> JudgedLooks:
    read = [(str(person), np.fromstring(text[1:-1], np.float32, sep=",")) for person, text in rows]
    if not read:
        return JudgedLooks.none(width_of(engine))
    return JudgedLooks([person for person, _vector in read], np.stack([vector for _person, vector in read]))
