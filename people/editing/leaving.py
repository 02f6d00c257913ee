"""Whoever erases people says who is being erased: another app, which people does not know.

Nobody merges or separates them meanwhile, or lets them be recognised again: what is theirs would then be somebody
else's, and a certificate would say that it is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from people.errors import WrongState
from people.records.person import Person

AreLeaving = Callable[[Collection[UUID]], bool]
_knowing: list[AreLeaving] = []


def knows_who_leaves(are_leaving: AreLeaving) -> AreLeaving:
    """Registers `are_leaving`, which says whether any of these people is being erased."""
    _knowing.append(are_leaving)
    return are_leaving


def check_stay(*people: Person) -> None:
    """Raises WrongState if any of these people, whom the caller holds, is being erased."""
    ids = [person.pk for person in people]
    if any(are_leaving(ids) for are_leaving in _knowing):
        raise WrongState("Somebody has asked to erase one of these people for good, which is being done.")
