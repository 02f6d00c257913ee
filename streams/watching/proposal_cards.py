"""Proposals as pages and the API show them: in a sentence, with the picture of whom they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from people.accounts.limits import Looker
from people.records.groups import person_limits
from people.records.person import Person
from people.records.proposal import Proposal, ProposalKind, ProposalQuerySet, ProposalState
from streams.alerts.cards import faces_of
from streams.records.groups import camera_limits
from streams.records.rule import Rule
from streams.records.states import Certainty


def proposals_for(user: Looker) -> ProposalQuerySet:
    """Returns the proposals about people and rules that exist for `user`, with their lists and `standing`."""
    rows = Proposal.objects.within_limits_of(user).with_standing().select_related("watchlist")
    if person_limits(user) or camera_limits(user):
        shown = Rule.objects.within_limits_of(user).filter(pk=OuterRef("rule_id"))
        rows = rows.filter(Q(rule_id=None) | Exists(shown))
    return rows


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """One proposal, for one reader."""

    proposal: Proposal
    person: Person | None
    photo: UUID | None
    """The photo that represents the person, if the reader may see photos."""
    rule: Rule | None
    is_mine: bool
    """Whether the reader proposed it, and so does not decide."""

    @property
    def is_open(self) -> bool:
        return self.standing == ProposalState.OPEN

    @property
    def standing(self) -> str:
        return str(self.proposal.standing)  # type: ignore[attr-defined]

    @property
    def standing_words(self) -> str:
        return str(ProposalState(self.standing).label)

    @property
    def said(self) -> str:
        """Returns what is to be done, in one sentence."""
        which, whom = self.proposal.watchlist, self.person or "somebody who was deleted since"
        match self.proposal.kind:
            case ProposalKind.ENTRY:
                return f"Put {whom} on the watchlist “{which}”."
            case ProposalKind.REVIVE:
                return f"Let {whom} raise alerts by the watchlist “{which}” again."
            case ProposalKind.CERTAINTY:
                return f"Let the rule “{self.rule or 'deleted since'}” be less sure: {self._how_sure()}."
        return f"Let one person alone decide about the watchlist “{which}”."

    def _how_sure(self) -> str:
        looks = self.proposal.asked["looks"]
        return f"{Certainty(self.proposal.asked['certainty']).label}, from {looks} look{'s' * (looks != 1)} on"


def proposal_cards(proposals: Sequence[Proposal], user: Any) -> list[ProposalCard]:
    """Returns a card for each proposal, in at most three queries for all of them."""
    people = {row.person_id for row in proposals if row.person_id}
    rules = {row.rule_id for row in proposals if row.rule_id}
    named = Person.objects.within_limits_of(user).in_bulk(people) if people else {}
    photos = faces_of(people, user)
    held = Rule.objects.within_limits_of(user).in_bulk(rules) if rules else {}
    return [
        ProposalCard(
            row,
            named.get(row.person_id) if row.person_id else None,
            photos.get(row.person_id) if row.person_id else None,
            held.get(row.rule_id) if row.rule_id else None,
            row.is_by(user),
        )
        for row in proposals
    ]
