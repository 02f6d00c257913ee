"""Who is said to be another person than a stranger: also by what was said of strangers who were joined since.

Nothing is copied when somebody is joined whole: an undo of the join, or of what was said, is right by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from streams.records.stranger import Stranger, StrangerDifference

DIFFERENT = """
WITH RECURSIVE same AS (
    SELECT %(own)s::uuid AS id
    UNION SELECT joined.id FROM streams_stranger joined JOIN same ON joined.into_id = same.id
), others AS (
    SELECT CASE WHEN one_id = same.id THEN other_id ELSE one_id END AS id
    FROM streams_strangerdifference JOIN same ON same.id IN (one_id, other_id)
    UNION SELECT into_id FROM streams_stranger joined JOIN others ON joined.id = others.id WHERE into_id IS NOT NULL
) SELECT id FROM others WHERE id NOT IN (SELECT id FROM same)
"""
"""SQL of the ids of everybody who is not the stranger `own`, whomever either was joined with."""


def different_from(stranger: UUID) -> set[UUID]:
    """Returns the strangers of whom somebody has said that they are somebody else than `stranger`."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENT, {"own": stranger})
        return {row[0] for row in cursor.fetchall()}


def set_apart(stranger: UUID, others: Iterable[UUID]) -> list[UUID]:
    """Notes that `stranger` is none of `others`; returns those of whom that is new."""
    return [other for other in others if other != stranger and _are_new(stranger, other)]


def put_together(stranger: UUID, others: Iterable[UUID]) -> None:
    """Forgets that `stranger` is none of `others`."""
    for other in others:
        StrangerDifference.objects.filter(one=min(stranger, other), other=max(stranger, other)).delete()


def forget_wrong_offers(stranger: UUID) -> None:
    """Offers nobody any more who is said to be different from `stranger`."""
    others = different_from(stranger)
    nobody = {"resembles": None, "resembles_distance": None}
    Stranger.objects.filter(pk=stranger, resembles__in=others).update(**nobody)
    Stranger.objects.filter(pk__in=others, resembles=stranger).update(**nobody)


def _are_new(one: UUID, other: UUID) -> bool:
    return StrangerDifference.objects.get_or_create(one_id=min(one, other), other_id=max(one, other))[1]
