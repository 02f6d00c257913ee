"""Alerts are worked off: acknowledged, noted, closed with an outcome, by two people where the rule asks for that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from people.audit.acting import at_work
from people.records.person import Person
from streams.alerting.working_off import acknowledge, add_note, close, false_alarms
from streams.errors import AlertWasDecided, WantsAnother
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.states import AlertOutcome
from tests.streams.alerting_rows import a_rule, an_alert

pytestmark = pytest.mark.django_db
TRUE, FALSE, UNSURE = AlertOutcome.TRUE, AlertOutcome.FALSE, AlertOutcome.UNSURE


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann")


@pytest.fixture
def ben(db: None) -> User:
    return User.objects.create_user("ben")


def test_somebody_looks_after_it(ann: User) -> None:
    alert = acknowledge(alert=an_alert(), by=ann)
    assert (alert.state, alert.acknowledged_by, alert.acknowledged_who) == ("acknowledged", ann, "ann")


def test_whoever_comes_second_learns_who_was_first(ann: User, ben: User) -> None:
    alert = an_alert()
    acknowledge(alert=alert, by=ann)
    with pytest.raises(AlertWasDecided, match="ann has acknowledged it on"):
        acknowledge(alert=alert, by=ben)
    close(alert=alert, outcome=FALSE, by=ann)
    with pytest.raises(AlertWasDecided, match=r"ann has closed it \(false alarm\) on"):
        close(alert=alert, outcome=TRUE, by=ben)
    alert.refresh_from_db()
    assert (alert.state, alert.outcome, alert.decided_who) == ("closed", "false", "ann")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("two_people", [False, True])
def test_of_two_who_close_it_at_the_same_moment_one_is_told_who_was_first(
    ann: User, ben: User, two_people: bool
) -> None:
    alert, ready = an_alert(two_people=two_people), Barrier(2)

    def closed(by: User) -> str:
        try:
            ready.wait(5)
            close(alert=alert, outcome=FALSE if by == ann else TRUE, by=by, seen="new")
        except AlertWasDecided as decided:
            return str(decided)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as both:
        told = dict(zip(("ann", "ben"), both.map(closed, (ann, ben)), strict=True))
    alert.refresh_from_db()
    first, second = ("ann", "ben") if not told["ann"] else ("ben", "ann")
    assert told[first] == "" and told[second].startswith(first) and "Nothing was changed" in told[second]
    assert alert.decided_who == first and alert.decided == ("false" if first == "ann" else "true")
    assert alert.state == ("second" if two_people else "closed") and not alert.second_who


def test_an_alert_that_is_gone_cannot_be_worked_off(ann: User) -> None:
    alert = an_alert()
    Alert.objects.all().delete()
    with pytest.raises(AlertWasDecided, match="not there any more"):
        close(alert=alert, outcome=TRUE, by=ann)


@pytest.mark.parametrize(("second", "counts_as"), [(TRUE, "true"), (FALSE, "unsure"), (UNSURE, "unsure")])
def test_two_people_decide_where_the_rule_asks_for_two(
    ann: User, ben: User, second: AlertOutcome, counts_as: str
) -> None:
    alert = an_alert(two_people=True)
    first = close(alert=alert, outcome=TRUE, by=ann)
    assert (first.state, first.outcome, first.decided) == ("second", "", "true")
    with pytest.raises(WantsAnother):
        close(alert=alert, outcome=TRUE, by=ann)
    done = close(alert=alert, outcome=second, by=ben)
    assert (done.state, done.outcome, done.second_who) == ("closed", counts_as, "ben")


def test_whoever_saw_it_undecided_is_not_taken_for_the_second_person(ann: User, ben: User) -> None:
    alert = an_alert(two_people=True)
    close(alert=alert, outcome=TRUE, by=ann)
    with pytest.raises(AlertWasDecided, match="ann has said that it was true"):
        close(alert=alert, outcome=TRUE, by=ben, seen="new")
    alert.refresh_from_db()
    assert alert.state == "second"


def test_the_database_lets_nobody_decide_in_the_name_of_another(ann: User, ben: User) -> None:
    """A script, without who is at work, or with somebody else at work."""
    alert = an_alert(two_people=True)
    close(alert=alert, outcome=TRUE, by=ann)
    row = Alert.objects.filter(pk=alert.pk)
    second = {"second": TRUE, "second_at": Now(), "second_who": "ben", "second_by": ben}
    for at_its_desk, said in (
        (None, {"state": "closed", "outcome": TRUE, **second}),
        (ann, {"state": "closed", "outcome": TRUE, **second}),
        (ben, {"decided_by": ben}),
        (ben, {"second_by": ben}),
    ):
        with (
            pytest.raises(IntegrityError, match="in the name of another"),
            transaction.atomic(),
            at_work(at_its_desk) if at_its_desk else nullcontext(),
        ):
            row.update(**said)
    ann.delete()
    alert.refresh_from_db()
    assert (alert.state, alert.decided_by, alert.decided_who) == ("second", None, "ann")
    assert close(alert=alert, outcome=TRUE, by=ben).state == "closed"


def test_nobody_is_both_people_by_emptying_who_was_first(ann: User, ben: User) -> None:
    alert = an_alert(two_people=True)
    close(alert=alert, outcome=TRUE, by=ann)
    with (
        pytest.raises(IntegrityError, match="who decided first stays"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        Alert.objects.filter(pk=alert.pk).update(decided_by=None)
        close(alert=alert, outcome=TRUE, by=ann)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as the commit does
    assert close(alert=alert, outcome=TRUE, by=ben).state == "closed"


def test_a_note_says_who_wrote_it(ann: User, ben: User) -> None:
    alert = an_alert()
    add_note(alert=alert, text=" The postman. ", by=ann)
    close(alert=alert, outcome=FALSE, by=ben, note="Indeed.")
    assert [(note.who, note.text) for note in alert.notes.all()] == [("ann", "The postman."), ("ben", "Indeed.")]


def test_false_alarms_are_counted_by_rule_person_and_camera(ann: User, hall: Camera) -> None:
    rule, ada = a_rule(), Person.objects.create(name="Ada")
    rows: list[dict[str, Any]] = [{"outcome": FALSE}, {"outcome": TRUE}, {"outcome": FALSE, "person": ada}]
    for number, row in enumerate(rows):
        outcome = row.pop("outcome")
        close(alert=an_alert(rule, hall, subject=str(number), **row), outcome=outcome, by=ann)
    an_alert(rule, hall)
    assert false_alarms(None, rule=rule) == (2, 3)
    assert false_alarms(None, person=ada) == (1, 1)
    assert false_alarms(None, camera=hall) == (2, 3)
