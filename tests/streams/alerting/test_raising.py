"""Alerts of sightings: raised in the transaction that writes the sighting, once, and quiet for a while afterwards."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.alerting.rule_book import LOOK_EVERY_S, RuleBook
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.delivery import Delivery
from streams.records.groups import CameraGroup
from streams.records.rule import Rule, RuleQuiet
from streams.records.sighting import Sighting
from streams.running.recording import NotKept, Recorded, record_sighting
from tests.streams.alerting.changes import a_change
from tests.streams.alerting_rows import a_channel, a_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


class Worker:
    """Records what a camera sees, with the rules in memory, as a worker does."""

    def __init__(self, camera: Camera) -> None:
        self.camera, self.book = camera, RuleBook()

    def sees(self, person: Person | None = None, *, sighting: UUID | None = None, **fields: Any) -> None:
        self.book.rules()
        change = a_change(person, sighting=sighting or uuid4(), **fields)
        recorded = record_sighting(
            camera_id=self.camera.pk,
            change=change,
            snapshots={},
            rules=self.book.unanswered(change),
            lists=self.book.lists_of,
        )
        if isinstance(recorded, Recorded):
            self.book.answer(change, recorded.raised.answered)


@pytest.fixture
def worker(hall: Camera) -> Worker:
    return Worker(hall)


def said() -> list[str]:
    return [alert.said for alert in Alert.objects.order_by("raised_at").select_related("person")]


def test_an_unknown_person_raises_an_alert_with_all_that_was_known(worker: Worker) -> None:
    rule = a_rule(severity="alarm", text="{who} at {camera}!", two_people=True)
    sighting = uuid4()
    worker.sees(sighting=sighting, votes=4, distance=0.8)
    (alert,) = Alert.objects.all()
    assert (alert.rule, alert.camera, alert.sighting_id) == (rule, worker.camera, sighting)
    assert (alert.rule_name, alert.camera_name, alert.said) == ("After hours", "Hall", "An unknown person at Hall!")
    assert (alert.verdict, alert.distance, alert.looks) == ("unknown", 0.8, 4)
    assert (alert.severity, alert.state, alert.two_people) == ("alarm", "new", True)
    assert alert.captured_at == Sighting.objects.get().last_seen_at


@pytest.mark.parametrize(
    ("kind", "fields", "raises"),
    [
        ("person", {}, ["Ada"]),
        ("person", {"certainty": "likely"}, ["Ada", "Ada"]),
        ("enrolled", {}, ["Ada", "Bob"]),
        ("unknown", {}, ["An unknown person"]),
        ("to_review", {}, ["Perhaps Ada"]),
        ("watchlist", {}, ["Bob"]),
    ],
)
def test_each_kind_waits_for_its_own(
    worker: Worker, ada: Person, kind: str, fields: dict[str, Any], raises: list[str]
) -> None:
    bob = Person.objects.create(name="Bob")
    guests = Watchlist.objects.create(name="Guests")
    guests.people.add(bob)
    who = {"person": {"person": ada}, "watchlist": {"watchlist": guests}}.get(kind, {})
    a_rule(kind=kind, cool_down_s=0, **who, **fields)
    worker.sees(ada), worker.sees(ada, verdict="review"), worker.sees(bob), worker.sees()
    assert sorted(said()) == [f"{whom} at Hall" for whom in raises]


def test_a_rule_with_cameras_raises_at_these_and_at_those_of_its_groups(worker: Worker, camera: Camera) -> None:
    a_rule("here", everywhere=False).cameras.add(worker.camera)
    a_rule("elsewhere", everywhere=False).cameras.add(camera)
    ground = CameraGroup.objects.create(name="Ground floor")
    ground.cameras.add(worker.camera)
    a_rule("ground floor", everywhere=False).camera_groups.add(ground)
    a_rule("nowhere", everywhere=False)
    worker.sees()
    assert set(Alert.objects.values_list("rule_name", flat=True)) == {"here", "ground floor"}


def test_a_sighting_raises_one_alert_however_often_it_is_reported(worker: Worker) -> None:
    a_rule(cool_down_s=0)
    sighting = uuid4()
    for _ in range(3):
        worker.sees(sighting=sighting)
    Worker(worker.camera).sees(sighting=sighting)  # another worker, which remembers nothing
    assert Alert.objects.count() == 1


def test_whoever_is_taken_for_another_first_is_told_of_though_the_rule_is_quiet_about_that_one(
    worker: Worker, ada: Person
) -> None:
    bob = Person.objects.create(name="Bob")
    guests = Watchlist.objects.create(name="Guests")
    guests.people.set([ada, bob])
    a_rule(kind="watchlist", watchlist=guests, certainty="likely")
    sighting = uuid4()
    worker.sees(ada)
    worker.sees(ada, sighting=sighting, verdict="review")
    assert said() == ["Ada at Hall"]
    worker.sees(bob, sighting=sighting), worker.sees(bob, sighting=sighting)
    assert said() == ["Ada at Hall", "Bob at Hall"]


def test_a_sighting_that_gets_its_name_later_raises_then(worker: Worker, ada: Person) -> None:
    a_rule(kind="person", person=ada)
    sighting = uuid4()
    worker.sees(sighting=sighting)
    assert said() == []
    worker.sees(ada, sighting=sighting)
    assert said() == ["Ada at Hall"]


def test_it_is_quiet_about_the_same_person_at_the_same_camera(worker: Worker, ada: Person, camera: Camera) -> None:
    a_rule(kind="enrolled", cool_down_s=300)
    bob = Person.objects.create(name="Bob")
    worker.sees(ada), worker.sees(ada), worker.sees(bob), Worker(camera).sees(ada)
    assert said() == ["Ada at Hall", "Bob at Hall", "Ada at Door"]
    RuleQuiet.objects.update(until=timezone.now() - timedelta(seconds=1))
    worker.sees(ada)
    assert len(said()) == 4


def test_a_rule_that_was_deleted_or_switched_off_meanwhile_costs_no_sighting(worker: Worker) -> None:
    a_rule("off"), a_rule("gone")
    worker.book.rules()
    Rule.objects.filter(name="off").update(is_on=False)
    Rule.objects.filter(name="gone").delete()
    worker.sees()
    assert Sighting.objects.count() == 1
    assert said() == []


def test_an_alert_has_a_delivery_for_each_channel_of_its_rule_in_the_same_transaction(worker: Worker) -> None:
    a_rule().channels.add(told := a_channel(), a_channel(name="off", is_on=False))
    a_channel(name="of no rule")
    with pytest.raises(RuntimeError), transaction.atomic():
        worker.sees()
        raise RuntimeError
    assert not Delivery.objects.exists()
    worker.sees()
    (delivery,) = Delivery.objects.all()
    assert (delivery.channel, delivery.alert, delivery.kind) == (told, Alert.objects.get(), "alert")


def test_what_is_not_written_is_not_answered(worker: Worker) -> None:
    a_rule()
    sighting = uuid4()
    with pytest.raises(RuntimeError), transaction.atomic():
        record_sighting(
            camera_id=worker.camera.pk,
            change=a_change(None, sighting=sighting),
            snapshots={},
            rules=[*worker.book.rules()],
        )
        assert Alert.objects.count() == 1
        raise RuntimeError("the database went away")
    assert Alert.objects.count() == 0
    worker.sees(sighting=sighting)
    assert Alert.objects.count() == 1


def test_what_could_not_be_written_for_long_is_no_alert_any_more(worker: Worker) -> None:
    a_rule()
    worker.sees(at=timezone.now() - timedelta(hours=1))
    assert (Sighting.objects.count(), said()) == (1, [])


def test_a_camera_that_keeps_nothing_of_strangers_raises_no_alert_of_them(worker: Worker) -> None:
    a_rule()
    Camera.objects.update(strangers="nothing")
    change = a_change(None, sighting=uuid4())
    rules = worker.book.rules()
    assert isinstance(record_sighting(camera_id=worker.camera.pk, change=change, snapshots={}, rules=rules), NotKept)
    assert said() == []


def test_no_rule_is_quiet_for_longer_than_it_says_after_a_clock_that_was_ahead(worker: Worker) -> None:
    a_rule(cool_down_s=300)
    worker.sees()
    for until, alerts in ((timedelta(minutes=4), 1), (timedelta(hours=2), 2), (timedelta(minutes=4), 2)):
        RuleQuiet.objects.update(until=timezone.now() + until)
        worker.sees()
        assert Alert.objects.count() == alerts


def test_it_holds_in_the_hours_of_the_site(worker: Worker, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    now = timezone.now().astimezone(UTC)
    local = now + timedelta(hours=5, minutes=30)
    hour = f"{local:%a %H:00}-{local + timedelta(hours=1):%H:00}"
    a_rule("now", hours=hour), a_rule("not now", hours=hour, outside_hours=True)
    worker.sees(at=now)  # not a moment later: that may be the next hour
    assert list(Alert.objects.values_list("rule_name", flat=True)) == ["now"]


def test_rules_in_memory_cost_a_sighting_nothing_that_none_waits_for(worker: Worker, ada: Person) -> None:
    sighting = uuid4()
    worker.sees(sighting=sighting)
    with CaptureQueriesContext(connection) as without:
        worker.sees(sighting=sighting)
    for number in range(20):
        a_rule(f"rule {number}", kind="person", person=ada)
    worker.book.expire()
    worker.book.rules()
    with CaptureQueriesContext(connection) as with_rules:
        worker.sees(sighting=sighting)
    assert len(with_rules) == len(without)


def test_many_alerts_of_one_sighting_cost_as_many_statements_as_one(worker: Worker) -> None:
    desk = a_channel()

    def statements() -> int:
        worker.book.expire()
        worker.book.rules()
        with CaptureQueriesContext(connection) as taken:
            worker.sees()
        return len(taken)

    a_rule("first", cool_down_s=0).channels.add(desk)
    few = statements()
    for number in range(10):
        a_rule(f"rule {number}", cool_down_s=0).channels.add(desk)
    assert statements() == few
    assert (Alert.objects.count(), Delivery.objects.count()) == (12, 12)


def test_rules_about_lists_ask_once_for_somebody_until_the_rules_are_read_again(worker: Worker, ada: Person) -> None:
    guests, sighting = Watchlist.objects.create(name="Guests"), uuid4()
    a_rule(kind="watchlist", watchlist=guests)
    worker.sees(ada, sighting=sighting)
    with CaptureQueriesContext(connection) as taken:
        worker.sees(ada, sighting=sighting)
    assert not [query for query in taken if "watchlist" in query["sql"]]
    guests.people.add(ada)
    worker.book.expire()
    worker.sees(ada, sighting=sighting)
    assert said() == ["Ada at Hall"] and Alert.objects.get().list_name == "Guests"


def test_rules_are_read_again_when_they_are_old_or_a_doorbell_rings(
    hall: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 1000.0
    monkeypatch.setattr("streams.alerting.rule_book.time.monotonic", lambda: now_s)
    book = RuleBook()
    assert book.rules() == ()
    a_rule()
    assert book.rules() == ()
    now_s += LOOK_EVERY_S
    assert len(book.rules()) == 1
    Rule.objects.update(is_on=False)
    book.expire()
    assert book.rules() == ()


def test_a_rule_with_damaged_hours_never_raises(worker: Worker) -> None:
    a_rule(hours="now and then")
    assert worker.book.rules() == ()


def test_reading_rules_takes_as_many_queries_as_one(hall: Camera) -> None:
    def queries() -> int:
        book = RuleBook()
        with CaptureQueriesContext(connection) as taken:
            book.rules()
        return len(taken)

    a_rule("first", everywhere=False).cameras.add(hall)
    few = queries()
    for number in range(10):
        a_rule(f"rule {number}", everywhere=False).cameras.add(hall)
    assert queries() == few
