"""False alarms have consequences: an entry whose alerts are too often false raises none, until somebody revives it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from people.audit.acting import at_work
from people.editing.merging import merge_people
from people.editing.proposing import confirm, propose
from people.editing.reviving import revive_entry
from people.errors import BadProposal, NotSuspended, WantsTwo
from people.records.person import Person
from people.records.proposal import ProposalKind
from people.records.suspension import Suspension
from people.records.watchlist import Watchlist
from streams.alerting.raising import raise_alerts
from streams.alerting.rule_book import lists_of, watched
from streams.alerting.working_off import close
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.delivery import Delivery
from streams.records.rule import Rule
from streams.records.sighting import Sighting
from streams.records.states import SUSPENDED_ENTRY, AlertOutcome
from tests.streams.alerting_rows import a_channel, a_rule, an_alert
from tests.streams.seen import seen

pytestmark = pytest.mark.django_db
TRUE, FALSE = AlertOutcome.TRUE, AlertOutcome.FALSE


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann")


@pytest.fixture
def ben(db: None) -> User:
    return User.objects.create_user("ben")


@pytest.fixture
def bob(db: None) -> Person:
    return Person.objects.create(name="Bob")


@pytest.fixture
def banned(bob: Person) -> Watchlist:
    """Suspends after two false alarms of the latest three; Bob is on it."""
    watchlist = Watchlist.objects.create(name="Banned", false_limit=2, false_of_last=3)
    watchlist.people.add(bob)
    return watchlist


@pytest.fixture
def rule(banned: Watchlist) -> Rule:
    return a_rule("Door", kind="watchlist", watchlist=banned, cool_down_s=0, looks=3)


def raised(rule: Rule, person: Person, **fields: Any) -> Alert:
    return an_alert(rule, person=person, watchlist=rule.watchlist, list_name=str(rule.watchlist), **fields)


def turned_out(rule: Rule, person: Person, by: User, *outcomes: AlertOutcome) -> None:
    for outcome in outcomes:
        close(alert=raised(rule, person), outcome=outcome, by=by)


def alerts_of(rule: Rule, camera: Camera, person: Person) -> int:
    """Returns how many alerts a new sighting of `person` raises, by a rule book that is as old as the rule."""
    sighting = seen(camera, person)
    Sighting.objects.filter(pk=sighting.pk).update(votes=5)
    sighting.refresh_from_db()
    lists = frozenset({rule.watchlist_id or 0})
    return len(raise_alerts(sighting, watched(Rule.objects.all()), timezone.now(), lambda person: lists).alerts)


def test_one_false_alarm_too_many_suspends_the_entry(
    rule: Rule, bob: Person, banned: Watchlist, ann: User, hall: Camera
) -> None:
    assert alerts_of(rule, hall, bob) == 1
    turned_out(rule, bob, ann, FALSE, TRUE)
    assert not Suspension.objects.exists()
    turned_out(rule, bob, ann, FALSE)
    held = Suspension.objects.get()
    assert (held.person, held.watchlist, held.false, held.closed, held.revived_at) == (bob, banned, 2, 3, None)
    assert alerts_of(rule, hall, bob) == 0
    assert lists_of(str(bob.pk)) == frozenset()


def test_the_latest_alerts_count_and_no_others(rule: Rule, bob: Person, ann: User) -> None:
    turned_out(rule, bob, ann, FALSE, TRUE, TRUE, FALSE)
    assert not Suspension.objects.exists()


def test_others_on_the_list_go_on(rule: Rule, bob: Person, banned: Watchlist, ann: User, hall: Camera) -> None:
    eve = Person.objects.create(name="Eve")
    banned.people.add(eve)
    turned_out(rule, bob, ann, FALSE, FALSE)
    assert alerts_of(rule, hall, eve) == 1


def test_a_list_without_a_limit_suspends_nobody(rule: Rule, bob: Person, banned: Watchlist, ann: User) -> None:
    Watchlist.objects.update(false_limit=None)
    turned_out(rule, bob, ann, FALSE, FALSE, FALSE)
    assert not Suspension.objects.exists()


def test_somebody_is_told_by_the_channels_of_the_rule(rule: Rule, bob: Person, ann: User) -> None:
    rule.channels.add(a_channel())
    turned_out(rule, bob, ann, FALSE, FALSE)
    told = Alert.objects.get(kind=SUSPENDED_ENTRY)
    assert told.said == "Bob raises no alerts by “Banned” any more: 2 of the latest were false"
    assert Delivery.objects.filter(alert=told).count() == 1
    close(alert=told, outcome=FALSE, by=ann)
    assert Suspension.objects.count() == 1  # what tells of it is no false alarm itself


def test_it_is_revived_with_a_reason_and_what_was_false_before_counts_no_more(
    rule: Rule, bob: Person, ann: User, hall: Camera
) -> None:
    turned_out(rule, bob, ann, FALSE, FALSE)
    held = Suspension.objects.get()
    with pytest.raises(BadProposal, match="Say why"):
        revive_entry(suspension=held, why=" ", by=ann)
    revive_entry(suspension=held, why="A better photo", by=ann)
    held.refresh_from_db()
    assert (held.revived_who, held.revived_why) == ("ann", "A better photo")
    assert alerts_of(rule, hall, bob) == 1
    with pytest.raises(NotSuspended):
        revive_entry(suspension=held, why="Again", by=ann)


@pytest.mark.django_db(transaction=True)
def test_after_a_revival_it_takes_as_many_false_alarms_again(rule: Rule, bob: Person, ann: User) -> None:
    turned_out(rule, bob, ann, FALSE, FALSE)
    revive_entry(suspension=Suspension.objects.get(), why="A better photo", by=ann)
    turned_out(rule, bob, ann, FALSE)
    assert not Suspension.objects.holding().exists()
    turned_out(rule, bob, ann, FALSE)
    assert Suspension.objects.holding().count() == 1


def test_taking_off_and_putting_on_again_revives_nobody(
    rule: Rule, bob: Person, banned: Watchlist, ann: User, hall: Camera
) -> None:
    turned_out(rule, bob, ann, FALSE, FALSE)
    banned.people.remove(bob)
    banned.people.add(bob)
    assert alerts_of(rule, hall, bob) == 0


def test_a_merge_keeps_the_suspension(rule: Rule, bob: Person, ann: User, hall: Camera) -> None:
    turned_out(rule, bob, ann, FALSE, FALSE)
    kept = Person.objects.create(name="Robert")
    merge_people(keep=kept, merge=bob, by=ann)
    assert alerts_of(rule, hall, kept) == 0


class TestUnderFourEyes:
    @pytest.fixture
    def banned(self, banned: Watchlist) -> Watchlist:
        Watchlist.objects.update(two_people=True)
        banned.refresh_from_db()
        return banned

    @pytest.fixture
    def held(self, rule: Rule, bob: Person, ann: User, ben: User) -> Suspension:
        for _ in range(2):
            alert = raised(rule, bob)
            close(alert=alert, outcome=FALSE, by=ann)
            close(alert=alert, outcome=FALSE, by=ben)
        return Suspension.objects.get()

    def test_an_alert_wants_two_people_whatever_its_rule_says(self, rule: Rule, bob: Person, ann: User) -> None:
        assert not rule.two_people
        alert = raised(rule, bob)
        alert.refresh_from_db()
        assert alert.two_people
        assert close(alert=alert, outcome=TRUE, by=ann).state == "second"

    def test_no_script_closes_it_alone(self, rule: Rule, bob: Person, ann: User, ben: User) -> None:
        alert = raised(rule, bob)
        close(alert=alert, outcome=TRUE, by=ann)
        rows = Alert.objects.filter(pk=alert.pk)
        done: dict[str, Any] = {"state": "closed", "outcome": "true", "second": "true", "second_at": timezone.now()}
        done |= {"second_who": "ben"}
        for attack in ({"two_people": False}, done, done | {"second_by": ann}, done | {"decided_by": None}):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.update(**attack)
        with at_work(ben):
            rows.update(**done, second_by=ben)

    def test_two_people_revive_it(self, held: Suspension, banned: Watchlist, bob: Person, ann: User, ben: User) -> None:
        with pytest.raises(WantsTwo):
            revive_entry(suspension=held, why="A better photo", by=ann)
        with pytest.raises(IntegrityError), transaction.atomic():
            Suspension.objects.update(revived_at=timezone.now(), revived_who="ann", revived_why="Because")
        made = propose(kind=ProposalKind.REVIVE, watchlist=banned, person=bob, reason="A better photo", by=ann)
        confirm(proposal=made, by=ben)
        held.refresh_from_db()
        assert (held.revived_who, held.revived_why) == ("ben", "A better photo")

    def test_both_suspensions_of_a_merged_person_end(
        self, held: Suspension, banned: Watchlist, bob: Person, ann: User, ben: User
    ) -> None:
        Suspension.objects.create(watchlist=banned, person=bob, false=3, closed=3)
        made = propose(kind=ProposalKind.REVIVE, watchlist=banned, person=bob, reason="A better photo", by=ann)
        confirm(proposal=made, by=ben)
        assert not Suspension.objects.holding().exists()

    def test_no_script_deletes_a_suspension(self, held: Suspension) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Suspension.objects.all().delete()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_a_suspension_goes_with_the_person_or_the_list(
        self, held: Suspension, bob: Person, banned: Watchlist
    ) -> None:
        bob.delete()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert not Suspension.objects.exists()


def test_old_alerts_are_not_looked_at_for_ever(rule: Rule, bob: Person, ann: User) -> None:
    """The latest are found by an index, so that an entry with many alerts costs no more than one with few."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT outcome FROM streams_alert WHERE watchlist_id = %s AND person_id = %s"
            " AND state = 'closed' AND raised_at > %s ORDER BY raised_at DESC LIMIT 10",
            [rule.watchlist_id, bob.pk, timezone.now() - timedelta(days=1)],
        )
        assert "alert_of_entry" in str(cursor.fetchall())
