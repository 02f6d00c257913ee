"""Everybody who was seen since the day began, counted and listed by the database: a page costs what it shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, overload
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from streams.presence.whereabouts import ORDER, Where, Whereabouts, WhyGuessed

_WHERES = tuple(Where)


@dataclass(frozen=True, slots=True)
class Present:
    """One person or stranger: who, and where."""

    id: UUID
    name: str
    first_at: datetime
    last_at: datetime
    whereabouts: Whereabouts

    @property
    def where(self) -> Where:
        return self.whereabouts.where

    @property
    def guess(self) -> WhyGuessed | None:
        return self.whereabouts.guess


class Everybody:
    """All people, or all strangers, that a reader may see."""

    def __init__(self, rows: QuerySet[Any, Any], who: str, order: Sequence[str]) -> None:
        """`rows`: one for each, with `called` (a name or a number), `first`, `last`, `place` and `guess`; `who`: the
        column of the id; `order`: that of those who are at the same place."""
        self._rows, self._who, self._order = rows, who, order

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        """One query."""
        numbers = {where.value: Count(self._who, filter=Q(place=ORDER[where])) for where in Where}
        found: dict[str, int] = self._rows.aggregate(**numbers, guessed=Count(self._who, filter=~Q(guess=None)))
        return found

    @property
    def counts(self) -> Mapping[Where, int]:
        return {where: self._numbers[where.value] for where in Where}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def guessed(self) -> int:
        """Number of those who are here by a guess."""
        return self._numbers["guessed"]

    def at(self, wheres: Collection[Where], *, apart: bool = True) -> PresentList:
        """Returns those who are at these places; `apart`: one place after the other."""
        rows = self._rows.filter(place__in=[ORDER[where] for where in wheres])
        rows = rows.order_by(*(["place"] if apart else []), *self._order)
        columns = rows.values_list(self._who, "called", "first", "last", "place", "guess")
        return PresentList(columns, sum(self.counts[where] for where in wheres))


class PresentList(Sequence[Present]):
    """Whoever is asked for, in order. A slice is one query, and the length none."""

    def __init__(self, rows: Any, length: int) -> None:
        self._rows, self._length = rows, length

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, which: int) -> Present: ...

    @overload
    def __getitem__(self, which: slice) -> list[Present]: ...

    def __getitem__(self, which: int | slice) -> Present | list[Present]:
        if isinstance(which, int):
            return _present(*self._rows[which])
        return [_present(*row) for row in self._rows[which]]

    def __iter__(self) -> Iterator[Present]:
        return iter(self[:])


def _present(
    who: UUID, called: str | int | None, first_at: datetime, last_at: datetime, place: int, guess: str | None
) -> Present:
    name = called if isinstance(called, str) else f"Stranger {called}" if called else "Seen once"
    why = WhyGuessed(guess) if guess else None
    return Present(who, name, first_at, last_at, Whereabouts(_WHERES[place], why))
