"""The pages of users and roles: made for people, and each says what happened."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.accounts.making_keys import make_key
from people.accounts.rights import ROLES, SENTENCES
from people.accounts.tokens import token_of
from people.records.groups import PersonGroup, PersonLimit

pytestmark = pytest.mark.django_db
LIST, ADD = "/admin/auth/user/", "/admin/auth/user/add/"
NEW = "a quite new Password 7"


@pytest.fixture
def administrator(db: None) -> User:
    user = User.objects.create_user("ann", password="ann", is_staff=True)
    user.groups.add(Group.objects.get(name="administrator"))
    return user


@pytest.fixture
def client(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def vera(administrator: User) -> User:
    user = User.objects.create_user("vera", password="vera")
    user.groups.add(Group.objects.get(name="viewer"))
    return user


def page_of(user: User, rest: str = "change/") -> str:
    return f"{LIST}{user.pk}/{rest}"


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def pk(role: str) -> int:
    return int(Group.objects.get(name=role).pk)


def test_every_role_has_a_sentence() -> None:
    assert SENTENCES.keys() == ROLES.keys()
    assert all(sentence.endswith(".") and len(sentence) < 100 for sentence in SENTENCES.values())


def test_the_five_roles_are_offered_with_their_sentences(client: Client) -> None:
    page = client.get(ADD).content.decode()
    places = [page.index(f"<strong>{name}</strong>") for name in ROLES]
    assert places == sorted(places) and all(sentence in page for sentence in SENTENCES.values())


def test_no_page_of_users_shows_a_permission_or_a_hash(client: Client, vera: User) -> None:
    for url in (LIST, ADD, page_of(vera), page_of(vera, "password/"), "/admin/auth/group/", "/admin/auth/group/add/"):
        page = client.get(url).content.decode()
        assert "pbkdf2" not in page and "user_permissions" not in page and "Can view" not in page, url


def test_a_user_is_made_with_a_typed_password(client: Client) -> None:
    body = {"username": "new", "groups": [pk("operator")], "password1": NEW, "password2": NEW}
    assert client.post(ADD, body).status_code == 302
    made = User.objects.get(username="new")
    assert made.check_password(NEW) and made.groups.get().name == "operator" and not made.is_staff
    assert LogEntry.objects.get(object_id=str(made.pk)).get_change_message() == "Added."


@pytest.mark.parametrize(
    ("passwords", "said"),
    [
        (("12345678", "12345678"), "too common"),
        ((NEW, ""), "twice, or leave both fields empty"),
        ((NEW, f"{NEW}x"), "match"),
        (("new.somebody", "new.somebody"), "too similar to the username"),
    ],
)
def test_a_bad_password_makes_nobody(client: Client, passwords: tuple[str, str], said: str) -> None:
    page = client.post(ADD, {"username": "new.somebody", "password1": passwords[0], "password2": passwords[1]})
    assert page.status_code == 200 and said in page.content.decode()
    assert not User.objects.filter(username="new.somebody").exists()


@pytest.mark.parametrize("name", ["VERA", "vera"])
def test_two_users_do_not_have_the_same_name(client: Client, vera: User, name: str) -> None:
    page = client.post(ADD, {"username": name})
    assert page.status_code == 200 and "Another user has this name already." in page.content.decode()


def link_in(page: Any) -> str:
    found = re.search(r'<code id="link">https?://[^/]+([^<]+)</code>', page.content.decode())
    assert found
    return found.group(1)


def test_a_user_without_a_password_is_invited_by_a_link_that_works_once(client: Client) -> None:
    page = client.post(ADD, {"username": "new", "groups": [pk("viewer")]})
    assert page.status_code == 200 and "no-store" in page.headers["Cache-Control"]
    link = link_in(page)
    assert not User.objects.get(username="new").has_usable_password()
    browser = Client()
    moved = browser.get(link)
    assert moved.status_code == 302 and link.split("/")[3] not in moved.headers["Location"]
    assert 'autocomplete="new-password"' in browser.get(moved.headers["Location"]).content.decode()
    done = browser.post(moved.headers["Location"], {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert "Your password is set. Log in as new." in told(done)
    assert User.objects.get(username="new").check_password(NEW)
    assert "does not work any more" in Client().get(link).content.decode()
    assert not mail.outbox


def test_a_bad_password_behind_a_link_says_what_is_wrong(client: Client, vera: User) -> None:
    browser = Client()
    address = browser.get(link_in(client.post(page_of(vera, "link/")))).headers["Location"]
    page = browser.post(address, {"new_password1": "vera", "new_password2": "vera"}).content.decode()
    assert "too short" in page and User.objects.get(pk=vera.pk).check_password("vera")


@pytest.mark.parametrize("change", ["role", "superuser", "deactivated", "password", "other secret"])
def test_a_link_ends_when_the_user_becomes_somebody_else(client: Client, vera: User, change: str) -> None:
    link = link_in(client.post(page_of(vera, "link/")))
    assert Client().get(link).status_code == 302
    if change == "role":
        vera.groups.add(Group.objects.get(name="administrator"))
    if change == "superuser":
        User.objects.filter(pk=vera.pk).update(is_superuser=True)
    if change == "deactivated":
        User.objects.filter(pk=vera.pk).update(is_active=False)
    if change == "password":
        vera.set_password(NEW)
        vera.save()
    if change == "other secret":
        link = f"{link[:-2]}x/"
    assert "does not work any more" in Client().get(link).content.decode()


@pytest.mark.parametrize(
    "link", ["/invited/x/y/", "/invited/MQ/set-password/", "/invited/%00/%00/", "/invited/MTAw/a-b/"]
)
def test_what_is_no_link_is_told_so(db: None, link: str) -> None:
    assert Client().get(link).status_code in (200, 400)


def test_a_password_is_typed_for_somebody_else_and_ends_their_logins(client: Client, vera: User) -> None:
    other = Client()
    other.force_login(vera)
    page = client.post(page_of(vera, "password/"), {"password1": NEW, "password2": NEW}, follow=True)
    assert told(page) == ["vera has a new password. Older logins and the token have ended."]
    assert User.objects.get(pk=vera.pk).check_password(NEW) and other.get("/").status_code == 302
    page = client.post(page_of(vera, "password/"), {"password1": "a", "password2": "b"})
    assert page.status_code == 200 and "match" in page.content.decode()


def test_ones_own_password_is_changed_where_the_old_one_is_asked_for(client: Client, administrator: User) -> None:
    answer = client.post(page_of(administrator, "password/"), {"password1": NEW, "password2": NEW})
    assert answer.headers["Location"] == "/admin/password_change/"
    assert User.objects.get(pk=administrator.pk).check_password("ann")


def test_ones_own_page_offers_no_roles(client: Client, administrator: User) -> None:
    page = client.get(page_of(administrator)).content.decode()
    assert "This is your own account." in page and 'name="groups"' not in page and "deactivate/" not in page
    body = {"username": "ann", "email": "ann@example.org", "groups": [], "is_staff": ""}
    assert client.post(page_of(administrator), body).status_code == 302
    administrator.refresh_from_db()
    assert administrator.email and administrator.is_staff and administrator.groups.count() == 1


def test_deactivating_can_be_undone(client: Client, vera: User) -> None:
    page = client.post(page_of(vera, "deactivate/"), follow=True)
    assert "cannot log in any more" in told(page)[0]
    assert f'formaction="{page_of(vera, "activate/")}"' in page.content.decode()
    assert not client.login(username="vera", password="vera")
    client.force_login(User.objects.get(username="ann"))
    client.post(page_of(vera, "activate/"))
    assert User.objects.get(pk=vera.pk).is_active
    assert [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")] == ["Deactivated.", "Activated."]


def test_users_are_deactivated_in_the_list_but_for_those_above(client: Client, vera: User) -> None:
    root = User.objects.create_superuser("root")
    body = {"action": "deactivate", "_selected_action": [vera.pk, root.pk]}
    page = client.post(LIST, body, follow=True)
    assert any("You cannot change root" in message for message in told(page))
    assert any(message.startswith("1 user is deactivated") for message in told(page))
    assert set(User.objects.filter(is_active=False)) == {vera}


def test_only_a_deactivated_user_is_deleted(client: Client, vera: User) -> None:
    refused = client.post(page_of(vera, "delete/"), {"post": "yes"})
    assert refused.status_code == 403 and "Deactivate vera first" in refused.content.decode()
    User.objects.filter(pk=vera.pk).update(is_active=False)
    assert client.post(page_of(vera, "delete/"), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=vera.pk).exists()


def test_the_page_tells_of_login_keys_token_and_what_is_seen(client: Client, vera: User) -> None:
    staff = PersonGroup.objects.create(name="Staff")
    PersonLimit.objects.create(user=vera, group=staff)
    key, _ = make_key(name="door", scopes=["read_people"], by=vera)
    token_of(vera)
    page = client.get(page_of(vera)).content.decode()
    assert ">never<" in page and f"/admin/people/apikey/{key.pk}/change/" in page and "Revoke token" in page
    assert f'<a href="/admin/people/persongroup/{staff.pk}/change/">Staff</a>' in page
    User.objects.filter(pk=vera.pk).update(last_login=timezone.now() - timedelta(days=3))
    assert "3\xa0days ago" in client.get(page_of(vera)).content.decode()
    client.post(page_of(vera, f"keys/{key.pk}/revoke/"))
    client.post(page_of(vera, "token/revoke/"))
    key.refresh_from_db()
    assert key.revoked_at and not hasattr(User.objects.get(pk=vera.pk), "auth_token")


def test_a_key_is_revoked_on_the_page_of_its_owner_alone(client: Client, vera: User, operator: User) -> None:
    key, _ = make_key(name="door", scopes=["read_people"], by=operator)
    assert client.post(page_of(vera, f"keys/{key.pk}/revoke/")).status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None


def test_what_a_user_sees_is_chosen_on_their_page(client: Client, vera: User) -> None:
    staff, guests = (PersonGroup.objects.create(name=name) for name in ("Staff", "Guests"))
    for groups in ([staff.pk, guests.pk], [guests.pk], []):
        body = {"username": "vera", "groups": [pk("viewer")], "personlimits": groups}
        assert client.post(page_of(vera), body).status_code == 302
        assert set(PersonLimit.objects.filter(user=vera).values_list("group", flat=True)) == set(groups)
    said = LogEntry.objects.filter(object_id=str(vera.pk)).latest("pk").get_change_message()
    assert said == "Changed what they see."


def test_single_rights_of_before_are_shown_in_words_and_taken_away(client: Client, vera: User) -> None:
    view, add = (Permission.objects.get(codename=name) for name in ("view_person", "add_person"))
    vera.user_permissions.set([view, add])
    page = client.get(page_of(vera)).content.decode()
    assert "see people" in page and "add people" in page
    body = {"username": "vera", "groups": [pk("viewer")]}
    client.post(page_of(vera), {**body, "single_rights": [view.pk]})
    assert list(vera.user_permissions.all()) == [view]


def test_the_list_takes_as_many_queries_for_many_users_as_for_few(client: Client, vera: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        return len(captured)

    few, staff = queries(), PersonGroup.objects.create(name="Staff")
    for number in range(10):
        user = User.objects.create_user(f"guard {number}")
        user.groups.add(pk("viewer"))
        PersonLimit.objects.create(user=user, group=staff)
    assert queries() <= few + 1  # the groups of limits, of which there were none


class TestGroups:
    def test_a_built_in_role_is_read_only_with_its_sentence(self, client: Client) -> None:
        url = f"/admin/auth/group/{pk('viewer')}/change/"
        page = client.get(url).content.decode()
        assert SENTENCES["viewer"] in page and "see people" in page and 'name="_save"' not in page
        refused = client.post(url, {"name": "viewer", "rights": []})
        assert refused.status_code == 403 and "built in and stays as it is" in refused.content.decode()

    def test_a_site_makes_a_group_of_rights_in_words(self, client: Client) -> None:
        page = client.get("/admin/auth/group/add/").content.decode()
        assert "see cameras" in page and "Cameras and sightings" in page
        body = {"name": "night shift", "rights": ["streams.view_camera", "people.view_person"]}
        assert client.post("/admin/auth/group/add/", body).status_code == 302
        group = Group.objects.get(name="night shift")
        assert {each.codename for each in group.permissions.all()} == {"view_camera", "view_person"}
        client.post(f"/admin/auth/group/{group.pk}/change/", {"name": "night shift", "rights": ["people.view_person"]})
        assert group.permissions.get().codename == "view_person"

    def test_no_group_of_the_site_takes_the_name_of_a_role(self, client: Client) -> None:
        Group.objects.filter(name="auditor").update(name="works council")
        page = client.post("/admin/auth/group/add/", {"name": "Auditor"})
        assert page.status_code == 200 and "A built-in role has this name." in page.content.decode()

    def test_rights_of_before_that_no_page_offers_stay(self, operator: User) -> None:
        group = Group.objects.create(name="technicians")
        group.permissions.add(Permission.objects.get(codename="delete_session"))
        client = Client()
        client.force_login(operator)
        url = f"/admin/auth/group/{group.pk}/change/"
        client.post(url, {"name": "technicians", "rights": ["streams.view_camera"]})
        assert {each.codename for each in group.permissions.all()} == {"delete_session", "view_camera"}

    def test_a_group_is_deleted_and_its_members_stay(self, client: Client, vera: User) -> None:
        group = Group.objects.create(name="night shift")
        vera.groups.add(group)
        assert client.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"}).status_code == 302
        assert User.objects.filter(pk=vera.pk).exists() and not Group.objects.filter(name="night shift").exists()
