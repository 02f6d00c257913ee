"""The box “Go to” finds people, cameras and pages by name, within the rights and limits of whoever asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from facesite.admin.going import MOST_FOUND
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from streams.records.camera import Camera
from tests.facesite.admin.test_menu import logged_in, staff

JSON = {"accept": "application/json"}


@pytest.fixture
def client(operator: User) -> Client:
    return logged_in(operator)


def found(client: Client, asked: str) -> list[tuple[str, str]]:
    answer = client.get("/admin/go/", {"q": asked}, headers=JSON)
    assert answer.status_code == 200
    return [(each["kind"], each["name"]) for each in answer.json()["found"]]


def test_it_finds_people_cameras_and_pages(client: Client, hall: Camera) -> None:
    for name in ("José Hall", "Anna Berg"):
        Person.objects.create(name=name)
    assert found(client, "hall") == [("camera", "Hall north"), ("person", "José Hall")]
    assert found(client, "hall jose") == [("person", "José Hall")]
    assert found(client, "CALIB") == [("page", "Calibration")]
    assert ("page", "Channels") in found(client, "alerts")
    assert found(client, "  ") == []


@pytest.fixture
def hall(db: None) -> Camera:
    return Camera.objects.create(name="Hall north", slug="hall", source="hall.mp4")


def test_what_it_finds_leads_there(client: Client, hall: Camera) -> None:
    Person.objects.create(name="José Hall")
    for each in client.get("/admin/go/", {"q": "hall"}, headers=JSON).json()["found"]:
        assert client.get(each["url"]).status_code == 200


def test_without_the_script_it_is_a_page(client: Client, hall: Camera) -> None:
    page = client.get("/admin/go/", {"q": "hall"}).content.decode()
    assert f'<a href="/admin/streams/camera/{hall.pk}/change/">Hall north</a>' in page
    assert "Nothing that you may see is called “nobody”" in client.get("/admin/go/", {"q": "nobody"}).content.decode()
    assert "&lt;b&gt;" in client.get("/admin/go/", {"q": "<b>"}).content.decode()
    assert client.get("/admin/go/").status_code == 200


@pytest.mark.parametrize("asked", ["%", "_", "\\", "'", "a" * 5000, "️", "ß"])
def test_no_text_is_a_fault(client: Client, hall: Camera, asked: str) -> None:
    assert found(client, asked) in ([], [("page", "Who did what")]) or asked == "ß"


def test_it_finds_only_what_the_user_may_see(hall: Camera) -> None:
    inside, outside = (Person.objects.create(name=f"{name} Hall") for name in ("Ada", "Grace"))
    group = PersonGroup.objects.create(name="Staff")
    group.people.add(inside)
    enroller = staff("enroller")
    PersonLimit.objects.create(user=enroller, group=group)
    assert found(logged_in(enroller), "hall") == [("person", "Ada Hall")]
    assert found(logged_in(enroller), "users") == []
    assert outside.name == "Grace Hall"


def test_nobody_without_the_admin_asks(viewer: User, hall: Camera) -> None:
    answer: Any = logged_in(viewer).get("/admin/go/", {"q": "hall"}, headers=JSON)
    assert answer.status_code == 302 and "login" in answer["Location"]
    assert Client().get("/admin/go/", {"q": "hall"}).status_code == 302
    assert logged_in(viewer).post("/admin/go/").status_code in (302, 405)


def test_more_rows_cost_no_more_queries_and_few_are_shown(client: Client) -> None:
    Person.objects.bulk_create(Person(name=f"Hall {number}") for number in range(30))
    found(client, "hall")
    with CaptureQueriesContext(connection) as captured:
        assert len(found(client, "hall")) == MOST_FOUND
    assert len(captured) <= 5
