"""People in the admin: photos in one form, and lists that stay quick."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from people.editing.person_services import save_person
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from people.records.watchlist import Watchlist
from tests.people.conftest import picture, unit_vector

pytestmark = pytest.mark.django_db(transaction=True)
Add = Callable[..., Photo]
LIST = "/admin/people/person/"


def page(person: Person) -> str:
    return reverse("admin:people_person_change", args=[person.pk])


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/jpeg")


def messages(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def staff_viewer(viewer: User) -> User:
    viewer.is_staff = True
    viewer.save()
    return viewer


def enrolled(photo: Photo, seed: int) -> Photo:
    Photo.objects.filter(pk=photo.pk).update(state="enrolled", crop="crops/x.jpg")
    Encoding.objects.create(photo=photo, engine="e", vector=unit_vector(seed), quality=0.8)
    return photo


def test_a_person_is_added_with_several_photos_in_one_form(operator_client: Client, media: Path) -> None:
    files = [upload("1.jpg", picture(1)), upload("2.jpg", picture(2))]
    response = operator_client.post(f"{LIST}add/", {"name": "Ada", "new_photos": files}, follow=True)
    ada = Person.objects.get()
    assert ada.photos.filter(state="pending").count() == 2
    assert response.redirect_chain[-1][0] == f"{page(ada)}#photos"
    assert "2 photos are stored and will be read now." in messages(response)


def test_a_bad_file_is_named_and_costs_neither_person_nor_other_files(operator_client: Client, media: Path) -> None:
    files = [
        upload("empty.jpg", b""),
        upload("text.jpg", b"hello"),
        upload("good.jpg", picture()),
        upload("again.jpg", picture()),
    ]
    response = operator_client.post(f"{LIST}add/", {"name": "Ada", "new_photos": files}, follow=True)
    said = messages(response)
    assert Person.objects.get().photos.count() == 1
    assert any(message.startswith("“empty.jpg”: The file is empty.") for message in said)
    assert any(message.startswith("“text.jpg”: This is not a picture.") for message in said)
    assert any(message.startswith("“again.jpg”: This file is already among") for message in said)


@pytest.mark.parametrize("name", ["", "   ", "a\0b", "x" * 201])
def test_a_bad_name_is_a_form_error(operator_client: Client, media: Path, name: str) -> None:
    response = operator_client.post(f"{LIST}add/", {"name": name, "new_photos": [upload("1.jpg", picture())]})
    assert response.status_code == 200
    assert response.context["errors"]
    assert not Person.objects.exists()


def test_a_hostile_name_is_shown_as_text(operator_client: Client, media: Path) -> None:
    name = "<script>alert(1)</script>"
    operator_client.post(f"{LIST}add/", {"name": name, "new_photos": [upload(f"{name}.jpg", picture())]})
    for url in (LIST, page(Person.objects.get())):
        assert b"<script>alert" not in operator_client.get(url).content


def test_a_person_page_says_why_a_photo_was_rejected(operator_client: Client, ada: Person, add: Add) -> None:
    add(ada)
    Photo.objects.update(state="rejected", reason="no_face")
    html = operator_client.get(page(ada)).content.decode()
    assert "No face was found." in html
    assert "Read again" in html


def test_cards_follow_a_photo_being_read(operator_client: Client, ada: Person, add: Add) -> None:
    photo = add(ada)
    url = reverse("admin:people_person_cards", args=[ada.pk])
    assert operator_client.get(url).json()["waiting"] == 1
    enrolled(photo, 1)
    answer = operator_client.get(url).json()
    assert answer["waiting"] == 0
    assert 'data-state="enrolled"' in answer["cards"][str(photo.pk)]


def test_a_person_is_retired_and_restored_by_a_button(operator_client: Client, ada: Person) -> None:
    operator_client.post(reverse("admin:people_person_retire", args=[ada.pk]))
    ada.refresh_from_db()
    assert ada.is_retired
    operator_client.post(reverse("admin:people_person_restore", args=[ada.pk]))
    ada.refresh_from_db()
    assert not ada.is_retired


def test_people_are_retired_and_deleted_in_bulk(operator_client: Client, ada: Person, add: Add, media: Path) -> None:
    add(ada)
    selected = {"_selected_action": [ada.pk]}
    operator_client.post(LIST, {"action": "retire", **selected})
    ada.refresh_from_db()
    assert ada.is_retired
    operator_client.post(LIST, {"action": "delete_selected", "post": "yes", **selected})
    assert not Person.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_watchlists_are_chosen_on_the_person(operator_client: Client, ada: Person) -> None:
    listed = Watchlist.objects.create(name="Visitors")
    operator_client.post(page(ada), {"name": ada.name, "watchlists": [listed.pk]})
    assert list(ada.watchlists.all()) == [listed]
    operator_client.post(page(ada), {"name": ada.name})
    assert not ada.watchlists.exists()


def test_a_clerk_without_the_right_to_watchlists_does_not_empty_them(
    client: Client, staff_viewer: User, ada: Person
) -> None:
    staff_viewer.user_permissions.add(Permission.objects.get(codename="change_person"))
    Watchlist.objects.create(name="Visitors").people.add(ada)
    client.force_login(staff_viewer)
    client.post(page(ada), {"name": "Ada King", "new_photos": [upload("1.jpg", picture())]})
    ada.refresh_from_db()
    assert ada.name == "Ada King"
    assert ada.watchlists.exists()
    assert not ada.photos.exists()


def test_a_viewer_sees_people_and_changes_nothing(client: Client, staff_viewer: User, ada: Person, add: Add) -> None:
    photo = add(ada)
    client.force_login(staff_viewer)
    html = client.get(page(ada)).content.decode()
    assert str(photo.pk) in html
    assert "new_photos" not in html
    for url in (
        reverse("admin:people_person_retire", args=[ada.pk]),
        reverse("admin:people_photo_retry", args=[photo.pk]),
        reverse("admin:people_importjob_add"),
    ):
        assert client.post(url).status_code == 403
    assert client.post(page(ada), {"name": "x"}).status_code == 403


@pytest.mark.parametrize("name", ["cards", "retire", "restore"])
def test_a_stranger_gets_no_page(client: Client, stranger: User, ada: Person, name: str) -> None:
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    assert client.post(reverse(f"admin:people_person_{name}", args=[ada.pk])).status_code == 403
    assert client.get(page(ada)).status_code == 403


def test_an_id_that_is_no_id_is_not_found(operator_client: Client) -> None:
    assert operator_client.get(f"{LIST}nonsense/retire/").status_code in (302, 404)
    assert operator_client.get(f"{LIST}%00/change/", follow=True).status_code == 400


@pytest.mark.parametrize(
    ("value", "names"),
    [("enrolled", ["Ada Lovelace"]), ("attention", ["Grace Hopper"]), ("waiting", []), ("none", ["Nobody"])],
)
def test_people_are_filtered_by_enrolment(
    operator_client: Client, ada: Person, grace: Person, add: Add, value: str, names: list[str]
) -> None:
    Person.objects.create(name="Nobody")
    enrolled(add(ada), 1)
    Photo.objects.filter(pk=add(grace).pk).update(state="rejected", reason="no_face")
    people = operator_client.get(LIST, {"enrolment": value}).context["cl"].result_list
    assert [person.name for person in people] == names


def test_the_list_asks_the_database_as_often_for_many_people_as_for_few(
    operator_client: Client, add: Add, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        person = Person.objects.create(name=f"Person {number:02}")
        for seed in (0, 1):
            enrolled(add(person, seed=seed), seed)
    # session, user, count twice, the list itself, three for coverage, watchlists and groups of the filters
    with django_assert_max_num_queries(10):
        response = operator_client.get(LIST)
    assert response.content.decode().count("2 enrolled") == 12


def test_a_persons_page_asks_as_often_for_many_photos_as_for_few(
    operator_client: Client, ada: Person, add: Add, django_assert_max_num_queries: Any
) -> None:
    for seed in range(10):
        add(ada, seed=seed)
    with django_assert_max_num_queries(16):  # two for the bases
        assert operator_client.get(page(ada)).content.decode().count("data-photo=") == 10


def opened(client: Client, url: str) -> str:
    """What the form says of the row when it is opened."""
    return str(client.get(url).context["adminform"].form["row_state"].value())


def test_an_edit_that_began_before_somebody_elses_save_is_refused_with_who_and_what(
    operator_client: Client, operator: User, ada: Person
) -> None:
    state = opened(operator_client, page(ada))
    other = User.objects.create_user("charles")
    theirs = Person.objects.get(pk=ada.pk)
    theirs.name = "Ada King"
    save_person(person=theirs, by=other)
    response = operator_client.post(page(ada), {"name": "Ada Byron", "notes": "mine", "row_state": state})
    (said,) = response.context["adminform"].form.non_field_errors()
    assert "charles" in said and "Changed name." in said and "nothing of yours was saved" in said
    ada.refresh_from_db()
    assert (ada.name, ada.notes) == ("Ada King", "")
    again = operator_client.post(page(ada), {"name": "Ada Byron", "row_state": opened(operator_client, page(ada))})
    assert again.status_code == 302
    ada.refresh_from_db()
    assert ada.name == "Ada Byron"


def test_a_watchlist_that_somebody_put_a_person_on_meanwhile_is_not_left_by_an_older_form(
    operator_client: Client, ada: Person
) -> None:
    state = opened(operator_client, page(ada))
    Watchlist.objects.create(name="Blocked").people.add(ada)
    operator_client.post(page(ada), {"name": "Ada", "row_state": state})
    assert ada.watchlists.exists()


def test_photos_that_were_read_meanwhile_are_no_reason_to_refuse_an_edit(
    operator_client: Client, ada: Person, add: Add
) -> None:
    photo = add(ada)
    state = opened(operator_client, page(ada))
    enrolled(photo, 1)
    assert operator_client.post(page(ada), {"name": "Ada", "row_state": state}).status_code == 302


def test_the_history_page_shows_what_was_done_in_the_admin_once(
    operator_client: Client, ada: Person, media: Path
) -> None:
    operator_client.post(page(ada), {"name": "Ada King", "new_photos": [upload("1.jpg", picture())]})
    operator_client.post(reverse("admin:people_person_retire", args=[ada.pk]))
    said = list(LogEntry.objects.filter(object_id=ada.pk).order_by("pk").values_list("change_message", flat=True))
    assert said == ["Changed name.", "Added photo “1.jpg”.", "Retired."]
    html = operator_client.get(reverse("admin:people_person_history", args=[ada.pk])).content.decode()
    assert all(each in html for each in said)


def test_the_list_and_pickers_of_people_find_names_without_accents(operator_client: Client) -> None:
    jose = Person.objects.create(name="José Ángel")
    Person.objects.create(name="Ada")
    assert list(operator_client.get(f"{LIST}?q=angel+jose").context["cl"].result_list) == [jose]
    asked = {"term": "angel", "app_label": "people", "model_name": "watchlist", "field_name": "people"}
    picked = operator_client.get("/admin/autocomplete/", asked).json()["results"]
    assert [each["text"] for each in picked] == ["José Ángel"]
