"""The pages of watchlists and proposals: what they show, to whom, and what their buttons do."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.editing.proposing import propose
from people.records.proposal import Proposal, ProposalKind
from people.records.suspension import Suspension
from people.records.watchlist import Watchlist
from tests.streams.alerting_rows import a_rule, an_alert
from tests.streams.limited import World

pytestmark = pytest.mark.django_db


def somebody(name: str, role: str = "administrator") -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def ann(db: None) -> User:
    return somebody("ann")


@pytest.fixture
def ben(db: None) -> User:
    return somebody("ben")


@pytest.fixture
def world(media: Any) -> World:
    return World.made()


@pytest.fixture
def banned(db: None) -> Watchlist:
    return Watchlist.objects.create(name="Banned", two_people=True, false_limit=2)


@pytest.fixture
def proposal(banned: Watchlist, world: World, ann: User) -> Proposal:
    return propose(kind=ProposalKind.ENTRY, watchlist=banned, person=world.bob, reason="Stole a bicycle", by=ann)


def test_somebody_is_found_by_name_and_proposed(ann: User, banned: Watchlist, world: World) -> None:
    page = logged_in(ann)
    assert "For which list, and whom?" in text(page.get("/proposals/new/"))
    found = text(page.get(f"/proposals/new/?watchlist={banned.pk}&name=bob"))
    assert "Bob Hidden" in found
    assert "Ada Lovelace" not in found
    form = text(page.get(f"/proposals/new/?watchlist={banned.pk}&person={world.bob.pk}"))
    assert "Another user reads this" in form
    said = {"kind": "entry", "watchlist": banned.pk, "person": str(world.bob.pk), "reason": "Stole a bicycle"}
    assert page.post("/proposals/new/", said | {"reason": ""}).status_code == 400
    assert "Proposed." in text(page.post("/proposals/new/", said, follow=True))
    again = page.post("/proposals/new/", said)
    assert (again.status_code, "proposed already" in text(again)) == (400, True)


def test_whoever_proposed_it_sees_no_button_to_decide(proposal: Proposal, ann: User, ben: User) -> None:
    own, other = text(logged_in(ann).get("/proposals/")), text(logged_in(ben).get("/proposals/"))
    assert "Put Bob Hidden on the watchlist “Banned”." in own
    assert ("another user decides" in own, "Confirm</button>" in own) == (True, False)
    assert ("Confirm</button>" in other, "Withdraw</button>" in other, "“Stole a bicycle”" in other) == (
        True,
        False,
        True,
    )


def test_a_post_by_hand_of_whoever_proposed_it_is_refused(
    proposal: Proposal, banned: Watchlist, ann: User, ben: User
) -> None:
    refused = logged_in(ann).post(f"/proposals/{proposal.pk}/confirm/", follow=True)
    assert "You have proposed this yourself" in text(refused)
    assert not banned.people.exists()
    assert "Confirmed, and done." in text(logged_in(ben).post(f"/proposals/{proposal.pk}/confirm/", follow=True))
    assert banned.people.count() == 1
    past = text(logged_in(ann).get("/proposals/?which=past"))
    assert "Confirmed by ben" in past


def test_it_is_refused_and_withdrawn(proposal: Proposal, ann: User, ben: User) -> None:
    logged_in(ben).post(f"/proposals/{proposal.pk}/refuse/", {"why": "Not him"})
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_why) == ("refused", "Not him")
    assert "Withdraw" not in text(logged_in(ann).get("/proposals/"))


def test_viewers_have_no_part_in_it(proposal: Proposal, banned: Watchlist) -> None:
    page = logged_in(somebody("vic", "viewer"))
    for url in ("/proposals/", "/proposals/new/"):
        assert page.get(url).status_code == 403
    assert page.post(f"/proposals/{proposal.pk}/confirm/").status_code == 403
    assert page.get(f"/watchlists/{banned.pk}/").status_code == 200
    auditor = logged_in(somebody("aud", "auditor"))
    assert "Confirm</button>" not in text(auditor.get("/proposals/"))
    assert auditor.post(f"/proposals/{proposal.pk}/confirm/").status_code == 403


def test_limits_hide_people(proposal: Proposal, banned: Watchlist, world: World, ben: User) -> None:
    world.limit_people(ben)
    page = logged_in(ben)
    assert "Bob" not in text(page.get("/proposals/"))
    assert page.post(f"/proposals/{proposal.pk}/confirm/").status_code == 404
    assert "Bob" not in text(page.get(f"/proposals/new/?watchlist={banned.pk}&name=bob")).replace('value="bob"', "")


class TestEntries:
    @pytest.fixture
    def usual(self, world: World) -> Watchlist:
        watchlist = Watchlist.objects.create(name="Usual", false_limit=2)
        watchlist.people.add(world.ada, world.bob)
        Suspension.objects.create(watchlist=watchlist, person=world.bob, false=2, closed=3)
        return watchlist

    def test_whoever_is_suspended_comes_first_and_is_revived_with_a_reason(
        self, usual: Watchlist, world: World, ann: User
    ) -> None:
        page = logged_in(ann)
        shown = text(page.get(f"/watchlists/{usual.pk}/"))
        assert shown.index("Bob Hidden") < shown.index("Ada Lovelace")
        assert "because 2 of the latest 3 were false" in shown
        url = f"/watchlists/{usual.pk}/{world.bob.pk}/revive/"
        assert "Say why" in text(page.post(url, {"why": " "}, follow=True))
        assert "raises alerts by “Usual” again" in text(page.post(url, {"why": "A better photo"}, follow=True))
        assert page.post(url, {"why": "Again"}).status_code == 404

    def test_false_alarms_are_counted_by_entry(self, usual: Watchlist, world: World, ann: User) -> None:
        rule = a_rule("Door", kind="watchlist", watchlist=usual)
        done = {"state": "closed", "decided_who": "ann", "decided_at": rule.created_at}
        for outcome in ("false", "true"):
            an_alert(rule, person=world.ada, watchlist=usual, outcome=outcome, decided=outcome, **done)
        assert "1 of 2 closed alerts was a false alarm" in text(logged_in(ann).get(f"/watchlists/{usual.pk}/"))

    def test_the_page_of_the_person_says_so(self, usual: Watchlist, world: World, ann: User) -> None:
        shown = text(logged_in(ann).get(f"/people/{world.bob.pk}/"))
        assert f'/watchlists/{usual.pk}/">Usual</a> (suspended: raises no alerts since' in shown

    def test_limits_hide_entries(self, usual: Watchlist, world: World, ann: User) -> None:
        world.limit_people(ann)
        assert "Bob" not in text(logged_in(ann).get(f"/watchlists/{usual.pk}/"))
        assert logged_in(ann).post(f"/watchlists/{usual.pk}/{world.bob.pk}/revive/", {"why": "x"}).status_code == 404

    def test_it_costs_the_same_however_many_are_on_it(self, usual: Watchlist, world: World, ann: User) -> None:
        page, url = logged_in(ann), f"/watchlists/{usual.pk}/"
        with CaptureQueriesContext(connection) as two:
            page.get(url)
        usual.people.remove(world.ada)
        with CaptureQueriesContext(connection) as one:
            page.get(url)
        assert len(two) == len(one)

    def test_the_admins_first_page_says_what_waits(
        self, proposal: Proposal, usual: Watchlist, ann: User, ben: User
    ) -> None:
        own, other = text(logged_in(ann).get("/admin/")), text(logged_in(ben).get("/admin/"))
        assert "1 entry raises no alerts any more" in own
        assert "waits for a second person" not in own
        assert "1 proposal waits for a second person" in other


class TestAdmin:
    def test_a_list_of_two_people_takes_nobody_by_its_form(self, banned: Watchlist, world: World, ann: User) -> None:
        page, url = logged_in(ann), f"/admin/people/watchlist/{banned.pk}/change/"
        said = {"name": "Banned", "description": "", "two_people": "on", "false_limit": "2", "false_of_last": "10"}
        assert "asks for two people" in text(page.post(url, said | {"put_in": str(world.bob.pk)}))
        off = {name: value for name, value in said.items() if name != "two_people"}
        assert "asks for two people" in text(page.post(url, off))
        assert page.post(url, said | {"name": "Banned for good"}).status_code == 302
        banned.refresh_from_db()
        assert (banned.two_people, banned.people.exists(), banned.name) == (True, False, "Banned for good")

    def test_nor_by_the_form_of_a_person(self, banned: Watchlist, world: World, ann: User) -> None:
        page, url = logged_in(ann), f"/admin/people/person/{world.bob.pk}/change/"
        said = {"name": "Bob Hidden", "external_id": "", "notes": "", "metadata": "{}", "watchlists": [banned.pk]}
        assert "asks for two people" in text(page.post(url, said))
        assert not banned.people.exists()
