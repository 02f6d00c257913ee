"""ETag, If-Match and If-None-Match: of two who edit the same row, the second is told."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from rest_framework.test import APIClient

from people.editing import services
from people.editing.person_services import save_person
from people.records.person import Person
from people.records.photo import Photo
from people.records.watchlist import Watchlist
from tests.api import client_of
from tests.people.api.conftest import held_for_review

PEOPLE, WATCHLISTS, PHOTOS = "/api/v1/people/", "/api/v1/watchlists/", "/api/v1/photos/"


def etag(client: APIClient, url: str) -> str:
    return str(client.get(url).headers["ETag"])


def renamed(person: Person, name: str) -> None:
    person.name = name
    save_person(person=person, by=None)


def test_every_answer_that_shows_a_row_carries_its_strong_etag(as_operator: APIClient) -> None:
    made = as_operator.post(PEOPLE, {"name": "Ada"}, format="json")
    url = f"{PEOPLE}{made.json()['id']}/"
    assert made.headers["ETag"] == etag(as_operator, url)
    changed = as_operator.patch(url, {"name": "Ada King"}, format="json")
    assert changed.headers["ETag"] == etag(as_operator, url) != made.headers["ETag"]
    retired = as_operator.post(f"{url}retire/")
    assert retired.headers["ETag"] == etag(as_operator, url) != changed.headers["ETag"]
    assert made.headers["ETag"].startswith('"')


def test_a_list_and_a_refusal_have_no_etag(as_operator: APIClient, ada: Person) -> None:
    assert "ETag" not in as_operator.get(PEOPLE).headers
    assert "ETag" not in as_operator.post(PEOPLE, {"name": ""}, format="json").headers


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_an_edit_of_what_somebody_else_changed_is_refused_with_the_etag_of_now(
    as_operator: APIClient, ada: Person, method: str
) -> None:
    url = f"{PEOPLE}{ada.pk}/"
    seen = etag(as_operator, url)
    renamed(ada, "Ada King")
    answer = getattr(as_operator, method)(url, {"name": "Ada Byron"}, format="json", headers={"If-Match": seen})
    assert (answer.status_code, answer.json()["error"]["code"]) == (412, "precondition_failed")
    now = etag(as_operator, url)
    assert answer.json()["error"]["details"] == [{"field": "If-Match", "code": "current_etag", "message": now}]
    assert answer.headers["ETag"] == now
    assert Person.objects.get().name == "Ada King"
    again = getattr(as_operator, method)(url, {"name": "Ada Byron"}, format="json", headers={"If-Match": now})
    assert again.status_code in (200, 204)


def test_nobody_computes_a_state_to_guess_what_is_not_shown(as_operator: APIClient, ada: Person, settings: Any) -> None:
    """Such as the token in a camera's address, beside columns that are all known."""
    seen = etag(as_operator, f"{PEOPLE}{ada.pk}/").strip('"').split(".")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"  # the token still holds
    again = etag(as_operator, f"{PEOPLE}{ada.pk}/").strip('"').split(".")
    assert seen[0] != again[0] and seen[1] != again[1]


@pytest.mark.parametrize("action", ["retire", "restore"])
def test_retiring_and_restoring_ask_too(as_operator: APIClient, ada: Person, action: str) -> None:
    seen = etag(as_operator, f"{PEOPLE}{ada.pk}/")
    renamed(ada, "Ada King")
    assert as_operator.post(f"{PEOPLE}{ada.pk}/{action}/", headers={"If-Match": seen}).status_code == 412
    assert as_operator.post(f"{PEOPLE}{ada.pk}/{action}/", headers={"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize("wanted", ["", "x", 'W/"x"', '"x"', '""', '"' + "0" * 5000 + '"', "\\", "*, x", '"x", "y"'])
def test_an_if_match_that_names_no_state_of_the_row_is_not_met(
    as_operator: APIClient, ada: Person, wanted: str
) -> None:
    answer = as_operator.patch(f"{PEOPLE}{ada.pk}/", {"name": "x"}, format="json", headers={"If-Match": wanted})
    assert answer.status_code == 412
    assert Person.objects.get().name == "Ada Lovelace"


def test_a_weak_etag_does_not_allow_an_edit_and_one_of_several_does(as_operator: APIClient, ada: Person) -> None:
    url = f"{PEOPLE}{ada.pk}/"
    seen = etag(as_operator, url)
    for wanted, status in ((f"W/{seen}", 412), (f'"other", {seen}', 200)):
        answer = as_operator.patch(url, {"notes": "x"}, format="json", headers={"If-Match": wanted})
        assert answer.status_code == status


def test_without_if_match_an_edit_passes(as_operator: APIClient, ada: Person) -> None:
    renamed(ada, "Ada King")
    assert as_operator.patch(f"{PEOPLE}{ada.pk}/", {"name": "Ada"}, format="json").status_code == 200


def test_a_bulk_update_that_no_service_knows_of_is_noticed(as_operator: APIClient, ada: Person) -> None:
    seen = etag(as_operator, f"{PEOPLE}{ada.pk}/")
    Person.objects.update(notes="written by a script")
    answer = as_operator.patch(f"{PEOPLE}{ada.pk}/", {"notes": ""}, format="json", headers={"If-Match": seen})
    assert answer.status_code == 412


def test_an_unchanged_answer_is_not_sent_again(as_viewer: APIClient, as_operator: APIClient, ada: Person) -> None:
    url = f"{PEOPLE}{ada.pk}/"
    seen = etag(as_viewer, url)
    for known in (seen, f"W/{seen}", f'"x", {seen}', "*"):
        answer = as_viewer.get(url, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", seen)
    assert as_viewer.head(url, headers={"If-None-Match": seen}).status_code == 304
    assert as_viewer.get(url, headers={"If-None-Match": '"x"'}).status_code == 200


def test_a_new_photo_is_a_new_answer_and_no_reason_to_refuse_an_edit(
    as_operator: APIClient, ada: Person, portrait: bytes, media: Path
) -> None:
    url = f"{PEOPLE}{ada.pk}/"
    seen = etag(as_operator, url)
    services.add_photo(person=ada, file=portrait, original_name="a.png", by=None)
    assert as_operator.get(url, headers={"If-None-Match": seen}).json()["photos_total"] == 1
    assert as_operator.patch(url, {"notes": "x"}, format="json", headers={"If-Match": seen}).status_code == 200


def test_who_is_on_a_watchlist_is_part_of_its_state(as_operator: APIClient, ada: Person) -> None:
    guests = Watchlist.objects.create(name="Guests")
    url = f"{WATCHLISTS}{guests.pk}/"
    seen = etag(as_operator, url)
    guests.people.add(ada)
    answer = as_operator.put(url, {"name": "Guests", "people": []}, format="json", headers={"If-Match": seen})
    assert answer.status_code == 412
    assert guests.people.exists()
    assert as_operator.delete(url, headers={"If-Match": seen}).status_code == 412
    assert as_operator.delete(url, headers={"If-Match": etag(as_operator, url)}).status_code == 204


@pytest.mark.parametrize("action", ["confirm", "reject", "retry"])
def test_a_photo_that_somebody_decided_on_meanwhile_is_not_decided_again(
    as_operator: APIClient, photo: Photo, action: str
) -> None:
    held_for_review(photo)
    url = f"{PHOTOS}{photo.pk}/"
    seen = etag(as_operator, url)
    Photo.objects.update(reason_detail={"distance": 0.2})
    assert as_operator.post(f"{url}{action}/", headers={"If-Match": seen}).status_code == 412
    assert as_operator.delete(url, headers={"If-Match": seen}).status_code == 412
    assert as_operator.post(f"{url}{action}/", headers={"If-Match": etag(as_operator, url)}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_at_once_from_the_same_state_exactly_one_wins(operator: User) -> None:
    ada = Person.objects.create(name="Ada")
    url = f"{PEOPLE}{ada.pk}/"
    clients = [client_of(operator) for _ in range(4)]
    seen = etag(clients[0], url)
    answers: list[tuple[int, str]] = []
    held = threading.Barrier(len(clients) + 1)

    def edit(client: APIClient, name: str) -> None:
        held.wait(timeout=10)
        answer: Any = client.patch(url, {"name": name}, format="json", headers={"If-Match": seen})
        answers.append((answer.status_code, name))
        connection.close()

    threads = [threading.Thread(target=edit, args=(each, f"Ada {n}")) for n, each in enumerate(clients)]
    for thread in threads:
        thread.start()
    with transaction.atomic():  # all of them have to wait for the row, so they do meet
        Person.objects.select_for_update().get()
        held.wait(timeout=10)
        threads[0].join(timeout=0.5)
        assert not answers
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(status for status, _ in answers) == [200, 412, 412, 412]
    assert Person.objects.get().name == next(name for status, name in answers if status == 200)


@pytest.mark.django_db(transaction=True)  # as it is served: rows are locked in transactions alone
def test_what_a_row_takes_can_be_asked_for_with_options(as_operator: APIClient, ada: Person) -> None:
    answer = as_operator.options(f"/api/v1/people/{ada.pk}/", headers={"If-Match": '"stale"'})
    assert answer.status_code == 200 and "PUT" in answer.json()["actions"]
