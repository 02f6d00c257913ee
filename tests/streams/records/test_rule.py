"""Rules: what their rows may hold, that they never become wider by themselves, and who sees them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from people.editing.merging import merge_people
from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.cameras.deleting import delete_camera
from streams.records.camera import Camera
from streams.records.groups import CameraGroup
from streams.records.rule import Rule, RuleQuiet
from tests.streams.alerting_rows import a_channel, a_rule
from tests.streams.limited import World, fresh
from tests.streams.seen import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Person:
    return Person.objects.create(name="Ada")


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("rule_has_a_name", {"name": ""}),
        ("rule_kind", {"kind": "anything"}),
        ("rule_names_whom_it_waits_for", {"kind": "person"}),
        ("rule_names_whom_it_waits_for", {"kind": "watchlist"}),
        ("rule_names_whom_it_waits_for", {"kind": "nobody_came"}),
        ("rule_certainty", {"certainty": "perhaps"}),
        ("rule_severity", {"severity": "loud"}),
        ("rule_off_because", {"off_because": "person"}),
        ("rule_times_from_2", {"times": 1}),
        ("rule_minutes_from_1", {"minutes": 0}),
        ("rule_looks_range", {"looks": 0}),
        ("rule_looks_range", {"looks": 13}),
        ("rule_cool_down_range", {"cool_down_s": 10_000_000}),
    ],
)
def test_the_database_refuses_other_rows(constraint: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        a_rule(**fields)


def test_an_unknown_person_is_not_at_the_same_time_somebody(ada: Person) -> None:
    with pytest.raises(IntegrityError, match="rule_names_whom_it_waits_for"):
        a_rule(kind="unknown", person=ada)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("hours", "Mon 25:00-26:00", "no time of day"),
        ("exceptions", "tomorrow never", "cannot be read"),
        ("exceptions", "2026-13-01 never", "no day of a calendar"),
        ("exceptions", "2026-12-02 to 2026-12-01 never", "ends before it begins"),
        ("exceptions", "2026-12-02 Mon 08:00-12:00", "no time from and to"),
        ("text", "{name} is here", "Nothing fills in “{name}”"),
        ("text", "a { alone", "A brace is left alone"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(field: str, value: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Rule(name="After hours", **{field: value}).full_clean()


def test_a_rule_whose_person_is_deleted_is_off_and_says_why(ada: Person) -> None:
    rule = a_rule(kind="person", person=ada)
    ada.delete()
    rule.refresh_from_db()
    assert (rule.is_on, rule.off_because, rule.get_off_because_display()) == (False, "person", "its person was deleted")


def test_a_rule_whose_watchlist_is_deleted_is_off_and_says_why() -> None:
    guests = Watchlist.objects.create(name="Guests")
    rule, other = (
        a_rule(kind="watchlist", watchlist=guests),
        a_rule("Nobody came", kind="nobody_came", watchlist=guests),
    )
    guests.delete()
    assert {(each.is_on, each.off_because) for each in Rule.objects.all()} == {(False, "watchlist")}
    assert Rule.objects.filter(pk__in=[rule.pk, other.pk]).count() == 2


def test_a_rule_that_is_made_about_something_else_stays_on(ada: Person) -> None:
    rule = a_rule(kind="person", person=ada)
    rule.kind, rule.person = "unknown", None
    rule.save()
    rule.refresh_from_db()
    assert (rule.is_on, rule.off_because) == (True, "")


def test_a_rule_follows_its_person_through_a_merge(ada: Person) -> None:
    kept = Person.objects.create(name="Ada Lovelace")
    rule = a_rule(kind="person", person=ada)
    merge_people(keep=kept, merge=ada, by=None)
    rule.refresh_from_db()
    assert (rule.is_on, rule.person) == (True, kept)


def test_a_rule_is_off_when_its_last_camera_is_deleted_and_not_before(hall: Camera, camera: Camera) -> None:
    rule = a_rule(everywhere=False)
    rule.cameras.set([hall, camera])
    deleted(hall)
    rule.refresh_from_db()
    assert rule.is_on
    deleted(camera)
    rule.refresh_from_db()
    assert (rule.is_on, rule.off_because, rule.everywhere) == (False, "cameras", False)


def test_a_rule_is_off_when_its_group_of_cameras_is_deleted() -> None:
    ground = CameraGroup.objects.create(name="Ground floor")
    rule = a_rule(everywhere=False)
    rule.camera_groups.add(ground)
    ground.delete()
    as_committed()
    rule.refresh_from_db()
    assert (rule.is_on, rule.off_because) == (False, "cameras")


def test_a_rule_whose_last_channel_is_deleted_is_off_and_says_why() -> None:
    rule, phone = a_rule(), a_channel()
    rule.channels.add(phone)
    phone.delete()
    as_committed()
    rule.refresh_from_db()
    assert (rule.is_on, rule.off_because) == (False, "channels")


def test_an_edit_that_takes_cameras_and_channels_out_leaves_a_rule_on(hall: Camera) -> None:
    rule, phone = a_rule(everywhere=False), a_channel()
    rule.cameras.add(hall), rule.channels.add(phone)
    rule.cameras.clear(), rule.channels.clear()
    as_committed()
    rule.refresh_from_db()
    assert rule.is_on


def test_it_is_quiet_about_a_subject_once() -> None:
    rule = a_rule()
    RuleQuiet.objects.create(rule=rule, subject="unknown", until=NOON)
    with pytest.raises(IntegrityError, match="rule_quiet_once"):
        RuleQuiet.objects.create(rule=rule, subject="unknown", until=NOON)


class TestLimits:
    @pytest.fixture
    def world(self) -> World:
        return World.made()

    def test_whoever_sees_some_cameras_sees_rules_of_these_alone(self, world: World, viewer: User) -> None:
        world.limit_cameras(user=viewer)
        a_rule("everywhere")
        for name, cameras in (("hall", [world.hall]), ("both", [world.hall, world.vault]), ("vault", [world.vault])):
            a_rule(name, everywhere=False).cameras.set(cameras)
        a_rule("ground floor", everywhere=False).camera_groups.set([world.group_of_the_hall()])
        cellar = CameraGroup.objects.create(name="Cellar")
        a_rule("cellar", everywhere=False).camera_groups.set([cellar])
        assert names(viewer) == ["ground floor", "hall"]

    def test_whoever_sees_some_people_sees_rules_about_these_and_about_nobody(self, world: World, viewer: User) -> None:
        world.limit_people(user=viewer)
        a_rule("ada", kind="person", person=world.ada), a_rule("bob", kind="person", person=world.bob)
        a_rule("enrolled", kind="enrolled"), a_rule("unknown"), a_rule("down", kind="camera_down")
        assert names(viewer) == ["ada", "down", "unknown"]

    def test_nobody_without_the_right_sees_a_rule(self, stranger: User) -> None:
        a_rule()
        assert names(stranger) == []


def names(user: User) -> list[str]:
    return sorted(Rule.objects.visible_to(fresh(user)).values_list("name", flat=True))


def deleted(camera: Camera) -> None:
    delete_camera(camera=camera, by=None)
    as_committed()


def as_committed() -> None:
    """Runs what the database does at the end of a transaction."""
    assert transaction.get_connection().in_atomic_block
    connection.check_constraints()
