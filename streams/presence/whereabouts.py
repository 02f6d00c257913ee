"""Where somebody is, by when they were seen where: as expressions that the database computes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Case, CharField, F, IntegerField, Q, Value, When

LONG_AGO = timedelta(hours=4)
"""Whoever was not seen for so long may have left unseen."""


class Where(StrEnum):
    """Where somebody is. The order is that of a list: those who are surely here come first."""

    IN_VIEW = "in_view"
    HERE = "here"
    LEFT = "left"
    SEEN = "seen"


ORDER = {where: number for number, where in enumerate(Where)}
"""The database's number for each."""


class WhyGuessed(StrEnum):
    """Why it is a guess that somebody is here."""

    NO_EXIT = "no_exit"
    LONG_AGO = "long_ago"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    where: Where
    guess: WhyGuessed | None = None


def where_expression() -> Any:
    """Returns the number of where somebody is (ORDER).

    Of rows with `in_view`, and with `inside` and `out`: when last by a camera at an entrance or inside, and at an exit.
    Whoever was seen at an exit after everywhere else has left. Cameras without a role say nothing of who is here.
    """
    left = Q(out__isnull=False, inside__isnull=True) | Q(out__gt=F("inside"))
    return Case(
        When(in_view=True, then=Value(ORDER[Where.IN_VIEW])),
        When(left, then=Value(ORDER[Where.LEFT])),
        When(inside__isnull=True, then=Value(ORDER[Where.SEEN])),
        default=Value(ORDER[Where.HERE]),
        output_field=IntegerField(),
    )


def guess_expression(now: datetime, *, sees_exits: bool) -> Any:
    """Returns why it is a guess that somebody is here, or NULL: of rows with `place` (their where) and `last`.

    `sees_exits`: whether any camera is at an exit, so that leaving is seen.
    """
    here = Q(place=ORDER[Where.HERE])
    return Case(
        When(here & Q(last__lt=now - LONG_AGO), then=Value(WhyGuessed.LONG_AGO.value)),
        *([] if sees_exits else [When(here, then=Value(WhyGuessed.NO_EXIT.value))]),
        default=None,
        output_field=CharField(null=True),
    )
