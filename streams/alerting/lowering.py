"""Lets a rule for a watchlist that asks for two people be less sure: proposed by one user, confirmed by another."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from people.base.doorbells import ring_rules
from people.base.history import Actor, log_changed
from people.editing.proposal_effects import does
from people.editing.proposing import add_proposal
from people.errors import BadProposal, ProposalIsOver
from people.records.proposal import Proposal, ProposalKind
from streams.errors import RuleWantsTwo
from streams.records.rule import MOST_LOOKS, Rule
from streams.records.states import Certainty

USUAL_LOOKS = 3
"""With *certain*, as sure as a new rule for such a list must at least be (migration 0042)."""


def check_certainty(rule: Rule) -> None:
    """Raises RuleWantsTwo if saving `rule` would make it less sure for a list that asks for two people."""
    if rule.watchlist is None or not rule.watchlist.two_people:
        return
    known = Rule.objects.filter(pk=rule.pk, watchlist=rule.watchlist).values_list("certainty", "looks").first()
    certainty, looks = known or (Certainty.CERTAIN, USUAL_LOOKS)
    if rule.looks < looks or (rule.certainty == Certainty.LIKELY and certainty != Certainty.LIKELY):
        raise RuleWantsTwo(rule.watchlist)


def propose_certainty(*, rule: Rule, certainty: str, looks: int, reason: str, by: Actor) -> Proposal:
    """Proposes that `rule` is less sure. Raises BadProposal if it would not be, and AlreadyProposed."""
    if rule.watchlist is None or not rule.watchlist.two_people:
        raise BadProposal("The list of this rule asks for one person alone: change the rule without a proposal.")
    if not 1 <= looks <= MOST_LOOKS or certainty not in Certainty.values:
        raise BadProposal(f"Choose how sure the rule is to be, and 1 to {MOST_LOOKS} looks.")
    lower = looks < rule.looks or (certainty == Certainty.LIKELY and rule.certainty != Certainty.LIKELY)
    if not lower:
        raise BadProposal("This would make the rule no less sure: change it without a proposal.")
    asked = {"certainty": str(certainty), "looks": looks}
    return add_proposal(
        kind=ProposalKind.CERTAINTY, watchlist=rule.watchlist, rule=rule.pk, asked=asked, reason=reason, by=by
    )


@does(ProposalKind.CERTAINTY)
@transaction.atomic
def lower_certainty(proposal: Proposal, by: Actor) -> None:
    rows = Rule.objects.select_for_update(of=("self",))
    rule = rows.filter(pk=proposal.rule_id, watchlist=proposal.watchlist_id).first() if proposal.rule_id else None
    if rule is None:
        raise ProposalIsOver("This rule is gone, or waits for something else by now.")
    asked: dict[str, Any] = proposal.asked
    rule.certainty, rule.looks = asked["certainty"], asked["looks"]
    rule.save(update_fields=["certainty", "looks", "updated_at"])
    log_changed(rule, "Is less sure, as two people have said.", by=by)
    ring_rules()
