"""One thing that the admin's first page says: in words, with a number, and with a link to the very list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

MOST_COUNTED = 1_000
"""The page counts no further: more than that is no number that anybody works off today, and counting it takes long."""
MOST_NAMED = 5
"""As many rows are named with their reasons; the list has the others."""


class Tone(StrEnum):
    """How much a matter matters."""

    BROKEN = "broken"
    """Something does not work."""
    TO_DECIDE = "to-decide"
    """Somebody has to decide or to add something."""
    GOING_ON = "going-on"
    """The site works on it: nobody has to do anything."""


@dataclass(frozen=True, slots=True)
class Named:
    """One row of a matter: its name, why it is one, and its page."""

    name: str
    why: str
    url: str


@dataclass(frozen=True, slots=True)
class Matter:
    tone: Tone
    said: str
    """Such as "3 photos wait for a decision"."""
    url: str
    do: str
    """What the link leads to, as something to do: "Decide on them"."""
    rows: tuple[Named, ...] = ()
    more: str = ""
    """Such as "and 12 more"; "" if `rows` are all."""


def counted(rows: QuerySet[Any]) -> int:
    """Counts to MOST_COUNTED + 1 and no further; in no order, which would read all rows to sort them."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


def words(number: int, one: str, many: str) -> str:
    """Returns "1 photo waits", "3 photos wait" or "1,000+ photos wait": `one` and `many` begin with the noun."""
    if number > MOST_COUNTED:
        return f"{MOST_COUNTED:,}+ {many}"
    return f"{number:,} {one if number == 1 else many}"


def and_more(number: int, named: Sequence[Named]) -> str:
    """Returns how many rows are not named, in words; "" for none."""
    return f"and {words(number - len(named), 'more', 'more')}" if number > len(named) else ""


def list_url(model: str, **filters: str) -> str:
    """Returns the address of a list of the admin, filtered: list_url("people_photo", doubt="held")."""
    url = reverse(f"admin:{model}_changelist")
    return f"{url}?{urlencode(filters)}" if filters else url
