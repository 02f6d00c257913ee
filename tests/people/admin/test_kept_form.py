"""A form that a script sends is told where to go, with its messages still to be shown; without one it is as ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from people.records.person import Person
from tests.people.conftest import picture

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "/admin/people/person/add/"
BY_SCRIPT = {"x-kept-form": "yes"}


def test_a_script_is_told_where_to_go_and_the_messages_wait_there(operator_client: Client, media: Path) -> None:
    file = SimpleUploadedFile("1.jpg", picture(), "image/jpeg")
    answer = operator_client.post(ADD, {"name": "Ada", "new_photos": [file]}, headers=BY_SCRIPT)
    location = answer.json()["location"]
    assert (answer.status_code, location) == (200, f"/admin/people/person/{Person.objects.get().pk}/change/#photos")
    assert "1 photo is stored and will be read now." in operator_client.get(location).content.decode()


def test_a_form_with_an_error_comes_back_as_ever(operator_client: Client) -> None:
    answer = operator_client.post(ADD, {"name": ""}, headers=BY_SCRIPT)
    assert answer.status_code == 200
    assert "Please correct the error below." in answer.content.decode()
    assert operator_client.post(ADD, {"name": "Ada"}).status_code == 302
