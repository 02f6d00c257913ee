"""Lists of very many rows are counted to a bound, and say so."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.admin import long_list

LIST = "/admin/admin/logentry/"


@pytest.fixture
def entries(admin_user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_list, "MOST_PAGED", 60)
    rows = [LogEntry(user=admin_user, action_flag=CHANGE, object_repr=f"row {n}") for n in range(62)]
    LogEntry.objects.bulk_create(rows)


def test_it_counts_to_the_bound_and_says_that_there_are_more(entries: None, admin_client: Client) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = admin_client.get(LIST).content.decode()
    assert "More than 60 log entries. These pages lead through the first 60: filter for the others." in page
    counts = [query["sql"] for query in asked if "COUNT(" in query["sql"] and "django_admin_log" in query["sql"]]
    assert counts and all("LIMIT 61" in sql for sql in counts)


def test_the_last_page_ends_at_the_bound(entries: None, admin_client: Client) -> None:
    assert len(admin_client.get(LIST, {"p": 2}).context["cl"].result_list) == 10
    assert admin_client.get(LIST, {"p": 3}).status_code == 302


def test_a_list_below_the_bound_says_its_number(entries: None, admin_client: Client) -> None:
    page = admin_client.get(LIST, {"q": "row 1"}).content.decode()
    assert "16 log entries" in page and "16 results" in page and "ore than" not in page
    assert "more than 60 results" in admin_client.get(LIST, {"q": "row"}).content.decode()
