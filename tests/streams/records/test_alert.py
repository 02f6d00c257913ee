"""Alerts: what their rows may hold, what they say, what stays when something is deleted, and who sees them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils import timezone

from people.records.person import Person
from streams.cameras.deleting import delete_camera
from streams.records.alert import Alert
from streams.records.alert_words import BadText, check_text, filled
from streams.records.camera import Camera
from streams.records.delivery import Delivery
from streams.records.stranger import Stranger
from tests.streams.alerting_rows import a_channel, a_rule, an_alert
from tests.streams.limited import World, fresh
from tests.streams.seen import NOON, seen

pytestmark = pytest.mark.django_db

DECIDED: dict[str, Any] = {"decided_at": NOON, "decided_who": "ann", "decided": "false"}


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("alert_kind", {"kind": "anything"}),
        ("alert_severity", {"severity": "loud"}),
        ("alert_state", {"state": "lost"}),
        ("alert_acknowledged_by_somebody", {"state": "acknowledged", "acknowledged_at": NOON}),
        ("alert_decided_by_somebody", {"state": "second"}),
        ("alert_decided_by_somebody", DECIDED),
        ("alert_closed_with_an_outcome", {"state": "closed", **DECIDED}),
        ("alert_closed_with_an_outcome", {"outcome": "true"}),
        (
            "alert_second_person_decides",
            {"state": "closed", "outcome": "false", "two_people": True, **DECIDED},
        ),
    ],
)
def test_the_database_refuses_other_rows(constraint: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        an_alert(**fields)


def test_a_rule_raises_one_alert_of_a_sighting(hall: Camera) -> None:
    rule, sighting = a_rule(), seen(hall)
    an_alert(rule, hall, sighting=sighting)
    with pytest.raises(IntegrityError, match="alert_once_a_sighting"):
        an_alert(rule, hall, sighting=sighting)


def test_a_rule_raises_one_alert_of_an_outage(hall: Camera) -> None:
    rule = a_rule(kind="camera_down")
    an_alert(rule, hall, subject="outage")
    with pytest.raises(IntegrityError, match="alert_once_a_subject"):
        an_alert(rule, hall, subject="outage")


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("unknown", {}, "An unknown person at Hall"),
        ("camera_down", {"count": 12}, "Hall has given no pictures for 12 min"),
        ("nobody_came", {"list_name": "Cleaners"}, "Not seen until 13:00:00 CET: Cleaners"),
        ("unknown", {"text": "{who}, {how_sure}, {day}: {rule}"}, "An unknown person, , 23 Nov 2026: After hours"),
        ("unknown", {"text": "{gone} at {camera}"}, "{gone} at Hall"),
    ],
)
def test_it_says_what_its_rule_says(hall: Camera, kind: str, fields: dict[str, Any], says: str, settings: Any) -> None:
    with timezone.override("Europe/Berlin"):
        settings.TIME_ZONE = "Europe/Berlin"
        assert an_alert(camera=hall, kind=kind, **fields).said == says


def test_whoever_erases_a_person_erases_the_name_in_alerts(hall: Camera) -> None:
    ada = Person.objects.create(name="Ada")
    alert = an_alert(camera=hall, kind="person", person=ada, sighting=seen(hall, ada), text="Look: {who}")
    assert alert.said == "Look: Ada"
    ada.delete()
    alert.refresh_from_db()
    assert alert.said == "Look: somebody who was deleted since"
    assert "Ada" not in repr(Alert.objects.values().get())


def test_it_names_a_stranger_by_number_until_the_stranger_is_forgotten(hall: Camera) -> None:
    twelve = Stranger.objects.create(number=12, first_seen_at=NOON, last_seen_at=NOON)
    alert = an_alert(camera=hall, kind="stranger_seen", stranger=twelve, count=3)
    assert alert.said == "Stranger 12 at Hall, for the 3. time"
    twelve.delete()
    alert.refresh_from_db()
    assert alert.said == "A stranger at Hall, for the 3. time"


def test_it_outlasts_its_camera_its_sighting_and_its_rule(hall: Camera, operator: User) -> None:
    rule = a_rule()
    alert = an_alert(rule, hall, sighting=seen(hall))
    delete_camera(camera=hall, by=operator, with_sightings=True)
    rule.delete()
    alert.refresh_from_db()
    assert (alert.camera, alert.sighting, alert.rule) == (None, None, None)
    assert (alert.said, alert.rule_name) == ("An unknown person at Hall", "After hours")


def test_a_text_names_what_fills_its_placeholders() -> None:
    check_text("{who} at {camera}, {time}")
    with pytest.raises(BadText, match=r"There are \{who\}, \{camera\}"):
        check_text("{whom}")
    assert filled("{who} {whom}", {"who": "Ada"}) == "Ada {whom}"


@pytest.mark.parametrize(
    "text", ["{", "}", "{}", "{who", "{who}}", "{{who}}", "{who!r}", "{who.name}", "{0}", "{who:>9}"]
)
def test_a_broken_placeholder_is_refused_and_one_in_an_old_row_is_shown_as_it_is(hall: Camera, text: str) -> None:
    with pytest.raises(BadText):
        check_text(text)
    said = an_alert(camera=hall, text=f"At {{camera}}: {text}").said
    assert said.startswith("At Hall: ") and len(said) <= len("At Hall: ") + len("{An unknown person}")


def test_what_a_name_says_is_no_placeholder(hall: Camera) -> None:
    mallory = Person.objects.create(name="{camera} {rule}")
    assert an_alert(camera=hall, kind="person", person=mallory, text="{who}").said == "{camera} {rule}"


def test_a_delivery_of_an_alert_goes_to_a_channel_once(hall: Camera) -> None:
    alert, phone = an_alert(camera=hall), a_channel()
    Delivery.objects.create(alert=alert, channel=phone)
    assert Delivery.objects.due().count() == 1
    with pytest.raises(IntegrityError, match="delivery_once"):
        Delivery.objects.create(alert=alert, channel=phone)


class TestLimits:
    @pytest.fixture
    def world(self) -> World:
        world = World.made()
        for camera in (world.hall, world.vault):
            for person in (world.ada, world.bob):
                an_alert(camera=camera, kind="person", person=person, text="{who} at {camera}")
            an_alert(camera=camera)
        an_alert(kind="nobody_came", person=world.bob, text="{who} is late")
        return world

    def test_whoever_sees_some_cameras_sees_alerts_of_these(self, world: World, viewer: User) -> None:
        world.limit_cameras(user=viewer)
        assert said(viewer) == ["Ada Lovelace at Hall", "An unknown person at Hall", "Bob Hidden at Hall"]

    def test_whoever_sees_some_people_sees_alerts_about_these_and_about_nobody(
        self, world: World, viewer: User
    ) -> None:
        world.limit_people(user=viewer)
        assert said(viewer) == [
            "Ada Lovelace at Hall", "Ada Lovelace at Vault", "An unknown person at Hall", "An unknown person at Vault"
        ]  # fmt: skip

    def test_an_alert_about_somebody_erased_is_not_for_those_who_see_some_people(
        self, world: World, viewer: User
    ) -> None:
        world.limit_people(user=viewer)
        world.ada.delete()
        assert said(viewer) == ["An unknown person at Hall", "An unknown person at Vault"]

    def test_nobody_without_the_right_sees_an_alert(self, world: World, stranger: User) -> None:
        assert said(stranger) == []

    def test_deliveries_go_with_channel_and_alert(self, world: World, viewer: User) -> None:
        mine, everybodys = a_channel("Mine", everywhere=False), a_channel("Everybody's")
        mine.camera_groups.add(world.group_of_the_hall())
        for alert in Alert.objects.all():
            for channel in (mine, everybodys):
                Delivery.objects.create(alert=alert, channel=channel)
        world.limit_cameras(user=viewer)
        assert {str(each.channel) for each in Delivery.objects.visible_to(fresh(viewer))} == {"Mine"}
        assert Delivery.objects.visible_to(fresh(viewer)).count() == 3


def said(user: User) -> list[str]:
    alerts = Alert.objects.visible_to(fresh(user)).select_related("person", "stranger")
    return sorted(alert.said for alert in alerts)
