"""Whose is a held photo? Its page, and the buttons on cards and in lists, within the user's rights and limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from people.imports.jobs import ImportEntry, ImportJob
from people.records.encoding import Encoding
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from people.records.states import ImportState
from tests.people.conftest import unit_vector

pytestmark = pytest.mark.django_db
Add = Callable[..., Photo]
MAIN = "card-button-main"


def held(row: Photo, reason: str, **detail: Any) -> Photo:
    Photo.objects.filter(pk=row.pk).update(state="review", reason=reason, reason_detail={"distance": 0.41, **detail})
    Encoding.objects.create(photo=row, engine="e", vector=unit_vector(1), quality=0.9)
    row.refresh_from_db()
    return row


def enrolled(photo: Photo) -> Photo:
    Photo.objects.filter(pk=photo.pk).update(state="enrolled")
    photo.refresh_from_db()
    return photo


def review(photo: Photo) -> str:
    return reverse("admin:people_photo_review", args=[photo.pk])


def main_buttons(html: str) -> list[str]:
    return [part.split(">", 1)[1].split("<")[0] for part in html.split("<button")[1:] if MAIN in part.split(">")[0]]


@pytest.mark.parametrize(
    ("reason", "resembles", "main"),
    [
        ("looks_like_other", True, ["It is Grace Hopper: move it there"]),
        ("unlike_own", True, ["It is Grace Hopper: move it there"]),
        ("unlike_own", False, ["It is not Ada Lovelace: remove"]),
        ("same_picture_as_other", True, ["It is not Ada Lovelace: remove"]),
        ("unlike_only_other", False, []),
    ],
)
def test_the_page_leads_with_no_button_but_the_likelier_one(
    operator_client: Client, ada: Person, grace: Person, add: Add, reason: str, resembles: bool, main: list[str]
) -> None:
    photo = held(add(ada), reason, **({"person": str(grace.pk)} if resembles else {}))
    assert main_buttons(operator_client.get(review(photo)).content.decode()) == main


def test_numbers_stand_under_details_and_only_for_those_who_may_read_them(
    operator_client: Client, stranger: User, ada: Person, add: Add
) -> None:
    page = review(held(add(ada), "unlike_own"))
    words, details = operator_client.get(page).content.decode().split("<details")
    assert "0.41" in details and "0.41" not in words
    limited(stranger, {"change_photo"}, to=ada)
    operator_client.force_login(stranger)
    assert "0.41" not in operator_client.get(page).content.decode()


@pytest.mark.parametrize("page", ["person", "photo", "list", "import"])
def test_the_three_decisions_stand_wherever_the_photo_does(
    operator_client: Client, ada: Person, grace: Person, add: Add, page: str
) -> None:
    photo = held(add(ada), "unlike_own", person=str(grace.pk))
    pages = {
        "person": reverse("admin:people_person_change", args=[ada.pk]),
        "photo": reverse("admin:people_photo_change", args=[photo.pk]),
        "list": "/admin/people/photo/?doubt=odd",
        "import": import_of(photo),
    }
    html = operator_client.get(pages[page]).content.decode()
    for words in ("Move to Grace Hopper", ">Remove</button>", "It is the same person"):
        assert html.count(words) == 1, words
    assert html.count('id="photo-actions"') == 1


def test_a_copy_says_whose_picture_it_is_within_the_readers_limits(
    operator_client: Client, stranger: User, ada: Person, grace: Person, add: Add
) -> None:
    held(add(ada), "same_picture_as_other", person=str(grace.pk))
    html = operator_client.get("/admin/people/photo/?doubt=odd").content.decode()
    assert f'href="{reverse("admin:people_person_change", args=[grace.pk])}">Grace Hopper has it</a>' in html
    limited(stranger, {"change_photo", "view_photo", "view_person"}, to=ada)
    operator_client.force_login(stranger)
    html = operator_client.get("/admin/people/photo/?doubt=odd").content.decode()
    assert "held for review" in html and "Grace Hopper" not in html


def import_of(photo: Photo) -> str:
    job = ImportJob.objects.create(
        size_bytes=1, entries_total=1, entries_seen=1, state=ImportState.DONE, finished_at=photo.created_at
    )
    ImportEntry.objects.create(job=job, number=0, path="x", person=photo.person, photo=photo, status="queued")
    return reverse("admin:people_importjob_change", args=[job.pk])


def test_the_list_finds_odd_photos(operator_client: Client, ada: Person, add: Add) -> None:
    held(add(ada, 1, name="odd.jpg"), "unlike_own")
    enrolled(add(ada, 2, name="good.jpg"))
    html = operator_client.get("/admin/people/photo/?doubt=odd").content.decode()
    assert "odd.jpg" in html and "good.jpg" not in html


def test_a_decision_leads_back_to_the_list_that_it_was_taken_in(operator_client: Client, ada: Person, add: Add) -> None:
    for came_from, leads_to in (
        ("/admin/people/photo/?doubt=odd", "/admin/people/photo/?doubt=odd"),
        ("https://elsewhere.example/", reverse("admin:people_person_change", args=[ada.pk]) + "#photos"),
    ):
        photo = held(add(ada, len(came_from)), "unlike_own")
        answer = operator_client.post(review(photo), {"decision": "refuse", "back": came_from})
        assert answer["Location"] == leads_to
        photo.refresh_from_db()
        assert (photo.state, photo.reason) == ("rejected", "refused")


def test_the_same_person_is_enrolled_and_remembered(operator_client: Client, ada: Person, add: Add) -> None:
    photo = held(add(ada), "unlike_own")
    operator_client.post(review(photo), {"decision": "confirm"})
    photo.refresh_from_db()
    assert photo.state == "enrolled" and photo.confirmed_at is not None


def test_it_moves_to_whoever_is_chosen_or_to_somebody_new(
    operator_client: Client, ada: Person, grace: Person, add: Add
) -> None:
    one, other, third = (held(add(ada, seed), "unlike_own") for seed in range(3))
    operator_client.post(review(one), {"decision": "move", "person": grace.pk})
    operator_client.post(review(other) + f"?person={grace.pk}", {"decision": "move"})
    operator_client.post(review(third), {"decision": "move", "new_person": " Mary "})
    owners = [str(Photo.objects.get(pk=photo.pk).person) for photo in (one, other, third)]
    assert owners == ["Grace Hopper", "Grace Hopper", "Mary"]


def test_moving_to_nobody_says_what_is_missing_and_adds_nobody(operator_client: Client, ada: Person, add: Add) -> None:
    photo = held(add(ada), "unlike_own")
    answer = operator_client.post(review(photo), {"decision": "move", "person": "x"}, follow=True)
    assert "Choose the person to move it to." in answer.content.decode()
    enrolled(photo)
    answer = operator_client.post(review(photo), {"decision": "move", "new_person": "Mary"}, follow=True)
    assert "nothing speaks against it" in answer.content.decode()
    assert not Person.objects.filter(name="Mary").exists()


def test_of_two_that_differ_the_enrolled_one_says_so_and_can_be_removed(
    operator_client: Client, ada: Person, add: Add
) -> None:
    first = enrolled(add(ada, 1, name="first.jpg"))
    second = held(add(ada, 2, name="second.jpg"), "unlike_only_other", photo=str(first.pk))
    html = operator_client.get(reverse("admin:people_person_change", args=[ada.pk])).content.decode()
    assert html.count("do not look like one person") == 2 and "Compare the two" in html
    html = operator_client.get(review(second)).content.decode()
    assert "first.jpg" in html and "The other photo is the wrong one" in html
    operator_client.post(review(first), {"decision": "refuse"})
    second.refresh_from_db()
    assert second.state == "pending", "it is judged again without the other"


def limited(user: User, rights: set[str], to: Person) -> None:
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in={"view_person", "view_photo", *rights}))
    group = PersonGroup.objects.create(name="North")
    group.people.add(to)
    PersonLimit.objects.create(group=group, user=user)


def test_nobody_beyond_ones_limits_is_named_or_moved_to(
    client: Client, stranger: User, ada: Person, grace: Person, add: Add
) -> None:
    photo = held(add(ada), "unlike_own", person=str(grace.pk))
    limited(stranger, {"change_photo", "add_photo", "delete_photo"}, to=ada)
    client.force_login(stranger)
    for page in (review(photo), "/admin/people/photo/", reverse("admin:people_person_change", args=[ada.pk])):
        html = client.get(page).content.decode()
        assert "Grace" not in html and str(grace.pk) not in html
    client.post(review(photo) + f"?person={grace.pk}", {"decision": "move"})
    assert Photo.objects.get().person == ada


def test_whoever_may_not_add_people_moves_to_nobody_new(client: Client, stranger: User, ada: Person, add: Add) -> None:
    photo = held(add(ada), "unlike_own")
    limited(stranger, {"change_photo", "add_photo", "delete_photo"}, to=ada)
    client.force_login(stranger)
    assert "new_person" not in client.get(review(photo)).content.decode()
    assert client.post(review(photo), {"decision": "move", "new_person": "Mary"}).status_code == 403


def test_whoever_may_only_look_is_offered_nothing(client: Client, stranger: User, ada: Person, add: Add) -> None:
    held(add(ada), "unlike_own")
    limited(stranger, set(), to=ada)
    client.force_login(stranger)
    assert "It is the same person" not in client.get("/admin/people/photo/").content.decode()


def test_the_list_takes_the_same_queries_for_many(
    operator_client: Client, ada: Person, grace: Person, add: Add, django_assert_max_num_queries: Any
) -> None:
    for seed in range(8):
        held(add(ada, seed), "unlike_own", person=str(grace.pk))
    with django_assert_max_num_queries(8):
        html = operator_client.get("/admin/people/photo/").content.decode()
    assert html.count("Move to Grace Hopper") == 8
