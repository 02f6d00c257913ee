"""The report on the alerts of a period: counted by list, rule and camera, with how the site recognised then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.gallery.calibration_history import calibrations_between
from people.gallery.engine_choice import EngineChoice
from people.gallery.thresholds import DecisionThresholds
from people.recognition.engine.kinds import DLIB, FUSED
from people.records.watchlist import Watchlist
from streams.alerts.report import alert_report
from streams.records.alert import Alert
from streams.records.states import SUSPENDED_ENTRY
from tests.api import client_of
from tests.streams.alerting_rows import a_rule, an_alert
from tests.streams.limited import World, fresh

pytestmark = pytest.mark.django_db
MAY = datetime(2026, 5, 10, 12, tzinfo=UTC)
FIRST, LAST = date(2026, 5, 1), date(2026, 5, 31)


@pytest.fixture
def world(media: Any) -> World:
    made = World.made()
    banned = Watchlist.objects.create(name="Banned")
    door = a_rule("Door", kind="watchlist", watchlist=banned)
    gate = a_rule("Gate")
    done = {"state": "closed", "decided_who": "ann", "decided_at": MAY}
    for outcome in ("true", "false", "false", "unsure"):
        an_alert(
            door, made.hall, person=made.ada, watchlist=banned, outcome=outcome, decided=outcome, raised_at=MAY, **done
        )
    an_alert(gate, made.vault, raised_at=MAY)
    an_alert(gate, made.vault, raised_at=MAY - timedelta(days=30))
    an_alert(door, made.hall, kind=SUSPENDED_ENTRY, person=made.ada, raised_at=MAY)
    return made


def test_it_counts_by_list_rule_and_camera(world: World, operator: User) -> None:
    found = alert_report(FIRST, LAST, operator)
    total = found.total
    assert (total.alerts, total.true, total.false, total.unsure, total.open) == (5, 1, 2, 1, 1)
    assert total.false_rate == 0.5
    lines = [(line.by, line.name, line.counts.alerts, line.counts.false_percent) for line in found.lines]
    assert lines == [
        ("list", "Banned", 4, "50.0 %"),
        ("list", "no watchlist", 1, ""),
        ("rule", "Door", 4, "50.0 %"),
        ("rule", "Gate", 1, ""),
        ("camera", "Hall", 4, "50.0 %"),
        ("camera", "Vault", 1, ""),
    ]


def test_limits_hold_for_it(world: World, operator: User) -> None:
    user = User.objects.create_user("limited")
    user.user_permissions.set(operator.user_permissions.model.objects.all())
    world.limit_cameras(user)
    found = alert_report(FIRST, LAST, fresh(user))
    assert [line.name for line in found.by("camera")] == ["Hall"]


def test_it_costs_the_same_however_many_alerts(world: World, operator: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            alert_report(FIRST, LAST, operator)
        return len(captured)

    before = queries()
    for number in range(3):
        an_alert(a_rule(f"More {number}"), world.hall, raised_at=MAY)
    assert queries() == before <= 6


def test_the_page_and_the_file_say_the_same(world: World, operator: User) -> None:
    page = Client()
    page.force_login(operator)
    shown = page.get("/alerts/report/?from=2026-05-01&to=2026-05-31").content.decode()
    assert "1 true, 2 false alarms, 1 unsure, 1 still open" in shown
    assert "50.0 % were false alarms" in shown
    assert page.get("/alerts/report/").status_code == 200
    assert page.get("/alerts/report/?from=2026-06-01&to=2026-05-01").status_code == 400
    file = page.get("/api/v1/reports/alerts/csv/?from=2026-05-01&to=2026-05-31").content.decode()
    assert "2026-05-01,2026-05-31,list,Banned,4,1,2,1,0,0.5000" in file


def test_the_api_says_it(world: World, operator: User, viewer: User) -> None:
    url = "/api/v1/reports/alerts/?from=2026-05-01&to=2026-05-31"
    told = client_of(operator).get(url).json()
    assert told["total"] == {"alerts": 5, "true": 1, "false": 2, "unsure": 1, "open": 1, "false_rate": 0.5}
    assert told["calibrations"] is not None
    world.limit_people(viewer)
    assert client_of(viewer).get(url).json()["calibrations"] is None
    for wrong in ("?from=yesterday", "?from=2020-01-01&to=2026-01-01", "?nothing=1"):
        assert client_of(operator).get(f"/api/v1/reports/alerts/{wrong}").status_code == 400


def test_what_was_deleted_leaves_the_numbers_and_its_name(world: World, operator: User) -> None:
    Alert.objects.exclude(watchlist=None).update(list_name="Banned")
    Watchlist.objects.all().delete()
    Watchlist.objects.create(name="Banned")
    Alert.objects.update(rule=None, camera=None)
    found = alert_report(FIRST, LAST, operator)
    lines = [(line.by, line.name, line.counts.alerts) for line in found.lines]
    assert lines == [
        ("list", "Banned, deleted since", 4),
        ("list", "no watchlist", 1),
        ("rule", "Door, deleted since", 4),
        ("rule", "Gate, deleted since", 1),
        ("camera", "Hall, deleted since", 4),
        ("camera", "Vault, deleted since", 1),
    ]
    assert found.total.alerts == 5


class TestCalibrations:
    def at(self, model: Any, moment: datetime, **fields: Any) -> None:
        row = model.objects.create(**fields)
        column = "chosen_at" if model is EngineChoice else "created_at"
        model.objects.filter(pk=row.pk).update(**{column: moment})

    def test_each_engine_and_each_decision_has_its_time(self, db: None) -> None:
        day = timedelta(days=1)
        self.at(EngineChoice, MAY - 90 * day, engine=DLIB.key)
        self.at(EngineChoice, MAY, engine=FUSED.key, previous=DLIB.key)
        self.at(DecisionThresholds, MAY - 60 * day, engine=DLIB.key, match=0.4, review=0.5, reason="Own photos")
        self.at(DecisionThresholds, MAY + day, engine=FUSED.key, match=0.8, review=0.9, reason="New photos")
        spans = calibrations_between(MAY - 9 * day, MAY + 21 * day)
        assert [(span.engine, span.reason, span.since, span.until) for span in spans] == [
            ("dlib", "Own photos", MAY - 60 * day, MAY),
            ("fused", "", MAY, MAY + day),
            ("fused", "New photos", MAY + day, None),
        ]
        assert spans[0].thresholds.match == 0.4
        earlier = calibrations_between(MAY - 80 * day, MAY - 70 * day)
        assert [(span.engine, span.since, span.until) for span in earlier] == [("dlib", None, MAY - 60 * day)]

    def test_a_site_without_anybody_has_none(self, db: None) -> None:
        assert calibrations_between(MAY, MAY + timedelta(days=1)) == []
