"""Who did what stands in one list of the admin, downloads of lists included."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.base.history import log_downloaded
from people.records.groups import PersonGroup, PersonLimit

LIST = "/admin/admin/logentry/"


@pytest.fixture
def auditor(db: None) -> User:
    user = User.objects.create_user("audrey", is_staff=True)
    user.groups.add(Group.objects.get(name="auditor"))
    return user


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/sightings/csv/?verdict=match", "sightings.csv"),
        ("/api/v1/people/csv/?search=Ada", "people.csv"),
        ("/api/v1/reports/attendance/csv/?from=2026-11-01", "attendance.csv"),
        ("/admin/people/photo/csv/?q=Ada", "photos.csv"),
    ],
)
def test_whoever_downloads_a_list_is_written_down_with_its_filters(
    client: Client, operator: User, address: str, file: str
) -> None:
    client.force_login(operator)
    assert client.get(address).status_code == 200
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr) == (operator, file)
    assert address.partition("?")[2] in entry.change_message
    assert client.head(address).status_code < 500
    assert LogEntry.objects.count() == 1


def test_a_key_that_downloads_is_named(operator: User) -> None:
    _, secret = make_key(name="Reports", scopes=["read_people"], by=operator)
    answer = APIClient().get("/api/v1/people/csv/", headers={"x-api-key": secret})
    assert answer.status_code == 200
    assert LogEntry.objects.get(object_repr="people.csv").change_message.endswith("With the API key “Reports”.")


def test_an_auditor_reads_all_of_it_and_changes_nothing(client: Client, operator: User, auditor: User) -> None:
    client.force_login(operator)
    client.get("/sightings/csv/?verdict=match")
    client.force_login(auditor)
    page = client.get(LIST).content.decode()
    assert "sightings.csv" in page and "Downloaded: verdict=match." in page and "operator" in page
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{LogEntry.objects.get().pk}/delete/", {"post": "yes"}).status_code == 403


def test_somebody_limited_does_not_read_it(client: Client, auditor: User) -> None:
    PersonLimit.objects.create(user=auditor, group=PersonGroup.objects.create(name="Ours"))
    client.force_login(auditor)
    assert client.get(LIST).status_code == 403


def test_a_user_is_deleted_with_their_entries(client: Client, operator: User, auditor: User) -> None:
    log_downloaded("people.csv", asked="", by=auditor)
    User.objects.filter(pk=auditor.pk).update(is_active=False)  # only then are they to be deleted
    client.force_login(operator)
    page = client.get(f"/admin/auth/user/{auditor.pk}/delete/").content.decode()
    assert "Are you sure" in page and "Log entries" in page
    client.post(f"/admin/auth/user/{auditor.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(pk=auditor.pk).exists()
