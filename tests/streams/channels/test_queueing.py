"""Which deliveries an alert makes."""

from __future__ import annotations

from typing import Any

import pytest

from streams.channels.queueing import queue, queue_test
from streams.records.camera import Camera
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.groups import CameraGroup
from tests.streams.alerting_rows import a_channel, a_rule, an_alert

pytestmark = pytest.mark.django_db


@pytest.fixture
def camera() -> Camera:
    return Camera.objects.create(name="Hall", slug="hall", source="0")


def test_each_channel_of_the_rule_gets_one_and_a_second_call_changes_nothing(camera: Camera) -> None:
    rule = a_rule()
    rule.channels.set([a_channel("One"), a_channel("Two")])
    a_channel("Another rule's")
    alert = an_alert(rule, camera)
    assert queue([alert]) == 2
    queue([alert])
    assert sorted(Delivery.objects.values_list("channel__name", "kind", "state")) == [
        ("One", "alert", "waiting"), ("Two", "alert", "waiting"),
    ]  # fmt: skip


def test_a_channel_that_is_off_or_tells_of_other_cameras_gets_none(camera: Camera) -> None:
    group, other = CameraGroup.objects.create(name="Here"), CameraGroup.objects.create(name="There")
    group.cameras.add(camera)
    CameraGroup.objects.create(name="Here, too").cameras.add(camera)
    here, there = a_channel("Here", everywhere=False), a_channel("There", everywhere=False)
    here.camera_groups.set(CameraGroup.objects.exclude(pk=other.pk))
    there.camera_groups.set([other])
    rule = a_rule()
    rule.channels.set([here, there, a_channel("Off", is_on=False), a_channel("Nowhere", everywhere=False)])
    assert queue([an_alert(rule, camera)]) == 1
    assert Delivery.objects.get().channel == here


def test_an_alert_of_no_camera_goes_to_channels_that_tell_everything() -> None:
    limited = a_channel("Limited", everywhere=False)
    limited.camera_groups.set([CameraGroup.objects.create(name="Here")])
    rule = a_rule()
    rule.channels.set([limited, a_channel("All")])
    assert queue([an_alert(rule)]) == 1


@pytest.mark.parametrize(
    ("looks_at", "told"), [("group", 1), ("camera", 1), ("both", 1), ("other group", 0), ("other camera", 0), ("", 0)]
)
def test_an_alert_of_no_camera_goes_to_a_channel_of_all_places_of_its_rule(
    camera: Camera, looks_at: str, told: int
) -> None:
    here, there = CameraGroup.objects.create(name="Here"), CameraGroup.objects.create(name="There")
    here.cameras.add(camera)
    there.cameras.add(Camera.objects.create(name="Vault", slug="vault", source="1"))
    limited = a_channel("Limited", everywhere=False)
    limited.camera_groups.set([here])
    rule = a_rule(everywhere=False)
    rule.channels.set([limited])
    if looks_at in ("group", "both", "other group"):
        rule.camera_groups.set([here, there] if looks_at == "other group" else [here])
    if looks_at in ("camera", "both", "other camera"):
        rule.cameras.set(Camera.objects.all() if looks_at == "other camera" else [camera])
    assert queue([an_alert(rule)]) == told


def test_an_alert_whose_rule_is_gone_or_has_no_channels_makes_none(camera: Camera) -> None:
    assert queue([an_alert(None, camera)]) == queue([an_alert(a_rule(), camera)]) == queue([]) == 0


def test_many_alerts_of_a_camera_cost_two_queries_and_each_goes_to_the_channels_of_its_rule(
    camera: Camera, django_assert_num_queries: Any
) -> None:
    one, other, silent = a_rule("One"), a_rule("Other"), a_rule("Silent")
    one.channels.set([a_channel(f"Channel {n}") for n in range(10)])
    other.channels.set(Channel.objects.filter(name="Channel 3"))
    alerts = [an_alert(rule, camera) for rule in (one, one, other, silent)]
    with django_assert_num_queries(2):
        assert queue(alerts) == 21
    told = Delivery.objects.values_list("alert", flat=True)
    assert [list(told).count(alert.pk) for alert in alerts] == [10, 10, 1, 0]
    with django_assert_num_queries(1):
        queue(alerts[3:])


def test_a_test_is_a_delivery_without_an_alert() -> None:
    delivery = queue_test(a_channel(is_on=False))
    assert (delivery.kind, delivery.state, delivery.alert) == ("test", "waiting", None)
