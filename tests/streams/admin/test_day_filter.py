"""Lists of the admin are filtered by any one day, in the site's time; none reads every row to offer its days."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from streams.records.camera import Camera
from tests.streams.seen import seen

LIST = "/admin/streams/sighting/"


@pytest.fixture
def page(client: Client, admin_user: User, camera: Camera) -> Any:
    client.force_login(admin_user)
    return lambda **asked: client.get(LIST, asked)


def test_a_day_is_one_of_the_site_from_midnight_to_midnight(page: Any, camera: Camera, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    for day, hour in ((9, 18), (9, 19), (10, 18), (10, 19)):  # there, it is midnight at 18:30 UTC
        seen(camera, None, datetime(2026, 11, day, hour, tzinfo=UTC))
    answer = page(first_seen_at__on="2026-11-10")
    assert answer.context["cl"].result_count == 2
    assert "<b>10 Nov 2026</b>" in answer.content.decode()
    assert page().context["cl"].result_count == 4


def test_other_filters_and_the_search_stay_when_a_day_is_chosen(page: Any) -> None:
    html = page(verdict__exact="match", q="Ada", p="1", first_seen_at__on="2026-11-10").content.decode()
    form = html[html.index('<form method="get" class="filter-day">') :].split("</form>")[0]
    assert dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)) == {
        "verdict__exact": "match",
        "q": "Ada",
    }
    assert '<input type="date" name="first_seen_at__on" value="2026-11-10" required>' in form


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "9999-12-31", "2026-11-10T12:00", "", "x" * 999])
def test_what_is_no_day_is_refused_or_passed_over(page: Any, day: str) -> None:
    answer = page(first_seen_at__on=day)
    assert (answer.status_code, answer.headers.get("location")) == ((302, f"{LIST}?e=1") if day else (200, None))


def test_todays_are_found_by_djangos_own_spans_too(page: Any, camera: Camera) -> None:
    seen(camera, None, timezone.now())
    (today,) = re.findall(r'<a href="\?([^"]*)">Today</a>', page().content.decode())
    assert page(**dict(parse_qsl(today.replace("&amp;", "&")))).context["cl"].result_count == 1


def test_no_list_reads_every_row_to_tell_which_days_have_some() -> None:
    assert [each for each in admin.site._registry.values() if each.date_hierarchy] == []
