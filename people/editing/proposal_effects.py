"""What a confirmed proposal does, by its kind: each kind has one function, which another app may register."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models.functions import Now

from people.base.doorbells import ring_rules
from people.base.history import Actor, log_changed
from people.errors import NotSuspended, ProposalIsOver
from people.records.person import Person
from people.records.proposal import Proposal, ProposalKind
from people.records.suspension import Suspension
from people.records.watchlist import Watchlist

Effect = Callable[[Proposal, Actor], None]
_effects: dict[str, Effect] = {}


def does(kind: ProposalKind) -> Callable[[Effect], Effect]:
    """Registers what proposals of `kind` do: called in the transaction that confirms, it may raise WrongState."""

    def register(effect: Effect) -> Effect:
        _effects[kind] = effect
        return effect

    return register


def do(proposal: Proposal, by: Actor) -> None:
    """Does what `proposal` asks for. The database lets it through because it is confirmed in this transaction."""
    _effects[proposal.kind](proposal, by)


@does(ProposalKind.ENTRY)
def put_on(proposal: Proposal, by: Actor) -> None:
    person = _person(proposal)
    if person.watchlists.filter(pk=proposal.watchlist_id).exists():
        raise ProposalIsOver(f"{person} is on this watchlist already.")
    proposal.watchlist.people.add(person)
    log_changed(person, f"Put on the watchlist “{proposal.watchlist}” by two people.", by=by)


@does(ProposalKind.REVIVE)
def revive(proposal: Proposal, by: Actor) -> None:
    end_suspension(
        watchlist=proposal.watchlist, person=_person(proposal), who=proposal.decided_who, why=proposal.reason, by=by
    )


@does(ProposalKind.OPTION)
def let_one_decide(proposal: Proposal, by: Actor) -> None:
    if not Watchlist.objects.filter(pk=proposal.watchlist_id, two_people=True).update(two_people=False):
        raise ProposalIsOver("One person alone decides by now.")
    log_changed(proposal.watchlist, "One person alone decides from now on, as two have said.", by=by)


def end_suspension(*, watchlist: Watchlist, person: Person, who: str, why: str, by: Actor) -> None:
    """Lets the entry raise alerts again; after a merge there may be two suspensions. Raises NotSuspended."""
    held = Suspension.objects.holding().filter(watchlist=watchlist, person=person)
    if not held.update(revived_at=Now(), revived_who=who, revived_why=why):
        raise NotSuspended
    log_changed(person, f"The entry on “{watchlist}” raises alerts again.", by=by)
    ring_rules()


def _person(proposal: Proposal) -> Person:
    person = Person.objects.filter(pk=proposal.person_id).first() if proposal.person_id else None
    if person is None:
        raise ProposalIsOver("This person does not exist any more.")
    return person
