"""The admin page that makes one person of two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from people.editing import services
from people.records.person import Person
from people.records.photo import Photo
from tests.streams.pages.rows import a_camera, a_sighting

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/admin/people/person/"
PAGE = f"{LIST}merge/"


def test_two_selected_people_are_shown_side_by_side_and_one_is_kept(
    operator_client: Client, ada: Person, grace: Person, add: Callable[..., Photo]
) -> None:
    photo = add(grace)
    Photo.objects.update(state="enrolled", crop="crops/x.jpg")
    a_sighting(a_camera("Door"), grace)
    chosen = operator_client.post(LIST, {"action": "merge", "_selected_action": [ada.pk, grace.pk]}, follow=True)
    assert chosen.context["proposed"] == grace  # the one who is recognised
    html = chosen.content.decode()
    assert reverse("photo_crop", args=[photo.pk]) in html
    assert "1 enrolled of 1 photo" in html and "1 sighting," in html
    body = {"person": [ada.pk, grace.pk], "keep": ada.pk}
    done = operator_client.post(PAGE, body, follow=True)
    assert done.redirect_chain[-1][0] == reverse("admin:people_person_change", args=[ada.pk])
    assert "Grace Hopper is Ada Lovelace from now on." in [str(each) for each in done.context["messages"]]
    photo.refresh_from_db()
    assert photo.person == ada and not Person.objects.filter(pk=grace.pk).exists()


@pytest.mark.parametrize("number", [1, 3])
def test_one_or_three_cannot_be_merged(operator_client: Client, number: int) -> None:
    people = [Person.objects.create(name=f"Person {n}") for n in range(number)]
    body = {"action": "merge", "_selected_action": [person.pk for person in people]}
    answer = operator_client.post(LIST, body, follow=True)
    assert "Select exactly two people to merge them." in [str(each) for each in answer.context["messages"]]


def test_nothing_is_merged_before_somebody_says_whom_to_keep(
    operator_client: Client, ada: Person, grace: Person
) -> None:
    for keep in ({}, {"keep": "x"}, {"keep": str(uuid4())}):
        assert operator_client.post(PAGE, {"person": [ada.pk, grace.pk], **keep}).status_code == 200
    assert Person.objects.count() == 2


@pytest.mark.parametrize("chosen", [[], ["x"], ["x", "y"], [str(uuid4()), str(uuid4())]])
def test_a_page_of_nobody_is_not_found(operator_client: Client, ada: Person, chosen: list[str]) -> None:
    assert operator_client.get(PAGE, {"person": [*chosen, ada.pk]}).status_code == 404
    assert operator_client.post(PAGE, {"person": [*chosen, ada.pk], "keep": ada.pk}).status_code == 404


def test_nul_in_the_address_is_refused_before_anything_is_looked_up(operator_client: Client, ada: Person) -> None:
    assert operator_client.get(PAGE, {"person": ["\0", ada.pk]}).status_code == 400
    assert operator_client.post(PAGE, {"person": ["\0", ada.pk], "keep": ada.pk}).status_code == 404


@pytest.mark.parametrize("lacking", ["change_person", "delete_person"])
def test_whoever_lacks_a_right_gets_neither_action_nor_page(
    client: Client, stranger: User, ada: Person, grace: Person, lacking: str
) -> None:
    stranger.is_staff = True
    stranger.save()
    rights = {"view_person", "change_person", "delete_person"} - {lacking}
    stranger.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(stranger)
    assert "Merge two selected people" not in client.get(LIST).content.decode()
    body: dict[str, Any] = {"person": [ada.pk, grace.pk], "keep": ada.pk}
    assert client.post(PAGE, body).status_code == client.get(PAGE, body).status_code == 403
    assert Person.objects.count() == 2


def test_hostile_names_are_shown_as_text(operator_client: Client, ada: Person) -> None:
    other = Person.objects.create(name="<script>alert(1)</script>")
    html = operator_client.get(PAGE, {"person": [ada.pk, other.pk]}).content.decode()
    assert "<script>alert" not in html and "&lt;script&gt;" in html


def test_whoever_may_not_retire_merges_no_retired_person_with_an_active_one(
    client: Client, stranger: User, ada: Person, grace: Person
) -> None:
    services.retire_person(person=grace, by=None)
    stranger.is_staff = True
    stranger.save()
    rights = {"view_person", "change_person", "delete_person"}
    stranger.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(stranger)
    body: dict[str, Any] = {"person": [ada.pk, grace.pk]}
    html = client.get(PAGE, body).content.decode()
    assert "only somebody who\n      may retire people can do it." in html and "They are the same: merge" not in html
    answer = client.post(PAGE, {**body, "keep": ada.pk}, follow=True)
    assert "you need the right to retire people" in answer.content.decode()
    assert Person.objects.count() == 2
