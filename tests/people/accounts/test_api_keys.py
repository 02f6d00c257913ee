"""API keys: kept as a hash, never more than their owner, ended at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from people.accounts.api_key import ApiKey, KeyUser, digest
from people.accounts.authentication import usable_key
from people.accounts.making_keys import make_key, revoke_key
from people.accounts.rights import SCOPES, Scope

PEOPLE = "/api/v1/people/"


def asked_with(text: str, header: str = "X-API-Key") -> int:
    return int(APIClient().get(PEOPLE, headers={header: text}).status_code)


def test_a_key_opens_the_api_in_either_header(operator: User) -> None:
    _, text = make_key(name="door", scopes=[Scope.READ_PEOPLE], by=operator)
    assert asked_with(text) == asked_with(f"Key {text}", "Authorization") == asked_with(text.upper()) == 200


def test_only_the_hash_of_a_key_is_kept(operator: User) -> None:
    key, text = make_key(name="door", scopes=[Scope.READ_PEOPLE], by=operator)
    assert UUID(text).version == 4
    kept = ApiKey.objects.values().get(pk=key.pk)
    assert text not in str(kept) and kept["digest"] == digest(text) and text.startswith(kept["prefix"])
    assert text not in repr(key)


def test_a_revoked_key_opens_nothing_at_once(operator: User) -> None:
    key, text = make_key(name="door", scopes=[Scope.READ_PEOPLE], by=operator)
    revoke_key(key=key, by=operator)
    assert asked_with(text) == 401


def test_an_expired_key_opens_nothing(operator: User) -> None:
    past = timezone.now() - timedelta(seconds=1)
    _, text = make_key(name="door", scopes=[Scope.READ_PEOPLE], by=operator, expires_at=past)
    assert asked_with(text) == 401


@pytest.mark.parametrize(
    "text", ["", "x", "00000000-0000-4000-8000-000000000000", "0" * 32, "\xff" * 36, "a" * 9000, "{" + "0" * 36 + "}"]
)
def test_what_is_no_key_opens_nothing(db: None, text: str) -> None:
    assert asked_with(text) == 401


def test_a_key_ends_with_the_login_of_its_owner(viewer: User) -> None:
    _, text = make_key(name="door", scopes=[Scope.READ_PEOPLE], by=viewer)
    assert asked_with(text) == 200
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    assert asked_with(text) == 401


def test_a_key_never_has_a_right_that_its_owner_has_not(viewer: User) -> None:
    key, text = make_key(name="door", scopes=list(Scope), by=viewer)
    bearer = KeyUser.of(key)
    assert bearer.has_perm("people.view_person") and not bearer.has_perm("people.add_person")
    viewer.user_permissions.clear()
    assert asked_with(text) == 403


def test_a_superusers_key_has_its_scopes_and_nothing_else(operator: User) -> None:
    key, _ = make_key(name="door", scopes=[Scope.RECOGNISE], by=operator)
    bearer = KeyUser.of(key)
    granted = {right for rights in SCOPES.values() for right in rights if bearer.has_perm(right)}
    assert granted == SCOPES[Scope.RECOGNISE]
    assert not bearer.has_perms(["people.recognise", "people.view_person"])


def test_use_is_noted_once_a_minute(operator: User, django_assert_num_queries: Any) -> None:
    key, text = make_key(name="door", scopes=[Scope.READ_PEOPLE], by=operator)
    assert usable_key(text) == key
    first = ApiKey.objects.get().last_used_at
    assert first is not None
    with django_assert_num_queries(1):
        usable_key(text)
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
    usable_key(text)
    assert ApiKey.objects.get().last_used_at > first - timedelta(minutes=1)  # type: ignore[operator]


def test_a_key_needs_a_scope_and_a_name(operator: User) -> None:
    for name, scopes in (("door", []), ("", [Scope.RECOGNISE])):
        with pytest.raises(IntegrityError, match="api_key_has_a"), transaction.atomic():
            make_key(name=name, scopes=scopes, by=operator)


def test_a_key_that_calls_too_often_has_to_wait(operator: User, settings: Any) -> None:
    settings.API_CALLS_PER_KEY = 3
    _, text = make_key(name="door", scopes=[Scope.READ_PEOPLE], by=operator)
    client = APIClient()
    answers = [client.get(PEOPLE, headers={"X-API-Key": text}) for _ in range(8)]  # a minute may begin among them
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused and 0 < int(refused[0].headers["Retry-After"]) <= 60


def test_an_address_that_calls_too_often_has_to_wait(operator: User, settings: Any) -> None:
    settings.API_CALLS_PER_ADDRESS = 3
    keys = [make_key(name="door", scopes=[Scope.READ_PEOPLE], by=operator)[1] for _ in range(8)]
    client = APIClient(REMOTE_ADDR="10.9.8.7")
    assert 429 in [client.get(PEOPLE, headers={"X-API-Key": text}).status_code for text in keys]
    assert APIClient(REMOTE_ADDR="10.9.8.6").get(PEOPLE, headers={"X-API-Key": keys[0]}).status_code == 200


class TestInTheAdmin:
    @pytest.fixture
    def admin(self, operator: User, client: Client) -> Client:
        client.force_login(operator)
        return client

    def make(self, admin: Client, **values: Any) -> Any:
        form = {"name": "Double Take", "scopes": ["recognise", "read_people"], **values}
        return admin.post(reverse("admin:people_apikey_add"), form)

    def test_a_new_key_is_shown_once_and_works(self, admin: Client) -> None:
        page = self.make(admin)
        key = ApiKey.objects.get()
        text = page.content.decode().split('id="api-key">')[1].split("<")[0]
        assert digest(text) == key.digest and asked_with(text) == 200
        assert page.headers["Cache-Control"].startswith("no-store") and text not in str(page.cookies)
        for url in (reverse("admin:people_apikey_changelist"), reverse("admin:people_apikey_change", args=[key.pk])):
            shown = admin.get(url).content.decode()
            assert key.prefix in shown and text not in shown and key.digest not in shown

    def test_scopes_and_owner_of_a_key_cannot_be_changed(self, admin: Client) -> None:
        self.make(admin)
        key = ApiKey.objects.get()
        other = User.objects.create_user("other")
        url = reverse("admin:people_apikey_change", args=[key.pk])
        admin.post(url, {"name": "Frigate", "scopes": ["manage_cameras"], "owner": other.pk})
        changed = ApiKey.objects.get()
        assert (changed.name, changed.scopes, changed.owner_id) == ("Frigate", key.scopes, key.owner_id)

    @pytest.mark.parametrize(
        "values",
        [
            {"scopes": []},
            {"scopes": ["everything"]},
            {"name": ""},
            {"expires_at_0": "2001-01-01", "expires_at_1": "0:00"},
        ],
    )
    def test_a_bad_form_makes_no_key(self, admin: Client, values: dict[str, Any]) -> None:
        assert self.make(admin, **values).status_code == 200
        assert not ApiKey.objects.exists()

    def test_nobody_gives_away_rights_that_they_have_not(self, client: Client, stranger: User) -> None:
        from django.contrib.auth.models import Permission

        stranger.is_staff = True
        stranger.save()
        stranger.user_permissions.set(Permission.objects.filter(codename__in=["add_apikey", "view_person"]))
        client.force_login(stranger)
        page = self.make(client)
        assert "You have none of these rights yourself: recognise." in page.content.decode()
        assert not ApiKey.objects.exists()

    def test_the_list_takes_as_many_queries_for_many_keys(
        self, admin: Client, operator: User, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(20):
            make_key(name=f"key {number}", scopes=list(Scope), by=operator)
        with django_assert_max_num_queries(8):
            admin.get(reverse("admin:people_apikey_changelist"))

    def test_keys_are_revoked_from_the_list(self, admin: Client) -> None:
        self.make(admin)
        key = ApiKey.objects.get()
        data = {"action": "revoke", "_selected_action": [key.pk]}
        page = admin.post(reverse("admin:people_apikey_changelist"), data, follow=True).content.decode()
        assert "revoked" in page
        assert ApiKey.objects.get().revoked_at is not None
