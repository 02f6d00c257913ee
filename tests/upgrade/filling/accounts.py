"""Users, what an administrator made of the built-in roles, and API keys."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission, User

from tests.upgrade.filling.calls import KEYS, PASSWORD
from tests.upgrade.filling.rows import AT, row

EVERYTHING = ["manage_cameras", "read_people", "read_sightings", "recognise", "search_sightings", "write_people"]


def add_users() -> dict[str, User]:
    """By name: Ann may do everything, Olga works here, Vera watches, Aldo has left."""
    users = {name: _user(name) for name in ("ann", "olga", "vera", "aldo")}
    for name, role in (("olga", "operator"), ("vera", "viewer"), ("aldo", "auditor")):
        users[name].groups.add(Group.objects.get(name=role))
    users["olga"].user_permissions.add(_permission("people.add_person"))
    return users


def _user(name: str) -> User:
    is_what = {"is_superuser": name == "ann", "is_staff": name != "vera", "is_active": name != "aldo"}
    user: User = row("auth.User", username=name, password=make_password(PASSWORD, "dump"), date_joined=AT, **is_what)
    return user


def change_roles() -> None:
    """As an administrator may: a right given and one taken, a role deleted, one renamed, one made."""
    operator = Group.objects.get(name="operator")
    operator.permissions.add(_permission("people.view_apikey"))
    operator.permissions.remove(_permission("people.delete_watchlist"))
    Group.objects.get(name="enroller").delete()
    Group.objects.filter(name="auditor").update(name="works council")
    Group.objects.create(name="night shift").permissions.add(_permission("streams.view_camera"))


def _permission(right: str) -> Permission:
    app, _, codename = right.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def add_keys(owner: User) -> dict[str, Any]:
    """By name. Those of the door and of the kiosk work, the lost one is revoked."""
    scopes = {"door": EVERYTHING, "kiosk": ["read_people", "read_sightings"], "lost": EVERYTHING}
    return {
        name: row(
            "people.ApiKey",
            name=name,
            owner=owner,
            prefix=KEYS[name][:8],
            digest=sha256(KEYS[name].encode()).hexdigest(),
            scopes=scopes[name],
            revoked_at=AT if name == "lost" else None,
        )
        for name in KEYS
    }
