"""Every write over the API leaves the entry in the admin's log that the admin itself would leave."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from people.accounts.api_key import ApiKey
from people.accounts.making_keys import make_key, revoke_key
from people.editing import services
from people.records.person import Person
from people.records.photo import Photo
from people.records.watchlist import Watchlist
from tests.people.api.conftest import held_for_review

PEOPLE = "/api/v1/people/"
ADDED, CHANGED, DELETED = 1, 2, 3


@pytest.fixture
def key(operator: User) -> ApiKey:
    return make_key(name="Payroll", scopes=["write_people", "manage_cameras"], by=operator)[0]


@pytest.fixture
def as_key(operator: User) -> APIClient:
    client = APIClient()
    text = make_key(name="Payroll", scopes=["write_people", "manage_cameras"], by=operator)[1]
    client.credentials(HTTP_X_API_KEY=text)
    return client


def log() -> list[tuple[int, str, str]]:
    """(what, whom, words), in order."""
    return list(LogEntry.objects.order_by("pk").values_list("action_flag", "object_repr", "change_message"))


def test_a_person_is_added_changed_retired_restored_and_deleted(as_operator: APIClient, operator: User) -> None:
    url = f"{PEOPLE}{as_operator.post(PEOPLE, {'name': 'Ada'}, format='json').json()['id']}/"
    as_operator.patch(url, {"notes": "x", "external_id": "A-1"}, format="json")
    as_operator.patch(url, {"notes": "x"}, format="json")  # as it was: nothing to be told
    as_operator.post(f"{url}retire/")
    as_operator.post(f"{url}retire/")
    as_operator.post(f"{url}restore/")
    as_operator.delete(url)
    assert log() == [
        (ADDED, "Ada", "Added."),
        (CHANGED, "Ada", "Changed external id and notes."),
        (CHANGED, "Ada", "Retired."),
        (CHANGED, "Ada", "Restored."),
        (DELETED, "Ada", "Deleted."),
    ]
    assert set(LogEntry.objects.values_list("user", flat=True)) == {operator.pk}


def test_a_keys_name_stands_beside_its_owner(as_key: APIClient, operator: User) -> None:
    as_key.post(PEOPLE, {"name": "Ada"}, format="json")
    entry = LogEntry.objects.get()
    assert (entry.user, entry.change_message) == (operator, "Added. With the API key “Payroll”.")


def test_a_refused_write_leaves_no_entry(as_operator: APIClient, ada: Person) -> None:
    as_operator.post(PEOPLE, {"name": ""}, format="json")
    as_operator.patch(f"{PEOPLE}{ada.pk}/", {"name": "x"}, format="json", headers={"If-Match": '"x"'})
    assert log() == []


def test_a_watchlist_says_that_its_people_changed(as_operator: APIClient, ada: Person) -> None:
    made = as_operator.post("/api/v1/watchlists/", {"name": "Guests"}, format="json").json()
    url = f"/api/v1/watchlists/{made['id']}/"
    as_operator.patch(url, {"name": "Visitors", "people": [str(ada.pk)]}, format="json")
    as_operator.patch(url, {"people": [str(ada.pk)]}, format="json")
    as_operator.delete(url)
    assert log() == [
        (ADDED, "Guests", "Added."),
        (CHANGED, "Visitors", "Changed name and people."),
        (DELETED, "Visitors", "Deleted."),
    ]
    assert not Watchlist.objects.exists()


def test_photos_are_told_of_on_the_photo_and_on_the_person(
    as_operator: APIClient, ada: Person, portrait: bytes, media: Path
) -> None:
    body = {"person": str(ada.pk), "images": [SimpleUploadedFile("a.png", portrait)]}
    as_operator.post("/api/v1/photos/", body, format="multipart")
    url = f"/api/v1/photos/{held_for_review(Photo.objects.get()).pk}/"
    as_operator.post(f"{url}confirm/")
    as_operator.post(f"{url}reject/")
    as_operator.delete(url)
    assert [words for _, whom, words in log() if whom == "a.png"] == ["Added.", "Confirmed.", "Refused.", "Deleted."]
    assert [words for _, whom, words in log() if whom == "Ada Lovelace"] == [
        "Added photo “a.png”.",
        "Photo “a.png”: confirmed.",
        "Photo “a.png”: refused.",
        "Deleted photo “a.png”.",
    ]


def test_the_dialects_subjects_are_told_of_too(as_key: APIClient) -> None:
    as_key.post("/api/v1/recognition/subjects", {"subject": "Ada"}, format="json")
    as_key.put("/api/v1/recognition/subjects/Ada", {"subject": "Ada King"}, format="json")
    as_key.delete("/api/v1/recognition/subjects/Ada King")
    words = [said.removesuffix(" With the API key “Payroll”.") for _, _, said in log()]
    assert words == ["Added.", "Changed name.", "Deleted."]


def test_what_the_api_did_stands_on_the_admins_history_page(
    as_key: APIClient, ada: Person, client: Client, operator: User
) -> None:
    as_key.patch(f"{PEOPLE}{ada.pk}/", {"name": "Ada King"}, format="json")
    client.force_login(operator)
    html = client.get(reverse("admin:people_person_history", args=[ada.pk])).content.decode()
    assert "Changed name. With the API key “Payroll”." in html


def test_a_revoked_key_says_who_revoked_it(key: ApiKey, operator: User) -> None:
    revoke_key(key=key, by=operator)
    revoke_key(key=key, by=operator)
    assert [words for _, _, words in log()] == ["Revoked."]


def test_deleting_many_photos_takes_as_many_queries_as_deleting_few(operator: User, ada: Person) -> None:
    counts = []
    for number in (2, 20):
        for n in range(number):
            Photo.objects.create(person=ada, sha256=f"{number}-{n}", image="photos/none")
        with CaptureQueriesContext(connection) as captured:
            services.delete_photos(photos=Photo.objects.all(), by=operator)
        counts.append(len(captured))
    assert counts[0] == counts[1]
