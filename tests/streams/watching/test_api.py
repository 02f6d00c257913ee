"""Proposals and suspensions over the API: two keys of one user are one person, and limits hide whom they hide."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.editing.proposing import propose
from people.records.proposal import Proposal, ProposalKind
from people.records.suspension import Suspension
from people.records.watchlist import Watchlist
from tests.api import client_of, queries_of
from tests.streams.alerting_rows import a_rule
from tests.streams.limited import World

pytestmark = pytest.mark.django_db
URL = "/api/v1/proposals/"


def somebody(name: str, role: str = "administrator") -> User:
    user = User.objects.create_user(name)
    user.groups.add(Group.objects.get(name=role))
    return user


def with_key(user: User, *scopes: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Key {make_key(name='k', scopes=list(scopes), by=user)[1]}")
    return client


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
    return Watchlist.objects.create(name="Banned", two_people=True)


def asked(banned: Watchlist, world: World, **more: Any) -> dict[str, Any]:
    return {"kind": "entry", "watchlist": banned.pk, "person": str(world.bob.pk), "reason": "Stole a bicycle", **more}


def test_one_proposes_and_another_confirms(ann: User, ben: User, banned: Watchlist, world: World) -> None:
    made = client_of(ann).post(URL, asked(banned, world), format="json")
    assert made.status_code == 201
    shown = made.json()
    assert shown["said"] == "Put Bob Hidden on the watchlist “Banned”."
    assert (shown["state"], shown["is_mine"], shown["proposed_who"]) == ("open", True, "ann")
    url = f"{URL}{shown['id']}/confirm/"
    refused = client_of(ann).post(url, {}, format="json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "wants_another")
    done = client_of(ben).post(url, {"why": "I saw it"}, format="json").json()
    assert (done["state"], done["decided_who"], done["decided_why"]) == ("confirmed", "ben", "I saw it")
    assert banned.people.filter(pk=world.bob.pk).exists()
    assert client_of(ben).post(url, {}, format="json").json()["error"]["code"] == "proposal_over"


def test_two_keys_of_one_user_are_one_person(ann: User, banned: Watchlist, world: World) -> None:
    proposing, deciding = with_key(ann, "propose", "read_people"), with_key(ann, "decide_proposals")
    made = proposing.post(URL, asked(banned, world), format="json").json()
    for what in ("confirm", "refuse"):
        answer = deciding.post(f"{URL}{made['id']}/{what}/", {}, format="json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "wants_another")
    User.objects.filter(pk=ann.pk).update(username="somebody-else")
    assert deciding.post(f"{URL}{made['id']}/confirm/", {}, format="json").status_code == 409
    assert not banned.people.exists()


def test_the_same_key_of_a_request_proposes_once(ann: User, banned: Watchlist, world: World) -> None:
    client = client_of(ann)
    answers = [
        client.post(URL, asked(banned, world), format="json", HTTP_IDEMPOTENCY_KEY="a")  # type: ignore[arg-type]
        for _ in range(2)
    ]
    assert {answer.json()["id"] for answer in answers} == {str(Proposal.objects.get().pk)}
    again = client.post(URL, asked(banned, world), format="json")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_proposed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"watchlist": 0},
        {"watchlist": 2**40},
        {"watchlist": "Banned"},
        {"person": "nobody"},
        {"person": None},
        {"kind": "other"},
        {"kind": "certainty"},
        {"reason": ""},
        {"reason": "x" * 501},
        {"more": 1},
    ],
)
def test_what_cannot_be_proposed_is_refused_with_a_sentence(
    ann: User, banned: Watchlist, world: World, wrong: dict[str, Any]
) -> None:
    answer = client_of(ann).post(URL, asked(banned, world, **wrong), format="json")
    assert answer.status_code == 400, answer.json()
    assert answer.json()["error"]["message"]
    assert not Proposal.objects.exists()


def test_a_rule_is_made_less_sure_by_two(ann: User, ben: User, banned: Watchlist) -> None:
    rule = a_rule("Door", kind="watchlist", watchlist=banned, looks=3)
    alone = client_of(ann).patch(f"/api/v1/rules/{rule.pk}/", {"certainty": "likely"}, format="json")
    assert (alone.status_code, alone.json()["error"]["code"]) == (409, "wants_two")
    body = {"kind": "certainty", "rule": str(rule.pk), "certainty": "likely", "looks": 2, "reason": "Misses some"}
    made = client_of(ann).post(URL, body, format="json").json()
    assert made["said"] == "Let the rule “Door” be less sure: certain or likely, from 2 looks on."
    assert (made["certainty"], made["looks"]) == ("likely", 2)
    assert client_of(ben).post(f"{URL}{made['id']}/confirm/", {}, format="json").status_code == 200
    rule.refresh_from_db()
    assert (rule.certainty, rule.looks) == ("likely", 2)


def test_whoever_may_not_change_rules_proposes_nothing_about_them(banned: Watchlist) -> None:
    rule = a_rule("Door", kind="watchlist", watchlist=banned, looks=3)
    body = {"kind": "certainty", "rule": str(rule.pk), "certainty": "likely", "looks": 2, "reason": "Misses some"}
    assert client_of(somebody("olga", "operator")).post(URL, body, format="json").status_code == 400


def test_lists_change_through_proposals_alone(ann: User, banned: Watchlist, world: World) -> None:
    client, url = client_of(ann), f"/api/v1/watchlists/{banned.pk}/"
    for body in ({"people": [str(world.bob.pk)]}, {"two_people": False}):
        answer = client.patch(url, body, format="json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "wants_two")
    assert client.patch(url, {"false_limit": 3, "false_of_last": 5}, format="json").json()["false_limit"] == 3
    too_many = client.patch(url, {"false_limit": 6}, format="json")
    assert (too_many.status_code, too_many.json()["error"]["details"][0]["field"]) == (400, "false_limit")


def test_a_limited_user_sees_and_decides_nothing_about_others(
    ann: User, ben: User, banned: Watchlist, world: World
) -> None:
    proposal = propose(kind=ProposalKind.ENTRY, watchlist=banned, person=world.bob, reason="Why", by=ann)
    rule = a_rule("Door", kind="watchlist", watchlist=banned, looks=3)
    body = {"kind": "certainty", "rule": str(rule.pk), "certainty": "likely", "looks": 2, "reason": "Misses some"}
    client_of(ann).post(URL, body, format="json")
    assert client_of(ben).get(URL).json()["count"] == 2
    world.limit_people(ben)
    assert client_of(ben).get(URL).json()["count"] == 0
    for what in ("confirm", "refuse"):
        assert client_of(ben).post(f"{URL}{proposal.pk}/{what}/", {}, format="json").status_code == 404
    assert client_of(ben).post(URL, asked(banned, world), format="json").status_code == 400


def test_lists_cost_the_same_however_long(ann: User, banned: Watchlist, world: World) -> None:
    client = client_of(ann)
    propose(kind=ProposalKind.ENTRY, watchlist=banned, person=world.bob, reason="Why", by=ann)
    Suspension.objects.create(watchlist=banned, person=world.bob, false=2, closed=3)
    few = [queries_of(client, url) for url in (URL, "/api/v1/suspensions/")]
    propose(kind=ProposalKind.ENTRY, watchlist=banned, person=world.ada, reason="Why", by=ann)
    Suspension.objects.create(watchlist=banned, person=world.ada, false=2, closed=3)
    assert [queries_of(client, url) for url in (URL, "/api/v1/suspensions/")] == few


class TestSuspensions:
    @pytest.fixture
    def held(self, world: World) -> Suspension:
        usual = Watchlist.objects.create(name="Usual")
        return Suspension.objects.create(watchlist=usual, person=world.bob, false=2, closed=3)

    def test_it_is_listed_and_revived_with_a_reason(self, ann: User, held: Suspension, world: World) -> None:
        client, url = client_of(ann), f"/api/v1/suspensions/{held.pk}/revive/"
        (shown,) = client.get("/api/v1/suspensions/?holds=true").json()["results"]
        assert (shown["person"]["name"], shown["false"], shown["closed"]) == ("Bob Hidden", 2, 3)
        assert client.post(url, {"why": ""}, format="json").status_code == 400
        assert client.post(url, {"why": "A better photo"}, format="json").json()["revived_who"] == "ann"
        assert client.get("/api/v1/suspensions/?holds=true").json()["count"] == 0
        again = client.post(url, {"why": "A better photo"}, format="json")
        assert (again.status_code, again.json()["error"]["code"]) == (409, "not_suspended")

    def test_a_list_of_two_people_wants_a_proposal(self, ann: User, ben: User, held: Suspension, world: World) -> None:
        Watchlist.objects.update(two_people=True)
        answer = client_of(ann).post(f"/api/v1/suspensions/{held.pk}/revive/", {"why": "Because"}, format="json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "wants_two")
        body = {"kind": "revive", "watchlist": held.watchlist_id, "person": str(world.bob.pk), "reason": "A new photo"}
        made = client_of(ann).post(URL, body, format="json").json()
        assert client_of(ben).post(f"{URL}{made['id']}/confirm/", {}, format="json").status_code == 200
        held.refresh_from_db()
        assert held.revived_why == "A new photo"

    def test_limits_hide_it(self, ann: User, held: Suspension, world: World) -> None:
        world.limit_people(ann)
        assert client_of(ann).get("/api/v1/suspensions/").json()["count"] == 0
        assert (
            client_of(ann).post(f"/api/v1/suspensions/{held.pk}/revive/", {"why": "x"}, format="json").status_code
            == 404
        )


def test_proposals_ask_for_the_right_to_see_watchlists(banned: Watchlist, world: World) -> None:
    """Each names its list."""
    guest = User.objects.create_user("guest")
    rights = ["view_proposal", "add_proposal", "decide_proposal", "view_person"]
    guest.user_permissions.set(Permission.objects.filter(codename__in=rights))
    assert client_of(guest).get(URL).status_code == 403
    assert client_of(guest).post(URL, asked(banned, world), format="json").status_code == 403
    guest.user_permissions.add(Permission.objects.get(codename="view_watchlist"))
    guest = User.objects.get(pk=guest.pk)
    assert client_of(guest).get(URL).status_code == 200
    assert client_of(guest).post(URL, asked(banned, world), format="json").status_code == 201
