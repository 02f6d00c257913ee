"""Revives a suspended entry of a watchlist that one person alone decides about; with a reason."""

from __future__ import annotations

from django.db import transaction

from people.base.history import Actor, name_of
from people.editing.proposal_effects import end_suspension
from people.errors import BadProposal, WantsTwo
from people.records.suspension import Suspension


@transaction.atomic
def revive_entry(*, suspension: Suspension, why: str, by: Actor) -> None:
    """Lets the person raise alerts by the list again, within seconds on every worker.

    What was false before does not count any more. Raises WantsTwo if the list asks for two people, BadProposal without
    a reason, and NotSuspended.
    """
    if suspension.watchlist.two_people:
        raise WantsTwo(suspension.watchlist)
    if not why.strip():
        raise BadProposal("Say why the entry is to raise alerts again.")
    end_suspension(
        watchlist=suspension.watchlist, person=suspension.person, who=name_of(by), why=why.strip()[:500], by=by
    )
