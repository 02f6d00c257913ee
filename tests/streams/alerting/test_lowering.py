"""A rule for a watchlist that asks for two people becomes less sure by two people alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from people.editing.proposing import confirm
from people.errors import BadProposal, ProposalIsOver
from people.records.watchlist import Watchlist
from streams.alerting.lowering import propose_certainty
from streams.alerting.rule_services import save_rule
from streams.errors import RuleWantsTwo
from streams.records.rule import Rule
from tests.streams.alerting_rows import a_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann")


@pytest.fixture
def ben(db: None) -> User:
    return User.objects.create_user("ben")


@pytest.fixture
def rule(db: None) -> Rule:
    banned = Watchlist.objects.create(name="Banned", two_people=True)
    return a_rule("Door", kind="watchlist", watchlist=banned, looks=4)


def saved(rule: Rule, by: User, **fields: Any) -> Rule:
    for name, value in fields.items():
        setattr(rule, name, value)
    return save_rule(rule=rule, cameras=[], camera_groups=[], channels=[], by=by)


def test_one_alone_makes_it_surer_and_not_less_sure(rule: Rule, ann: User) -> None:
    saved(rule, ann, looks=5)
    for change in ({"looks": 4}, {"certainty": "likely", "looks": 5}):
        with pytest.raises(RuleWantsTwo):
            saved(Rule.objects.get(pk=rule.pk), ann, **change)


def test_two_people_make_it_less_sure(rule: Rule, ann: User, ben: User) -> None:
    made = propose_certainty(rule=rule, certainty="likely", looks=2, reason="Misses some", by=ann)
    confirm(proposal=made, by=ben)
    rule.refresh_from_db()
    assert (rule.certainty, rule.looks) == ("likely", 2)
    saved(rule, ann, name="Door, renamed")  # what is so already may stay


def test_a_new_rule_for_the_list_begins_sure(rule: Rule, ann: User) -> None:
    for fields in ({"looks": 2}, {"certainty": "likely"}):
        with pytest.raises(RuleWantsTwo):
            saved(Rule(name="Gate", kind="watchlist", watchlist=rule.watchlist), ann, **fields)
    saved(Rule(name="Gate", kind="watchlist", watchlist=rule.watchlist), ann)


@pytest.mark.parametrize("change", [{"looks": 3}, {"certainty": "likely"}])
def test_no_script_makes_it_less_sure(rule: Rule, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Rule.objects.filter(pk=rule.pk).update(**change)


def test_no_detour_by_another_list_makes_it_less_sure(rule: Rule) -> None:
    banned, usual = rule.watchlist, Watchlist.objects.create(name="Usual")
    Rule.objects.filter(pk=rule.pk).update(watchlist=usual)
    Rule.objects.filter(pk=rule.pk).update(certainty="likely")
    with pytest.raises(IntegrityError), transaction.atomic():
        Rule.objects.filter(pk=rule.pk).update(watchlist=banned)


def test_only_what_makes_it_less_sure_is_proposed(rule: Rule, ann: User) -> None:
    for certainty, looks in (("certain", 4), ("certain", 9), ("certain", 0), ("perhaps", 1)):
        with pytest.raises(BadProposal):
            propose_certainty(rule=rule, certainty=certainty, looks=looks, reason="Why", by=ann)
    usual = a_rule("Usual", kind="watchlist", watchlist=Watchlist.objects.create(name="Usual"))
    with pytest.raises(BadProposal):
        propose_certainty(rule=usual, certainty="likely", looks=1, reason="Why", by=ann)


def test_a_rule_that_is_gone_is_not_changed(rule: Rule, ann: User, ben: User) -> None:
    made = propose_certainty(rule=rule, certainty="likely", looks=2, reason="Misses some", by=ann)
    rule.delete()
    with pytest.raises(ProposalIsOver):
        confirm(proposal=made, by=ben)
    made.refresh_from_db()
    assert made.state == "open"
