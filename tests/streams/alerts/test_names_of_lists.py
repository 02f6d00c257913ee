"""Who reads the name of a watchlist in alerts: whoever may see watchlists, wherever an alert is told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, cast

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from people.records.watchlist import Watchlist
from streams.alerting.telling import said_of
from streams.live.sight import read_hello, read_sight
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.delivery import Delivery
from streams.records.states import SUSPENDED_ENTRY, RuleKind
from streams.wire.announcing import AlertSaid
from tests.api import client_of
from tests.streams.alerting_rows import a_channel, an_alert
from tests.streams.limited import fresh

pytestmark = pytest.mark.django_db
RIGHTS = ("view_alert", "view_camera", "view_channel", "view_delivery")


@pytest.fixture
def guard() -> User:
    """Reads alerts and deliveries, and may not see watchlists."""
    user = User.objects.create_user("guard", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=RIGHTS))
    return user


@pytest.fixture(params=["own text", "usual", "nobody came"])
def alert(request: pytest.FixtureRequest, hall: Camera) -> Alert:
    fields: dict[str, dict[str, Any]] = {
        "own text": {"kind": RuleKind.WATCHLIST, "text": "{list}: {who}"},
        "usual": {"kind": SUSPENDED_ENTRY, "count": 3},
        "nobody came": {"kind": RuleKind.NOBODY_CAME},
    }
    names = {"watchlist": Watchlist.objects.create(name="Tax debtors"), "list_name": "Tax debtors"}
    return an_alert(camera=hall, raised_at=timezone.now(), **names, **fields[request.param])


def told(user: User) -> dict[str, str]:
    """Returns what `user` reads of alerts, by where."""
    page, api, today = Client(), client_of(user), timezone.localdate()
    days = f"?from={today - timedelta(days=1)}&to={today + timedelta(days=1)}"
    page.force_login(user)
    alert, delivery = Alert.objects.get(), Delivery.objects.get()
    pages = {
        "list": "/alerts/",
        "page": f"/alerts/{alert.pk}/",
        "report": f"/alerts/report/{days}",
        "deliveries in the admin": "/admin/streams/delivery/",
        "delivery in the admin": f"/admin/streams/delivery/{delivery.pk}/change/",
    }
    files = {
        "API": f"/api/v1/alerts/{alert.pk}/",
        "API list": "/api/v1/alerts/",
        "API deliveries": "/api/v1/deliveries/",
        "API report": f"/api/v1/reports/alerts/{days}",
        "API report as a file": f"/api/v1/reports/alerts/csv/{days}",
    }
    got = {where: page.get(url) for where, url in pages.items()} | {where: api.get(url) for where, url in files.items()}
    assert {answer.status_code for answer in got.values()} == {200}, got
    sight = read_sight(fresh(user))
    assert sight is not None
    (said,) = said_of([alert])
    sockets = {"greeting": read_hello(fresh(user), sight), "event": sight.alert_of(said)}
    return {
        **{where: b"".join(answer).decode() for where, answer in got.items()},
        **{where: json.dumps(what, ensure_ascii=False) for where, what in sockets.items()},
    }


def test_a_list_is_named_only_to_who_may_see_lists(guard: User, alert: Alert) -> None:
    Delivery.objects.create(channel=a_channel(), alert=alert, kind="alert")
    assert [where for where, words in told(guard).items() if "Tax debtors" in words] == []
    uncounted = ["report", "API report", "API report as a file"] if alert.kind == SUSPENDED_ENTRY else []
    assert [where for where, words in told(guard).items() if "a watchlist" not in words.lower()] == uncounted
    guard.user_permissions.add(Permission.objects.get(codename="view_watchlist"))
    assert [where for where, words in told(fresh(guard)).items() if "Tax debtors" not in words] == uncounted


def test_a_worker_of_the_release_before_names_no_list_either(guard: User, alert: Alert) -> None:
    (said,) = said_of([alert])
    older = {name: value for name, value in said.items() if name != "without_list"}
    sight = read_sight(fresh(guard))
    assert sight and sight.alert_of(cast(AlertSaid, older))["alert"]["said"] == "An alert"


def test_whoever_loses_the_right_is_shown_the_live_page_anew(guard: User, hall: Camera) -> None:
    lists = Permission.objects.get(codename="view_watchlist")
    guard.user_permissions.add(lists)
    before = read_sight(fresh(guard))
    guard.user_permissions.remove(lists)
    now = read_sight(fresh(guard))
    assert before and now and now.is_narrower_than(before) and not before.is_narrower_than(now)
