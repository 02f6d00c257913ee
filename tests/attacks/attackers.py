"""Who attacks: nobody, a wrong key, a login without a role, and the five roles, unlimited and limited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import Group, User
from django.test import Client
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.accounts.rights import ROLES, Scope
from people.accounts.tokens import token_of
from people.records.groups import PersonGroup
from streams.records.groups import CameraGroup
from tests.api import NOBODY

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Attacker:
    """One caller with all the doors that it has: pages by session, the API by token, and keys of its own."""

    name: str
    user: User | None

    @property
    def limited(self) -> bool:
        return self.name.startswith("limited")

    @cached_property
    def roles(self) -> list[Group]:
        return list(Group.objects.filter(name=self.name.removeprefix("limited ")))

    @cached_property
    def pages(self) -> Client:
        """Answers 500 instead of raising, as the site does."""
        client = Client(raise_request_exception=False)
        if self.user:
            client.force_login(self.user)
        elif self.name == "wrong key":
            client.cookies["sessionid"] = "made-up"
        return client

    @cached_property
    def api(self) -> APIClient:
        client = APIClient(raise_request_exception=False)
        client.credentials(**self.headers)
        return client

    @property
    def doors(self) -> tuple[Client, ...]:
        """Without a login the API's client asks as the pages' does."""
        return (self.pages,) if self.name == "nobody" else (self.pages, self.api)

    @property
    def headers(self) -> dict[str, str]:
        """Of a request to the API, as WSGI names them."""
        if self.user:
            return {"HTTP_AUTHORIZATION": f"Token {token_of(self.user)}"}
        return {"HTTP_X_API_KEY": NOBODY} if self.name == "wrong key" else {}

    def with_key(self, scopes: Iterable[str] = tuple(Scope)) -> APIClient:
        """A client with an API key that this attacker owns; without a login it is as `api`."""
        if not self.user:
            return self.api
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_X_API_KEY=make_key(name="attack", scopes=list(scopes), by=self.user)[1])
        return client


NAMES = ("nobody", "wrong key", "no role", *(name for role in ROLES for name in (role, f"limited {role}")))


def attacker_called(name: str, people: PersonGroup, cameras: CameraGroup) -> Attacker:
    """Makes the login. Every role may use the admin, as far as its rights go."""
    if name in ("nobody", "wrong key"):
        return Attacker(name, None)
    user = User.objects.create_user(name.replace(" ", "-"), password=PASSWORD, is_staff=name != "no role")
    if name != "no role":
        user.groups.add(Group.objects.get(name=name.removeprefix("limited ")))
    if name.startswith("limited"):
        people.limits.create(user=user)
        cameras.limits.create(user=user)
    return Attacker(name, user)
