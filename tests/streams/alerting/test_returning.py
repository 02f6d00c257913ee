"""Strangers who come again: an alert with the visit that is one too many, and none of whoever is ignored."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from streams.alerting.returning import raise_for_stranger
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.stranger import Stranger
from tests.streams.alerting_rows import a_rule
from tests.streams.seen import seen

pytestmark = pytest.mark.django_db


def comes(camera: Camera, visits: int, ago: timedelta = timedelta(minutes=2), **fields: Any) -> None:
    at = timezone.now() - ago
    stranger = Stranger.objects.create(first_seen_at=at, last_seen_at=at, sightings=visits, number=12, **fields)
    raise_for_stranger(stranger, seen(camera, None, at, stranger=stranger, votes=3))
    stranger.delete()


@pytest.mark.parametrize(("visits", "alerts"), [(2, 0), (3, 1), (9, 1)])
def test_a_stranger_raises_from_the_visit_on_that_the_rule_names(hall: Camera, visits: int, alerts: int) -> None:
    a_rule(kind="stranger_seen", times=3)
    comes(hall, visits)
    assert list(Alert.objects.values_list("count", flat=True)) == [visits] * alerts


@pytest.mark.parametrize("fields", [{"state": "ignored"}, {"ago": timedelta(hours=2)}])
def test_whoever_is_ignored_or_came_long_ago_raises_none(hall: Camera, fields: dict[str, Any]) -> None:
    a_rule(kind="stranger_seen", times=3)
    comes(hall, 5, **fields)
    assert not Alert.objects.exists()


def test_a_rule_looks_at_its_own_cameras_and_is_quiet_for_a_while(hall: Camera, camera: Camera) -> None:
    a_rule(kind="stranger_seen", times=3, everywhere=False).cameras.add(hall)
    at = timezone.now()
    stranger = Stranger.objects.create(first_seen_at=at, last_seen_at=at, sightings=5, number=7)
    for where in (camera, hall, hall):
        raise_for_stranger(stranger, seen(where, None, at, stranger=stranger, votes=3))
    (alert,) = Alert.objects.all()
    assert (alert.camera, alert.said) == (hall, "Stranger 7 at Hall, for the 5. time")
