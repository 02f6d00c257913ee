"""People are exported as CSV and printed: those selected, or the whole list as it is filtered."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Permission, User
from django.test import AsyncClient, Client

from people.gallery import people_csv
from people.gallery.engines import active_engine
from people.records.encoding import Encoding
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from people.records.watchlist import Watchlist
from tests.people.conftest import unit_vector

pytestmark = pytest.mark.django_db(transaction=True)
Add = Callable[..., Photo]
LIST = "/admin/people/person/"


@pytest.fixture
def staff_viewer(viewer: User) -> User:
    viewer.is_staff = True
    viewer.save()
    return viewer


def fetched(user: User, url: str, form: dict[str, Any] | None = None) -> Any:
    """The answer with its whole content, as the site's ASGI server streams it."""

    async def fetch() -> Any:
        client = AsyncClient()
        await client.aforce_login(user)
        response = await (client.post(url, form) if form else client.get(url))
        if response.streaming:
            response.text_sent = b"".join([part async for part in response.streaming_content]).decode()
        return response

    return async_to_sync(fetch)()


def rows(user: User, url: str = f"{LIST}export/", form: dict[str, Any] | None = None) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(fetched(user, url, form).text_sent)))


def enrolled(photo: Photo) -> Photo:
    Photo.objects.filter(pk=photo.pk).update(state="enrolled", crop="crops/x.jpg")
    Encoding.objects.create(photo=photo, engine=active_engine(), vector=unit_vector(1), quality=0.8)
    return photo


def test_a_line_tells_what_the_list_tells(operator: User, ada: Person, add: Add, media: Any) -> None:
    enrolled(add(ada))
    Person.objects.filter(pk=ada.pk).update(external_id="A-1")
    ada.groups.add(PersonGroup.objects.create(name="Staff"), PersonGroup.objects.create(name="Night shift"))
    ada.watchlists.add(Watchlist.objects.create(name="Visitors"))
    [row] = rows(operator)
    assert list(row) == list(people_csv.COLUMNS)
    assert (row["id"], row["name"], row["external_id"]) == (str(ada.pk), "Ada Lovelace", "A-1")
    assert (row["groups"], row["watchlists"]) == ("Night shift; Staff", "Visitors")
    assert (row["photos"], row["photos_enrolled"], row["coverage_percent"], row["coverage"]) == (
        "1",
        "1",
        "30",
        "little",
    )


def test_the_filtered_list_is_exported_by_name(operator: User) -> None:
    for name in ("Zoë Zander", "Ada Lovelace", "Zoe Abel"):
        Person.objects.create(name=name)
    assert [row["name"] for row in rows(operator, f"{LIST}export/?q=zoe&p=7&o=-2")] == ["Zoe Abel", "Zoë Zander"]


def test_selected_people_are_exported(operator: User, ada: Person, grace: Person) -> None:
    form = {"action": "export", "_selected_action": [str(grace.pk)]}
    assert [row["name"] for row in rows(operator, LIST, form)] == ["Grace Hopper"]


def test_more_people_than_fit_into_one_part_are_all_there(operator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_csv, "AT_ONCE", 2)
    Person.objects.bulk_create(Person(name=f"Person {number}") for number in range(5))
    assert [row["name"] for row in rows(operator)] == [f"Person {number}" for number in range(5)]


def test_a_formula_stays_text(operator: User) -> None:
    Person.objects.create(name="=HYPERLINK(1)", external_id="+1")
    [row] = rows(operator)
    assert (row["name"], row["external_id"]) == ("'=HYPERLINK(1)", "'+1")


def test_who_is_limited_exports_their_people_and_no_groups(staff_viewer: User, ada: Person, grace: Person) -> None:
    group = PersonGroup.objects.create(name="Staff")
    group.people.add(ada)
    ada.groups.add(PersonGroup.objects.create(name="Secret"))
    PersonLimit.objects.create(user=staff_viewer, group=group)
    [row] = rows(staff_viewer)
    assert (row["name"], row["groups"]) == ("Ada Lovelace", "")
    form = {"action": "export", "_selected_action": [str(ada.pk), str(grace.pk)]}
    assert [row["name"] for row in rows(staff_viewer, LIST, form)] == ["Ada Lovelace"]


def test_without_rights_columns_are_empty(staff_viewer: User, ada: Person, add: Add, media: Any) -> None:
    enrolled(add(ada))
    ada.watchlists.add(Watchlist.objects.create(name="Visitors"))
    staff_viewer.user_permissions.set(Permission.objects.filter(codename="view_person"))
    [row] = rows(staff_viewer)
    assert (row["watchlists"], row["coverage"], row["coverage_percent"]) == ("", "", "")


@pytest.mark.parametrize("page", ["export/", "print/"])
def test_a_stranger_gets_nothing(stranger: User, ada: Person, page: str) -> None:
    stranger.is_staff = True
    stranger.save()
    assert fetched(stranger, f"{LIST}{page}").status_code == 403


@pytest.mark.parametrize("page", ["export/", "print/"])
def test_a_filter_that_is_none_leads_back_to_the_list(operator_client: Client, page: str) -> None:
    assert operator_client.get(f"{LIST}{page}?nonsense__x=1").headers["Location"] == LIST


def test_the_printed_page_shows_one_portrait_each(
    operator_client: Client, ada: Person, grace: Person, add: Add, media: Any
) -> None:
    photo = enrolled(add(ada))
    page = operator_client.get(f"{LIST}print/").content.decode()
    assert f"/media/photos/{photo.pk}/crop/" in page
    assert "Ada Lovelace" in page
    assert "Grace Hopper" in page
    assert 'loading="lazy"' not in page  # else portraits further down would be missing on paper
    selected = operator_client.post(LIST, {"action": "print_people", "_selected_action": [str(grace.pk)]})
    assert "Ada Lovelace" not in selected.content.decode()


def test_without_the_right_to_photos_nobody_is_pictured(
    client: Client, staff_viewer: User, ada: Person, add: Add, media: Any
) -> None:
    photo = enrolled(add(ada))
    staff_viewer.user_permissions.set(Permission.objects.filter(codename="view_person"))
    client.force_login(staff_viewer)
    page = client.get(f"{LIST}print/").content.decode()
    assert "Ada Lovelace" in page
    assert str(photo.pk) not in page


def test_the_list_shows_the_coverage_to_whoever_may_see_photos(
    client: Client, operator_client: Client, staff_viewer: User, ada: Person, add: Add, media: Any
) -> None:
    enrolled(add(ada))
    assert "30 % little" in operator_client.get(LIST).content.decode()
    staff_viewer.user_permissions.set(Permission.objects.filter(codename="view_person"))
    client.force_login(staff_viewer)
    page = client.get(LIST).content.decode()
    assert "Ada Lovelace" in page
    assert "little" not in page


def test_people_who_need_photos_are_filtered(operator_client: Client, ada: Person) -> None:
    assert list(operator_client.get(f"{LIST}?enrolment=few").context["cl"].result_list) == [ada]
