"""A second person of an existing name is asked for, over the API and in the admin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from rest_framework.test import APIClient

from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from tests.api import client_of

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/people/"
ADD = "/admin/people/person/add/"


@pytest.mark.parametrize("name", ["Ada", "ADA", " ada "])
def test_the_api_asks_before_it_adds_a_namesake(as_operator: APIClient, name: str) -> None:
    ada = Person.objects.create(name="Ada")
    answer = as_operator.post(URL, {"name": name}, format="json")
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert error["code"] == "name_taken" and "called Ada" in error["message"]
    assert error["details"] == [{"field": "name", "code": "namesake", "message": str(ada.pk)}]
    assert Person.objects.count() == 1
    made = as_operator.post(URL, {"name": name, "same_name": True}, format="json")
    assert made.status_code == 201 and "same_name" not in made.json()
    assert Person.objects.called("ada").count() == 2


def test_ids_in_another_system_tell_namesakes_apart(as_operator: APIClient) -> None:
    Person.objects.create(name="Ada", external_id="1")
    assert as_operator.post(URL, {"name": "Ada"}, format="json").status_code == 409
    assert as_operator.post(URL, {"name": "Ada", "external_id": "2"}, format="json").status_code == 201
    Person.objects.create(name="Bob")
    assert as_operator.post(URL, {"name": "Bob", "external_id": "3"}, format="json").status_code == 409


def test_only_a_new_name_is_asked_about(as_operator: APIClient) -> None:
    ada, twin = Person.objects.create(name="Ada"), Person.objects.create(name="Ada")
    bob = Person.objects.create(name="Bob")
    address = f"{URL}{twin.pk}/"
    assert as_operator.patch(address, {"notes": "x"}, format="json").status_code == 200
    assert as_operator.patch(address, {"name": "ADA"}, format="json").status_code == 200
    assert as_operator.patch(f"{URL}{bob.pk}/", {"name": "ada"}, format="json").json()["error"]["code"] == "name_taken"
    renamed = as_operator.patch(f"{URL}{bob.pk}/", {"name": "ada", "same_name": True}, format="json")
    assert renamed.status_code == 200 and renamed.json()["name"] == "ada"
    ada.refresh_from_db()
    assert ada.name == "Ada"


def test_whoever_may_not_see_people_is_told_nothing_of_their_names(stranger: User) -> None:
    Person.objects.create(name="Ada")
    stranger.user_permissions.set(Permission.objects.filter(codename="add_person"))
    answer = client_of(User.objects.get(pk=stranger.pk)).post(URL, {"name": "Ada"}, format="json")
    assert answer.status_code == 201


def test_a_namesake_outside_the_limits_is_not_betrayed(stranger: User) -> None:
    Person.objects.create(name="Ada")
    inside = PersonGroup.objects.create(name="inside")
    PersonLimit.objects.create(group=inside, user=stranger)
    stranger.user_permissions.set(Permission.objects.filter(codename__in=["add_person", "view_person"]))
    limited = client_of(User.objects.get(pk=stranger.pk))
    assert limited.post(URL, {"name": "Ada"}, format="json").status_code == 201
    assert limited.post(URL, {"name": "Ada"}, format="json").status_code == 409, "now there is one inside"


def test_the_form_asks_once_and_leads_to_the_namesake(operator_client: Client) -> None:
    ada = Person.objects.create(name="Ada <b>")
    html = operator_client.get(ADD).content.decode()
    assert 'type="hidden" name="same_name"' in html and "form-row hidden field-same_name" in html
    answer = operator_client.post(ADD, {"name": "ada <b>", "metadata": ""})
    html = answer.content.decode()
    assert f'/admin/people/person/{ada.pk}/change/">Ada &lt;b&gt;</a>' in html
    assert 'type="checkbox" name="same_name"' in html and "form-row hidden field-same_name" not in html
    assert "Create another person of this name anyway" in html
    assert Person.objects.count() == 1
    operator_client.post(ADD, {"name": "ada <b>", "metadata": "", "same_name": "on"})
    assert Person.objects.count() == 2


def test_a_form_that_keeps_the_name_asks_nothing(operator_client: Client) -> None:
    Person.objects.create(name="Ada")
    twin = Person.objects.create(name="Ada")
    address = f"/admin/people/person/{twin.pk}/change/"
    assert operator_client.post(address, {"name": "Ada", "notes": "x", "metadata": ""}).status_code == 302
    twin.refresh_from_db()
    assert twin.notes == "x"
