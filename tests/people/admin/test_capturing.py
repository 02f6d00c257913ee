"""The page that a device's camera leads to: for whom, and whom it finds."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person

pytestmark = pytest.mark.django_db
PAGE = "/admin/people/person/camera/"


@pytest.fixture
def clerk(db: None) -> User:
    """May change people and add photos, and not add people."""
    clerk = User.objects.create_user("clerk", password="clerk", is_staff=True)
    names = ["view_person", "change_person", "view_photo", "add_photo"]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=names))
    return clerk


def test_somebody_known_is_found_and_somebody_new_is_offered(
    operator_client: Client, ada: Person, grace: Person
) -> None:
    html = operator_client.get(PAGE, {"q": "love"}).content.decode()
    assert f"/admin/people/person/{ada.pk}/change/#camera" in html
    assert str(grace.pk) not in html
    assert "/admin/people/person/add/#camera" in html
    assert "Nobody is called that." in operator_client.get(PAGE, {"q": "nobody"}).content.decode()


def test_the_page_costs_as_much_for_many_as_for_few(
    operator_client: Client, django_assert_max_num_queries: object
) -> None:
    Person.objects.bulk_create(Person(name=f"Ada {number}") for number in range(60))
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        html = operator_client.get(PAGE, {"q": "ada"}).content.decode()
    assert html.count("/change/#camera") == 24
    assert "There are more" in html


def test_a_clerk_finds_people_within_their_limits_and_adds_nobody(
    client: Client, clerk: User, ada: Person, grace: Person
) -> None:
    shown = PersonGroup.objects.create(name="shown")
    shown.people.add(grace)
    PersonLimit.objects.create(user=clerk, group=shown)
    client.force_login(clerk)
    html = client.get(PAGE, {"q": "a"}).content.decode()
    assert str(grace.pk) in html
    assert str(ada.pk) not in html
    assert "#camera" in html
    assert "add/#camera" not in html


def test_who_may_not_add_photos_is_refused(client: Client, viewer: User) -> None:
    viewer.is_staff = True
    viewer.save()
    client.force_login(viewer)
    assert client.get(PAGE).status_code == 403


@pytest.mark.parametrize("query", ["\0", "%", "x" * 5000, "'"])
def test_no_question_makes_it_fail(operator_client: Client, query: str) -> None:
    assert operator_client.get(PAGE, {"q": query}).status_code < 500
