"""Everybody who was seen since the day began, counted and listed by the database: a page costs what it shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from streams.presence.blind_exits import BlindExit
from streams.presence.whereabouts import GUESS, ORDER, PLACE, Where, Whereabouts, WhyGuessed

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


# Numbers and rows in one pass over the sightings of the day: 10,000 people are grouped once, whatever a page asks.
_LOOK = """
WITH seen AS ({grouped}),
placed AS (SELECT *, {place} AS place FROM seen),
guessed AS MATERIALIZED (SELECT *, {guess} AS guess FROM placed),
numbers AS (SELECT {counts}, count(guess) FROM guessed),
listed AS (
    SELECT who, called, first, last, place, guess, row_number() OVER (ORDER BY {order}) AS number
    FROM guessed WHERE place = ANY(%(places)s) ORDER BY number LIMIT %(limit)s OFFSET %(offset)s
)
SELECT numbers.*, listed.* FROM numbers LEFT JOIN listed ON TRUE ORDER BY listed.number
"""
_COUNTS = ", ".join(f"count(*) FILTER (WHERE place = {ORDER[where]})" for where in Where)
_NUMBERS = len(Where) + 1


@dataclass(frozen=True, slots=True)
class Placing:
    """What GUESS asks for."""

    long_ago: datetime
    """Whoever was not seen since may have left unseen."""
    sees_exits: bool
    """Whether any camera is at an exit."""
    blind: BlindExit | None
    """When an exit last saw nobody."""

    @property
    def parameters(self) -> dict[str, Any]:
        until = self.blind.until if self.blind else None
        return {"long_ago": self.long_ago, "sees_exits": self.sees_exits, "blind_until": until}


class Everybody:
    """All people, or all strangers, that a reader may see."""

    def __init__(self, grouped: QuerySet[Any, Any], order: str, placing: Placing) -> None:
        """`grouped`: a row for each, with `who` (the id), `called` (a name or a number), `first`, `last` and what PLACE
        needs; `order`: that of those who are at the same place, in SQL."""
        self._grouped, self._order, self._placing = grouped, order, placing
        self._numbers: Sequence[int] | None = None

    def look(self, wheres: Collection[Where], first: int, most: int, *, apart: bool) -> list[Present]:
        """Returns at most `most` of those at these places, from number `first` (0: the first) on, and counts all.

        One query; `apart`: one place after the other.
        """
        places = [ORDER[where] for where in wheres]
        order = f"place, {self._order}" if apart else self._order
        rows = self._read({"places": places, "limit": most, "offset": first}, order)
        self._numbers = rows[0][:_NUMBERS]
        words = self._placing.blind.words if self._placing.blind else ""
        return [_present(words, *row[_NUMBERS:-1]) for row in rows if row[-1] is not None]

    def _read(self, asked: Mapping[str, Any], order: str) -> list[Any]:
        try:
            grouped, parameters = self._grouped.query.sql_with_params()
        except EmptyResultSet:  # a reader who may see none
            return [(0,) * _NUMBERS + (None,)]
        # Parameters of both kinds cannot stand in one statement, so the numbered ones get names.
        names = {f"grouped_{number}": value for number, value in enumerate(parameters)}
        grouped = grouped % tuple(f"%({name})s" for name in names)
        query = _LOOK.format(grouped=grouped, place=PLACE, guess=GUESS, counts=_COUNTS, order=order)
        with connection.cursor() as cursor:
            cursor.execute(query, {**self._placing.parameters, **names, **asked})
            found: list[Any] = cursor.fetchall()
        return found

    def _counted(self) -> Sequence[int]:
        if self._numbers is None:
            self.look((), 0, 0, apart=False)
        assert self._numbers is not None
        return self._numbers

    @property
    def counts(self) -> Mapping[Where, int]:
        return dict(zip(Where, self._counted(), strict=False))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def guessed(self) -> int:
        """Number of those who are here by a guess."""
        return self._counted()[-1]

    def at(self, wheres: Collection[Where], *, apart: bool = True) -> PresentList:
        """Returns those who are at these places; `apart`: one place after the other."""
        return PresentList(self, wheres, apart=apart)


class PresentList(Sequence[Present]):
    """Whoever is asked for, in order. A slice is one query, once; the length is known after it."""

    def __init__(self, everybody: Everybody, wheres: Collection[Where], *, apart: bool) -> None:
        self._everybody, self._wheres, self._apart = everybody, wheres, apart
        self._slices: dict[tuple[int, int], list[Present]] = {}

    def __len__(self) -> int:
        return sum(self._everybody.counts[where] for where in self._wheres)

    @overload
    def __getitem__(self, which: int) -> Present: ...

    @overload
    def __getitem__(self, which: slice) -> list[Present]: ...

    def __getitem__(self, which: int | slice) -> Present | list[Present]:
        if isinstance(which, int):
            return self._slice(which, which + 1)[0]
        return self._slice(which.start or 0, len(self) if which.stop is None else which.stop)

    def read(self, most: int) -> None:
        """Reads the first `most` and counts all, in one query: a page asks how many there are before it asks who."""
        self._slice(0, most)

    def _slice(self, start: int, stop: int) -> list[Present]:
        if (start, stop) not in self._slices:
            found = self._everybody.look(self._wheres, start, max(0, stop - start), apart=self._apart)
            self._slices[start, stop] = found
        return self._slices[start, stop]

    def __iter__(self) -> Iterator[Present]:
        return iter(self[:])


def _present(
    exit_down: str,
    who: UUID,
    called: str | int | None,
    first_at: datetime,
    last_at: datetime,
    place: int,
    guess: str | None,
) -> Present:
    name = called if isinstance(called, str) else f"Stranger {called}" if called else "Seen once"
    why = WhyGuessed(guess) if guess else None
    return Present(
        who, name, first_at, last_at, Whereabouts(_WHERES[place], why, exit_down if why is WhyGuessed.EXIT_DOWN else "")
    )
