"""What lets a login watch live pictures, read for many logins at once: sessions, passwords, rights and limits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Sum
from django.utils import timezone

from people.records.groups import PersonGroup, PersonLimit
from streams.records.groups import CameraGroup, CameraLimit

Members = dict[int, tuple[int, int]]
"""By group: the number of its members, and the sum of the ids of their rows. Rows never change, ids are not reused."""


@dataclass(frozen=True, slots=True)
class Login:
    """A browser's login as it was let in: its session, and its user with the hash of the password."""

    session_key: str
    user_id: int
    password: str

    @classmethod
    def of(cls, user: Any, session: Any) -> Login:
        return cls(session.session_key, user.pk, user.password)


@dataclass(frozen=True, slots=True)
class LoginStanding:
    """What a user may see, in numbers: two that are equal show the same."""

    is_superuser: bool
    rights: frozenset[int]
    """Ids of the permissions that the user has, alone and by groups."""
    people: frozenset[tuple[int, int, int]]
    """The groups that limit the user, each with its members as in Members."""
    cameras: frozenset[tuple[int, int, int]]
    sees_cameras: bool
    """Whether the user has the right to see cameras: without it nothing is left to be looked up."""


def read_standings(logins: Collection[Login]) -> dict[Login, LoginStanding]:
    """Returns how each login stands now; those that are over are missing.

    A login is over when its session was ended or has expired, or its user was deleted, deactivated or given another
    password. Takes two queries for any number of logins, and one more for each kind of limit that one of them has.
    """
    sessions = _sessions({login.session_key for login in logins})
    users = _users({login.user_id for login in logins})
    people = _members(PersonGroup.people.through, "persongroup", (user.people for user in users.values()))
    cameras = _members(CameraGroup.cameras.through, "cameragroup", (user.cameras for user in users.values()))
    return {
        login: LoginStanding(
            user.is_superuser,
            user.rights,
            _told(user.people, people),
            _told(user.cameras, cameras),
            user.is_superuser or user.sees_cameras,
        )
        for login in logins
        if login.session_key in sessions and (user := users.get(login.user_id)) and user.password == login.password
    }


@dataclass(frozen=True, slots=True)
class _User:
    password: str
    is_superuser: bool
    rights: frozenset[int]
    people: frozenset[int]
    cameras: frozenset[int]
    sees_cameras: bool


def _sessions(keys: Collection[str]) -> set[str]:
    model = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    return set(model.objects.filter(pk__in=keys, expire_date__gt=timezone.now()).values_list("pk", flat=True))


def _users(ids: Collection[int]) -> dict[int, _User]:
    seeing = Permission.objects.filter(content_type__app_label="streams", codename="view_camera")
    sees: Any = Exists(seeing.filter(user=OuterRef("pk"))) | Exists(seeing.filter(group__user=OuterRef("pk")))
    rows = User.objects.filter(pk__in=ids, is_active=True).values_list(
        "pk",
        "password",
        "is_superuser",
        ArraySubquery(Permission.objects.filter(user=OuterRef("pk")).order_by().values("pk")),
        ArraySubquery(Permission.objects.filter(group__user=OuterRef("pk")).order_by().values("pk")),
        ArraySubquery(PersonLimit.objects.filter(user=OuterRef("pk")).order_by().values("group")),
        ArraySubquery(CameraLimit.objects.filter(user=OuterRef("pk")).order_by().values("group")),
        sees,
    )
    return {
        pk: _User(
            password,
            is_superuser,
            frozenset(own) | frozenset(by_groups),
            frozenset(people),
            frozenset(cameras),
            is_seeing,
        )
        for pk, password, is_superuser, own, by_groups, people, cameras, is_seeing in rows
    }


def _members(through: Any, group: str, of_users: Iterable[frozenset[int]]) -> Members:
    groups = frozenset().union(*of_users)
    if not groups:
        return {}
    counted = through.objects.filter(**{f"{group}__in": groups}).values(group).annotate(Count("pk"), Sum("pk"))
    return {row[group]: (row["pk__count"], row["pk__sum"]) for row in counted}


def _told(groups: frozenset[int], members: Members) -> frozenset[tuple[int, int, int]]:
    return frozenset((group, *members.get(group, (0, 0))) for group in groups)
