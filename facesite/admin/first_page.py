"""The admin's first page: what needs doing, what the site is working on, and how it recognises now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from people.admin.in_force import InForce, in_force
from people.admin.matter import Matter, Tone
from people.admin.matters import people_matters
from streams.admin.matters import camera_matters

URGENCY = (Tone.BROKEN, Tone.TO_DECIDE)


@dataclass(frozen=True, slots=True)
class FirstPage:
    to_do: tuple[Matter, ...]
    going_on: tuple[Matter, ...]
    in_force: InForce | None


def first_page(user: Any) -> FirstPage:
    """Returns what `user` may see and do something about, in a dozen queries, however much the site has."""
    matters = [*camera_matters(user), *people_matters(user)]
    to_do = [matter for tone in URGENCY for matter in matters if matter.tone == tone]
    going_on = [matter for matter in matters if matter.tone == Tone.GOING_ON]
    return FirstPage(tuple(to_do), tuple(going_on), in_force(user))
