"""What a rule would have raised in the last seven days: by the same matching, and bounded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from people.records.person import Person
from streams.alerting import preview as module
from streams.alerting.preview import preview
from streams.records.camera import Camera
from streams.records.stranger import Stranger
from tests.streams.alerting_rows import a_rule
from tests.streams.seen import seen

pytestmark = pytest.mark.django_db


def ago(minutes: float) -> Any:
    return timezone.now() - timedelta(minutes=minutes)


def test_it_is_quiet_as_the_rule_will_be(hall: Camera, operator: Any) -> None:
    for minutes in (20, 18, 10, 9, 1):
        seen(hall, None, ago(minutes), votes=3)
    assert preview(a_rule(cool_down_s=300), operator).alerts == 3


def test_it_counts_the_returns_of_strangers(hall: Camera, operator: Any) -> None:
    stranger = Stranger.objects.create(first_seen_at=ago(99), last_seen_at=ago(1), sightings=4, number=3)
    for minutes in (90, 60, 30, 1):
        seen(hall, None, ago(minutes), stranger=stranger, votes=3)
    assert preview(a_rule(kind="stranger_seen", times=3, cool_down_s=0), operator).alerts == 2


def test_it_asks_as_often_for_many_strangers_as_for_few(
    hall: Camera, operator: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 9):
        stranger = Stranger.objects.create(first_seen_at=ago(99), last_seen_at=ago(1), sightings=3, number=number)
        for minutes in (90, 30 + number, number):
            seen(hall, None, ago(minutes), stranger=stranger, votes=3)
    rule = a_rule(kind="stranger_seen", times=3, cool_down_s=0)
    with django_assert_max_num_queries(6):
        assert preview(rule, operator).alerts == 8


def test_it_counts_the_days_on_which_somebody_did_not_come(
    hall: Camera, operator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Noon of a week in which no clock changes: in the night after such a change seven days hold six or eight mornings.
    monkeypatch.setattr(module.timezone, "now", lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))
    ada = Person.objects.create(name="Ada")
    rule = a_rule(kind="nobody_came", person=ada, hours="Mon-Sun 00:00-00:30")
    assert preview(rule, operator).alerts == 7


def test_it_reads_no_more_than_so_many(hall: Camera, operator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_READ", 2)
    for minutes in (30, 20, 10):
        seen(hall, None, ago(minutes), votes=3)
    found = preview(a_rule(cool_down_s=0), operator)
    assert (found.alerts, found.is_cut) == (2, True)


def test_how_long_cameras_were_down_nobody_can_tell(operator: Any) -> None:
    assert "nobody can tell" in preview(a_rule(kind="camera_down"), operator).unknowable
