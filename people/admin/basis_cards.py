"""What the page of a person says about their bases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from people.records.basis import Basis, BasisState
from people.records.matchable import Matchable
from people.records.person import Person
from people.records.site_policy import needs_basis


@dataclass(frozen=True, slots=True)
class BasisCards:
    """The bases of a person, the newest first, and why the person is not recognised."""

    bases: list[Any]
    why_not: str
    may_add: bool
    may_withdraw: bool


def basis_cards(person: Person, user: Any) -> BasisCards | None:
    """Returns None if the user may not see bases."""
    if not user.has_perm("people.view_basis"):
        return None
    bases = list(Basis.objects.filter(person=person).with_state())
    is_matchable = person.is_retired or person.is_never_matched or Matchable.objects.filter(pk=person.pk).exists()
    return BasisCards(
        bases,
        "" if is_matchable else _why_not(bases),
        user.has_perm("people.add_basis"),
        user.has_perm("people.change_basis"),
    )


def _why_not(bases: list[Any]) -> str:
    """Says why somebody who is active is not recognised."""
    states = {basis.state for basis in bases}
    if BasisState.WITHDRAWN in states:
        return "Not recognised: the basis was withdrawn, and no other one is valid."
    if BasisState.TO_COME in states:
        return "Not recognised yet: the basis begins later."
    if BasisState.ENDED in states:
        return "Not recognised any more: the basis has ended."
    return "Not recognised: this site asks for a basis, and there is none." if needs_basis() else "Not recognised."
