"""Watchlists that ask for two people: one proposes, another one decides, and no way of writing goes around it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from people.accounts.api_key import ApiKey, KeyUser
from people.audit.acting import Actor, acting
from people.editing.members import change_watched, set_members
from people.editing.merging import merge_people
from people.editing.person_services import put_on_watchlists, save_watchlist
from people.editing.proposing import confirm, propose, refuse_proposal, withdraw_proposal
from people.editing.separating import separate_people
from people.editing.services import delete_people
from people.errors import (
    AlreadyProposed,
    BadProposal,
    OnOneListOfTwo,
    ProposalIsOver,
    ProposedByYourself,
    WantsTwo,
)
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.proposal import Proposal, ProposalKind, ProposalState
from people.records.watchlist import Watchlist

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann")


@pytest.fixture
def ben(db: None) -> User:
    return User.objects.create_user("ben")


@pytest.fixture
def banned(db: None) -> Watchlist:
    return Watchlist.objects.create(name="Banned", two_people=True)


@pytest.fixture
def bob(db: None) -> Person:
    return Person.objects.create(name="Bob")


@pytest.fixture
def proposal(banned: Watchlist, bob: Person, ann: User) -> Proposal:
    return propose(kind=ProposalKind.ENTRY, watchlist=banned, person=bob, reason="Stole a bicycle", by=ann)


def is_on(watchlist: Watchlist, person: Person) -> bool:
    return watchlist.people.filter(pk=person.pk).exists()


def refused_by_the_database(write: Any, constraint: str) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        write()
    assert refused.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


def with_key(user: User, name: str) -> KeyUser:
    return KeyUser.of(ApiKey.objects.create(name=name, owner=user, digest=uuid4().hex, scopes=["write_people"]))


class TestTwoPeople:
    def test_somebody_is_on_the_list_once_another_user_confirms(
        self, proposal: Proposal, banned: Watchlist, bob: Person, ben: User
    ) -> None:
        assert not is_on(banned, bob)
        done = confirm(proposal=proposal, why="I saw it, too", by=ben)
        assert is_on(banned, bob)
        assert (done.state, done.proposed_who, done.decided_who) == ("confirmed", "ann", "ben")
        assert done.used_at

    def test_whoever_proposes_does_not_decide(self, proposal: Proposal, ann: User) -> None:
        for decide in (confirm, refuse_proposal):
            with pytest.raises(ProposedByYourself):
                decide(proposal=proposal, by=ann)

    def test_two_keys_of_one_user_are_one_person(self, banned: Watchlist, bob: Person, ann: User) -> None:
        one, other = with_key(ann, "gate"), with_key(ann, "office")
        made = propose(kind=ProposalKind.ENTRY, watchlist=banned, person=bob, reason="Why not", by=one)
        assert made.proposed_who == "ann with the key gate"
        with pytest.raises(ProposedByYourself):
            confirm(proposal=made, by=other)
        with pytest.raises(ProposedByYourself):
            confirm(proposal=made, by=ann)

    def test_another_name_makes_no_other_user(self, proposal: Proposal, ann: User) -> None:
        User.objects.filter(pk=ann.pk).update(username="somebody-else")
        with pytest.raises(ProposedByYourself):
            confirm(proposal=proposal, by=with_key(User.objects.get(pk=ann.pk), "new"))

    def test_what_a_deleted_user_proposed_is_proposed_anew(
        self, proposal: Proposal, banned: Watchlist, bob: Person, ann: User, ben: User
    ) -> None:
        number = ann.pk
        ann.delete()
        again = User.objects.create_user("ann")
        assert again.pk != number
        for user in (again, ben):
            with pytest.raises(ProposalIsOver, match="ann has no login any more"):
                confirm(proposal=proposal, by=user)
        assert not is_on(banned, bob)

    def test_whoever_was_shut_out_counts_no_more(self, proposal: Proposal, ann: User, ben: User) -> None:
        User.objects.filter(pk=ann.pk).update(is_active=False)
        with pytest.raises(ProposalIsOver):
            confirm(proposal=proposal, by=ben)

    def test_a_proposal_is_decided_once(self, proposal: Proposal, ben: User) -> None:
        refuse_proposal(proposal=proposal, why="Not him", by=ben)
        with pytest.raises(ProposalIsOver, match="ben has refused it already"):
            confirm(proposal=proposal, by=ben)

    def test_it_is_withdrawn_by_whoever_made_it(self, proposal: Proposal, ann: User, ben: User) -> None:
        with pytest.raises(ProposalIsOver):
            withdraw_proposal(proposal=proposal, by=ben)
        withdraw_proposal(proposal=proposal, by=ann)
        with pytest.raises(ProposalIsOver, match="withdrawn"):
            confirm(proposal=proposal, by=ben)

    def test_it_expires(self, proposal: Proposal, banned: Watchlist, bob: Person, ann: User, ben: User) -> None:
        Proposal.objects.filter(pk=proposal.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        with pytest.raises(ProposalIsOver, match="expired"):
            confirm(proposal=proposal, by=ben)
        assert Proposal.objects.with_standing().get(pk=proposal.pk).standing == ProposalState.EXPIRED  # type: ignore[attr-defined]
        propose(kind=ProposalKind.ENTRY, watchlist=banned, person=bob, reason="Again", by=ann)

    def test_the_same_is_proposed_once(self, proposal: Proposal, banned: Watchlist, bob: Person, ben: User) -> None:
        with pytest.raises(AlreadyProposed):
            propose(kind=ProposalKind.ENTRY, watchlist=banned, person=bob, reason="Me, too", by=ben)

    def test_nothing_is_proposed_that_would_change_nothing(self, banned: Watchlist, bob: Person, ann: User) -> None:
        usual = Watchlist.objects.create(name="Usual")
        for kind, watchlist, person in (
            (ProposalKind.ENTRY, usual, bob),
            (ProposalKind.ENTRY, banned, None),
            (ProposalKind.OPTION, usual, None),
            (ProposalKind.CERTAINTY, banned, None),
        ):
            with pytest.raises(BadProposal):
                propose(kind=kind, watchlist=watchlist, person=person, reason="Why", by=ann)
        with pytest.raises(BadProposal, match="Say why"):
            propose(kind=ProposalKind.ENTRY, watchlist=banned, person=bob, reason="  ", by=ann)
        with pytest.raises(BadProposal):
            propose(kind=ProposalKind.ENTRY, watchlist=banned, person=bob, reason="Why", by=None)


class TestServices:
    def test_none_puts_anybody_on_the_list(self, banned: Watchlist, bob: Person, ann: User) -> None:
        for write in (
            lambda: change_watched(watchlist=banned, put_in=[bob], take_out=[], by=ann),
            lambda: set_members(watchlist=banned, people=[bob.pk], by=ann),
            lambda: put_on_watchlists(person=bob, watchlists=[banned], by=ann),
            lambda: save_watchlist(watchlist=banned, people=[bob.pk], by=ann),
        ):
            with pytest.raises(WantsTwo), transaction.atomic():
                write()
        assert not is_on(banned, bob)

    def test_one_alone_takes_somebody_off(self, proposal: Proposal, banned: Watchlist, bob: Person, ben: User) -> None:
        confirm(proposal=proposal, by=ben)
        change_watched(watchlist=banned, put_in=[bob], take_out=[], by=ben)  # who is on it may be named
        change_watched(watchlist=banned, put_in=[], take_out=[bob], by=ben)
        with pytest.raises(WantsTwo):
            change_watched(watchlist=banned, put_in=[bob], take_out=[], by=ben)

    def test_whoever_is_on_a_list_that_begins_to_ask_stays(self, bob: Person, ann: User) -> None:
        made = save_watchlist(watchlist=Watchlist(name="New", two_people=True), people=[bob.pk], by=ann)
        assert Watchlist.objects.get(pk=made.pk).two_people
        assert is_on(made, bob)

    def test_two_people_let_one_alone_decide_again(self, banned: Watchlist, bob: Person, ann: User, ben: User) -> None:
        banned.two_people = False
        with pytest.raises(WantsTwo):
            save_watchlist(watchlist=banned, by=ann)
        banned.refresh_from_db()
        made = propose(kind=ProposalKind.OPTION, watchlist=banned, reason="Too slow", by=ann)
        confirm(proposal=made, by=ben)
        banned.refresh_from_db()
        assert not banned.two_people
        change_watched(watchlist=banned, put_in=[bob], take_out=[], by=ann)


class TestMerges:
    def test_a_merge_puts_nobody_on_the_list(
        self, proposal: Proposal, banned: Watchlist, bob: Person, ben: User
    ) -> None:
        confirm(proposal=proposal, by=ben)
        eve = Person.objects.create(name="Eve")
        with pytest.raises(OnOneListOfTwo, match="Bob is on the watchlist “Banned”"):
            merge_people(keep=eve, merge=bob, by=ben)
        assert not is_on(banned, eve)

    def test_a_merge_into_somebody_on_the_list_makes_nobody_of_the_list(
        self, proposal: Proposal, banned: Watchlist, bob: Person, ann: User, ben: User
    ) -> None:
        confirm(proposal=proposal, by=ben)
        eve = Person.objects.create(name="Eve")
        with pytest.raises(OnOneListOfTwo, match="Propose to put Eve on it"):
            merge_people(keep=bob, merge=eve, by=ben)
        made = propose(kind=ProposalKind.ENTRY, watchlist=banned, person=eve, reason="The same", by=ann)
        confirm(proposal=made, by=ben)
        merge_people(keep=bob, merge=eve, by=ben)
        assert not Person.objects.filter(pk=eve.pk).exists()

    def test_what_was_proposed_of_one_does_not_count_for_the_other(
        self, proposal: Proposal, banned: Watchlist, bob: Person, ann: User, ben: User
    ) -> None:
        eve = Person.objects.create(name="Eve")
        merge_people(keep=eve, merge=bob, by=ann)
        with pytest.raises(ProposalIsOver, match="not there any more"):
            confirm(proposal=proposal, by=ben)
        assert not is_on(banned, eve)

    def test_the_undo_of_a_merge_asks_two_people(
        self, proposal: Proposal, banned: Watchlist, bob: Person, ann: User, ben: User
    ) -> None:
        confirm(proposal=proposal, by=ben)
        twin = Person.objects.create(name="Bob again")
        made = propose(kind=ProposalKind.ENTRY, watchlist=banned, person=twin, reason="The same", by=ben)
        confirm(proposal=made, by=ann)
        merge_people(keep=bob, merge=twin, by=ann)
        separate_people(merge=PersonMerge.objects.get(), by=ann)
        assert is_on(banned, bob)
        assert not is_on(banned, twin)
        waiting = Proposal.objects.open().get(person_id=twin.pk)
        with pytest.raises(ProposedByYourself):
            confirm(proposal=waiting, by=ann)
        confirm(proposal=waiting, by=ben)
        assert is_on(banned, twin)

    def test_proposals_go_with_the_person(self, proposal: Proposal, bob: Person, ann: User) -> None:
        delete_people(people=[bob], by=ann)
        assert not Proposal.objects.exists()


class TestScripts:
    """What a shell, or a statement by hand, tries."""

    def test_no_script_puts_anybody_on_the_list(self, proposal: Proposal, banned: Watchlist, bob: Person) -> None:
        refused_by_the_database(lambda: banned.people.add(bob), "entry_wants_two_people")
        usual = Watchlist.objects.create(name="Usual")
        usual.people.add(bob)
        entries: Any = Watchlist.people.through.objects
        refused_by_the_database(lambda: entries.update(watchlist=banned), "entry_wants_two_people")

    def test_no_script_moves_an_entry_to_somebody_else(
        self, proposal: Proposal, banned: Watchlist, bob: Person, ben: User
    ) -> None:
        confirm(proposal=proposal, by=ben)
        entries: Any = Watchlist.people.through.objects
        eve = Person.objects.create(name="Eve")
        refused_by_the_database(lambda: entries.update(person=eve), "entry_wants_two_people")

    def test_no_script_lets_one_alone_decide(self, banned: Watchlist) -> None:
        refused_by_the_database(
            lambda: Watchlist.objects.filter(pk=banned.pk).update(two_people=False), "option_wants_two_people"
        )

    def test_no_script_confirms(self, proposal: Proposal, ann: User, ben: User) -> None:
        said = {"state": "confirmed", "decided_who": "ben", "decided_at": timezone.now()}
        rows = Proposal.objects.filter(pk=proposal.pk)
        refused_by_the_database(lambda: rows.update(decider=ben.pk, **said), "proposal_guard")
        with acting(lambda: Actor.of(ann)):
            refused_by_the_database(lambda: rows.update(decider=ben.pk, **said), "proposal_guard")
            refused_by_the_database(lambda: rows.update(decider=ann.pk, **said), "proposal_guard")

    def test_no_statement_by_hand_confirms(self, proposal: Proposal, ben: User) -> None:
        def by_hand() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('facesite.actor', '', TRUE)")
                cursor.execute(
                    "UPDATE people_proposal SET state = 'confirmed', decider = %s, decided_who = 'ben',"
                    " decided_at = now() WHERE id = %s",
                    [ben.pk, proposal.pk],
                )

        refused_by_the_database(by_hand, "proposal_guard")

    def test_no_script_writes_a_proposal_that_is_confirmed(
        self, banned: Watchlist, bob: Person, ann: User, ben: User
    ) -> None:
        fields = {"kind": "entry", "watchlist": banned, "person_id": bob.pk, "reason": "x", "proposer": ann.pk}
        fields |= {"proposed_who": "ann", "expires_at": timezone.now() + timedelta(days=1)}
        decided = {"state": "confirmed", "decider": ben.pk, "decided_who": "ben", "decided_at": timezone.now()}
        with acting(lambda: Actor.of(ben)):
            refused_by_the_database(lambda: Proposal.objects.create(**fields, **decided), "proposal_guard")
            refused_by_the_database(lambda: Proposal.objects.create(**fields), "proposal_guard")  # in ann's name
        with acting(lambda: Actor.of(ann)):
            long = fields | {"expires_at": timezone.now() + timedelta(days=8)}
            refused_by_the_database(lambda: Proposal.objects.create(**long), "proposal_guard")

    def test_no_script_rewrites_what_was_proposed(self, proposal: Proposal, ann: User, ben: User) -> None:
        eve = Person.objects.create(name="Eve")
        rows = Proposal.objects.filter(pk=proposal.pk)
        with acting(lambda: Actor.of(ann)):
            for change in (
                {"person_id": eve.pk},
                {"proposer": ben.pk},
                {"reason": "Another"},
                {"expires_at": timezone.now() + timedelta(days=9)},
            ):
                refused_by_the_database(lambda change=change: rows.update(**change), "proposal_guard")  # type: ignore[misc]

    def test_a_confirmation_counts_once(self, proposal: Proposal, banned: Watchlist, bob: Person, ben: User) -> None:
        confirm(proposal=proposal, by=ben)
        banned.people.remove(bob)
        refused_by_the_database(lambda: banned.people.add(bob), "entry_wants_two_people")
        rows = Proposal.objects.filter(pk=proposal.pk)
        refused_by_the_database(lambda: rows.update(used_at=None), "proposal_guard")
        refused_by_the_database(lambda: rows.update(state="open", decider=None), "proposal_guard")


@pytest.mark.django_db(transaction=True)
def test_a_confirmation_counts_in_its_own_transaction_alone(ann: User, ben: User) -> None:
    banned, bob = Watchlist.objects.create(name="Banned", two_people=True), Person.objects.create(name="Bob")
    proposal = propose(kind=ProposalKind.ENTRY, watchlist=banned, person=bob, reason="Why", by=ann)
    with acting(lambda: Actor.of(ben)):  # a script that only confirms, and does nothing
        Proposal.objects.filter(pk=proposal.pk).update(
            state="confirmed", decider=ben.pk, decided_who="ben", decided_at=timezone.now()
        )
    refused_by_the_database(lambda: banned.people.add(bob), "entry_wants_two_people")
