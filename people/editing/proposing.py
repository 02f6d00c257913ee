"""What people do with proposals: one user proposes, another one confirms or refuses, and the first may withdraw."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from people.audit.acting import at_work
from people.base.history import Actor, name_of
from people.editing.proposal_effects import do
from people.errors import AlreadyProposed, BadProposal, NotSuspended, ProposalIsOver, ProposedByYourself
from people.records.person import Person
from people.records.proposal import LASTS, Proposal, ProposalKind, ProposalState
from people.records.suspension import Suspension
from people.records.watchlist import Watchlist

logger = logging.getLogger(__name__)


def propose(
    *, kind: ProposalKind, watchlist: Watchlist, person: Person | None = None, reason: str, by: Actor
) -> Proposal:
    """Proposes something for a watchlist that asks for two people. `person`: whom it is about, if its kind says so.

    Raises BadProposal if there is nothing to propose, AlreadyProposed, and NotSuspended.
    """
    _check(kind, watchlist, person)
    return add_proposal(kind=kind, watchlist=watchlist, person=person.pk if person else None, reason=reason, by=by)


@transaction.atomic
def add_proposal(
    *,
    kind: ProposalKind,
    watchlist: Watchlist,
    person: UUID | None = None,
    rule: UUID | None = None,
    asked: dict[str, Any] | None = None,
    reason: str,
    by: Actor,
) -> Proposal:
    """Writes a proposal that the caller has checked; it waits for LASTS. Raises AlreadyProposed and BadProposal."""
    if by is None or by.pk is None:
        raise BadProposal("Only a user can propose something.")
    if not reason.strip():
        raise BadProposal("Say why: whoever decides reads it.")
    # Proposals for one list wait for each other, so that none is written twice.
    Watchlist.objects.select_for_update(no_key=True).get(pk=watchlist.pk)
    same = Proposal.objects.filter(kind=kind, watchlist=watchlist, person_id=person, rule_id=rule)
    if same.open().exists():
        raise AlreadyProposed
    with at_work(by):
        same.expired().update(state=ProposalState.EXPIRED)
        proposal = Proposal.objects.create(
            kind=kind,
            watchlist=watchlist,
            person_id=person,
            rule_id=rule,
            asked=asked or {},
            reason=reason.strip()[:500],
            proposer=by.pk,
            proposed_who=name_of(by),
            expires_at=Now() + LASTS,
        )
    logger.info("proposal %s (%s) for watchlist %s, by %s", proposal.pk, kind, watchlist.pk, by.pk)
    return _as_it_is(proposal)


@transaction.atomic
def confirm(*, proposal: Proposal, why: str = "", by: Actor) -> Proposal:
    """Confirms what another user has proposed, and does it in the same transaction.

    Raises ProposedByYourself, ProposalIsOver, and what doing it refuses: then nothing is confirmed.
    """
    return _decide(proposal, ProposalState.CONFIRMED, why, by)


@transaction.atomic
def refuse_proposal(*, proposal: Proposal, why: str = "", by: Actor) -> Proposal:
    """Refuses what another user has proposed. Raises ProposedByYourself and ProposalIsOver."""
    return _decide(proposal, ProposalState.REFUSED, why, by)


@transaction.atomic
def withdraw_proposal(*, proposal: Proposal, by: Actor) -> Proposal:
    """Takes back one's own proposal. Raises ProposalIsOver, also for what another user has proposed."""
    row = _open(proposal)
    if by is None or not row.is_by(by):
        raise ProposalIsOver("Only whoever proposed it can withdraw it.")
    with at_work(by):
        Proposal.objects.filter(pk=row.pk).update(state=ProposalState.WITHDRAWN)
    logger.info("proposal %s withdrawn, by %s", row.pk, by.pk)
    return _as_it_is(row)


def _decide(proposal: Proposal, state: ProposalState, why: str, by: Actor) -> Proposal:
    row = _open(proposal)
    if by is None or by.pk is None or row.is_by(by):
        raise ProposedByYourself
    if state == ProposalState.CONFIRMED and not _may_log_in(row.proposer):
        raise ProposalIsOver(f"{row.proposed_who} has no login any more. Propose it yourself: another user decides.")
    said = {
        "decider": by.pk,
        "decided_who": name_of(by),
        "decided_at": timezone.now(),
        "decided_why": why.strip()[:500],
    }
    with at_work(by):
        Proposal.objects.filter(pk=row.pk).update(state=state, **said)
        decided = _as_it_is(row)
        if state == ProposalState.CONFIRMED:
            do(decided, by)
    logger.info("proposal %s %s, by %s", row.pk, state, by.pk)
    return _as_it_is(row)


def _open(proposal: Proposal) -> Proposal:
    """Locks the proposal. Raises ProposalIsOver, saying what became of it."""
    rows = Proposal.objects.with_standing().select_for_update(of=("self",))
    row = rows.filter(pk=proposal.pk).first()
    if row is None:
        raise ProposalIsOver("This proposal is not there any more.")
    standing = ProposalState(row.standing)  # type: ignore[attr-defined]
    if standing in (ProposalState.CONFIRMED, ProposalState.REFUSED):
        raise ProposalIsOver(f"{row.decided_who} has {standing.label} it already. Nothing was changed.")
    if standing != ProposalState.OPEN:
        raise ProposalIsOver(f"This proposal is {standing.label}. Propose it anew.")
    return row


def _as_it_is(row: Proposal) -> Proposal:
    return Proposal.objects.with_standing().select_related("watchlist").get(pk=row.pk)


def _check(kind: ProposalKind, watchlist: Watchlist, person: Person | None) -> None:
    if not watchlist.two_people:
        raise BadProposal(f"“{watchlist}” asks for one person alone: do it without a proposal.")
    if kind == ProposalKind.OPTION:
        return
    if kind == ProposalKind.CERTAINTY or person is None:
        raise BadProposal("Say whom it is about.")
    if kind == ProposalKind.ENTRY and person.watchlists.filter(pk=watchlist.pk).exists():
        raise BadProposal(f"{person} is on “{watchlist}” already.")
    if kind == ProposalKind.REVIVE and not Suspension.objects.holding().filter(watchlist=watchlist, person=person):
        raise NotSuspended


def _may_log_in(user: int) -> bool:
    return User.objects.filter(pk=user, is_active=True).exists()
