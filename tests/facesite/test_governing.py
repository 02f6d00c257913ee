"""Attacks of logged-in users on other users, on every address of the admin: nobody gets more than they have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.test import Client
from rest_framework.authtoken.models import Token, TokenProxy

from people.accounts.api_key import ApiKey
from people.accounts.making_keys import make_key
from people.accounts.second_factors import has_second_factor
from people.accounts.tokens import token_of
from people.records.groups import PersonGroup, PersonLimit
from streams.records.groups import CameraGroup, CameraLimit

pytestmark = pytest.mark.django_db
NEW = "a quite new Password 7"
ROLES = ["administrator", "auditor", "enroller", "operator", "viewer"]


@dataclass(frozen=True)
class Cast:
    """Who attacks and is attacked, by name, and what belongs to them."""

    users: dict[str, User]
    staff: PersonGroup
    keys: dict[str, ApiKey]

    def client(self, actor: str) -> Client:
        client = Client()
        client.force_login(self.users[actor])
        return client

    @cached_property
    def before(self) -> dict[str, list[Any]]:
        """The state of whoever is attacked by others, as each attack finds it."""
        return {name: state(self.users[name]) for name in self.keys if name != "self"}


@pytest.fixture
def cast(db: None) -> Cast:
    staff = PersonGroup.objects.create(name="Staff")
    users = {name: User.objects.create_user(name, is_staff=True) for name in [*ROLES, "limited", "peer"]}
    users["superuser"] = User.objects.create_superuser("superuser", password="superuser")
    users["self"] = users["administrator"]
    for name in ROLES:
        users[name].groups.add(Group.objects.get(name=name))
    for name in ("limited", "peer"):
        users[name].groups.add(Group.objects.get(name="administrator"))
    for name in ("limited", "viewer"):
        PersonLimit.objects.create(user=users[name], group=staff)
    for name in ("superuser", "peer", "viewer", "administrator"):
        token_of(users[name])
        Authenticator.objects.create(user=users[name], type=Authenticator.Type.TOTP, data={})
    keys = {
        name: make_key(name=f"door of {name}", scopes=["read_people"], by=users[name])[0]
        for name in ("superuser", "peer", "viewer", "self")
    }
    CameraGroup.objects.create(name="Doors")
    return Cast(users, staff, keys)


def state(user: User) -> list[Any]:
    """Everything that an attack could change of a user."""
    limits = [model.objects.filter(user=user).order_by("group").values_list("group", flat=True) for model in LIMITS]
    keys = ApiKey.objects.filter(owner=user).order_by("pk").values_list("pk", "name", "revoked_at")
    of_keys = [list(model.objects.filter(key__owner=user).values_list("group", flat=True)) for model in LIMITS]
    return [
        User.objects.filter(pk=user.pk).values().first(),
        sorted(user.groups.values_list("name", flat=True)),
        sorted(user.get_all_permissions()),
        *map(list, [*limits, keys]),
        of_keys,
        Token.objects.filter(user=user).exists(),
        has_second_factor(user),
    ]


LIMITS: list[Any] = [PersonLimit, CameraLimit]


def form(user: User, **more: Any) -> dict[str, Any]:
    groups = Group.objects.filter(name__in=["auditor"]).values_list("pk", flat=True)
    sees = list(PersonGroup.objects.values_list("pk", flat=True))
    return {"username": user.username, "groups": list(groups), "personlimits": sees, "is_staff": "on", **more}


def inline(*, key: Any = "", user: Any = "") -> dict[str, Any]:
    numbers = {"limits-TOTAL_FORMS": "1", "limits-INITIAL_FORMS": "0"}
    return {"name": "Staff", "description": "", **numbers, "limits-0-user": user, "limits-0-key": key}


def page_of(user: User, rest: str = "change/") -> str:
    return f"/admin/auth/user/{user.pk}/{rest}"


def action(name: str, *rows: Any) -> dict[str, Any]:
    return {"action": name, "_selected_action": [row.pk for row in rows], "post": "yes"}


Attack = Callable[[Client, User, Cast, ApiKey], Any]
EVERYTHING = {"is_superuser": "on", "is_active": "on", "password": "x", "date_joined_0": "2020-01-01"}
ATTACKS: dict[str, Attack] = {
    "give a role": lambda c, u, _, k: c.post(page_of(u), form(u)),
    "forge every field": lambda c, u, _, k: c.post(
        page_of(u), form(u, **EVERYTHING, user_permissions=[each.pk for each in Permission.objects.all()])
    ),
    "forge by the field named in the address": lambda c, u, _, k: c.post(f"{page_of(u)}?_to_field=id", form(u)),
    "save in a popup": lambda c, u, _, k: c.post(f"{page_of(u)}?_popup=1", form(u, _popup="1")),
    "save as new": lambda c, u, _, k: c.post(page_of(u), form(u, _saveasnew="1", **EVERYTHING)),
    "set the password": lambda c, u, _, k: c.post(page_of(u, "password/"), {"password1": NEW, "password2": NEW}),
    "make a link": lambda c, u, _, k: c.post(page_of(u, "link/")),
    "deactivate": lambda c, u, _, k: c.post(page_of(u, "deactivate/")),
    "deactivate in the list": lambda c, u, _, k: c.post("/admin/auth/user/", action("deactivate", u)),
    "delete": lambda c, u, _, k: c.post(page_of(u, "delete/"), {"post": "yes"}),
    "delete in the list": lambda c, u, _, k: c.post("/admin/auth/user/", action("delete_selected", u)),
    "revoke the token": lambda c, u, _, k: c.post(page_of(u, "token/revoke/")),
    "remove the second factor": lambda c, u, _, k: c.post(page_of(u, "second-factor/remove/")),
    "delete the token": lambda c, u, _, k: c.post(
        f"/admin/authtoken/tokenproxy/{u.auth_token.pk}/delete/", {"post": "yes"}
    ),
    "delete the token in the list": lambda c, u, _, k: c.post(
        "/admin/authtoken/tokenproxy/", action("delete_selected", u.auth_token)
    ),
    "revoke a key": lambda c, u, _, k: c.post(page_of(u, f"keys/{k.pk}/revoke/")),
    "revoke keys in the list": lambda c, u, _, k: c.post("/admin/people/apikey/", action("revoke", k)),
    "rename a key": lambda c, u, _, k: c.post(f"/admin/people/apikey/{k.pk}/change/", {"name": "mine"}),
    "delete a key": lambda c, u, _, k: c.post(f"/admin/people/apikey/{k.pk}/delete/", {"post": "yes"}),
    "delete keys in the list": lambda c, u, _, k: c.post("/admin/people/apikey/", action("delete_selected", k)),
    "limit the user": lambda c, u, s, k: c.post(
        f"/admin/streams/cameragroup/{CameraGroup.objects.get().pk}/change/", inline(user=u.pk)
    ),
    "limit a key": lambda c, u, s, k: c.post(f"/admin/people/persongroup/{s.staff.pk}/change/", inline(key=k.pk)),
}

# x: it is done. Everything else is refused and changes nothing. Nobody else can do anything of this.
TABLE = """
                                          administrator            limited
                                          superuser peer viewer self  superuser peer viewer
give a role                               -         x    x      -     -         -    x
forge every field                         -         x    x      -     -         -    x
forge by the field named in the address   -         x    x      -     -         -    x
save in a popup                           -         x    x      -     -         -    x
save as new                               -         -    -      -     -         -    -
set the password                          -         x    x      -     -         -    x
make a link                               -         x    x      x     -         -    x
deactivate                                -         x    x      -     -         -    x
deactivate in the list                    -         x    x      -     -         -    x
delete                                    -         -    -      -     -         -    -
delete in the list                        -         -    -      -     -         -    -
revoke the token                          -         x    x      x     -         -    x
remove the second factor                  -         x    x      -     -         -    x
delete the token                          -         -    -      -     -         -    -
delete the token in the list              -         -    -      -     -         -    -
revoke a key                              -         x    x      x     -         -    x
revoke keys in the list                   -         x    x      x     -         -    x
rename a key                              -         x    x      x     -         -    x
delete a key                              -         x    x      x     -         -    x
delete keys in the list                   -         x    x      x     -         -    x
limit the user                            -         x    x      -     -         -    x
limit a key                               -         x    x      x     -         -    -
"""
COLUMNS = [("administrator", name) for name in TABLE.split()[2:6]] + [("limited", name) for name in TABLE.split()[6:9]]
MARKS = {line[:42].strip(): line[42:].split() for line in TABLE.strip().splitlines()[2:]}
POWERLESS = ["auditor", "enroller", "operator", "viewer"]


def attacked(cast: Cast, actor: str, target: str, attack: str) -> tuple[Any, bool]:
    """The answer, and whether anything of the target changed; nothing of it stays."""
    user, key = cast.users[target], cast.keys[target]
    with transaction.atomic():
        client = cast.client(actor)  # whose login is noted
        before = state(user) if user == cast.users[actor] else cast.before[target]
        answer = ATTACKS[attack](client, user, cast, key)
        user = User.objects.get(pk=user.pk)
        changed = state(user) != before
        assert user.is_superuser == (target == "superuser")
        assert set(user.get_all_permissions()) <= set(cast.users["superuser"].get_all_permissions())
        transaction.set_rollback(True)
    return answer, changed


def test_the_table_has_every_attack() -> None:
    assert list(MARKS) == list(ATTACKS)


@pytest.mark.parametrize("column", range(len(COLUMNS)), ids=[f"{actor} on {target}" for actor, target in COLUMNS])
def test_the_table_of_attacks_holds(column: int, cast: Cast) -> None:
    wrong = []
    for attack, marks in MARKS.items():
        assert len(marks) == len(COLUMNS)
        answer, changed = attacked(cast, *COLUMNS[column], attack)
        done = changed or (attack == "make a link" and answer.status_code == 200)
        if done != (marks[column] == "x") or answer.status_code >= 500:
            wrong.append((attack, answer.status_code, done))
    assert not wrong


@pytest.mark.parametrize("actor", POWERLESS)
def test_whoever_does_not_manage_users_changes_nobody(actor: str, cast: Cast) -> None:
    for attack, target in product(ATTACKS, ("superuser", "peer", "viewer")):
        answer, changed = attacked(cast, actor, target, attack)
        in_list = attack.endswith("in the list")  # the list comes again, without the action
        refused = answer.status_code in (302, 403, 404, *([200] if in_list else []))
        assert refused and not changed, (attack, target, answer.status_code)


@pytest.mark.parametrize(
    "attack", ["give a role", "set the password", "make a link", "deactivate", "revoke a key", "rename a key"]
)
def test_a_refusal_says_why(attack: str, cast: Cast) -> None:
    answer, _ = attacked(cast, "administrator", "superuser", attack)
    assert answer.status_code == 403 and "may do everything, as a superuser" in answer.content.decode()
    answer, _ = attacked(cast, "limited", "peer", attack)
    assert answer.status_code == 403 and "may see people or cameras that you do not see" in answer.content.decode()


@pytest.mark.parametrize(("target", "goes"), [("superuser", False), ("peer", True), ("viewer", True)])
def test_whoever_may_delete_tokens_deletes_none_of_somebody_above(target: str, goes: bool, cast: Cast) -> None:
    cast.users["administrator"].user_permissions.set(Permission.objects.filter(codename__endswith="_tokenproxy"))
    user, client = cast.users[target], cast.client("administrator")
    client.post("/admin/authtoken/tokenproxy/", action("delete_selected", user.auth_token))
    assert Token.objects.filter(user=user).exists() != goes
    address = f"/admin/authtoken/tokenproxy/{user.auth_token.pk}/delete/"
    refused = client.post(address, {"post": "yes"})
    assert Token.objects.filter(user=user).exists() != goes
    assert goes or (refused.status_code == 403 and "the token of superuser" in refused.content.decode())


NEW_USERS: dict[str, tuple[dict[str, Any], str]] = {
    "a plain one": ({}, "viewer"),
    "a superuser": ({"is_superuser": "on"}, "viewer"),
    "one with single rights": ({"user_permissions": ["1", "2", "3"]}, "viewer"),
    "an administrator": ({}, "administrator"),
}


@pytest.mark.parametrize("actor", ["administrator", "limited", *POWERLESS])
def test_a_new_user_has_nothing_that_their_maker_lacks(actor: str, cast: Cast) -> None:
    for wanted, (more, role) in NEW_USERS.items():
        group = Group.objects.get(name=role)
        body = {"username": "new", "groups": [group.pk], "password1": NEW, "password2": NEW, **more}
        body |= {"personlimits": [cast.staff.pk]} if actor == "limited" else {}
        with transaction.atomic():
            cast.client(actor).post("/admin/auth/user/add/", body)
            made = User.objects.filter(username="new").first()
            assert (made is not None) == (actor in ("administrator", "limited")), wanted
            if made:
                assert not made.is_superuser and not made.user_permissions.exists(), wanted
                assert made.get_all_permissions() <= cast.users[actor].get_all_permissions(), wanted
                assert made.personlimits.exists() == (actor == "limited"), wanted
            transaction.set_rollback(True)


@pytest.mark.parametrize("groups", ["none", "others"])
def test_a_limited_administrator_makes_nobody_who_sees_more(groups: str, cast: Cast) -> None:
    others = PersonGroup.objects.create(name="Others")
    body = {"username": "new", "personlimits": [others.pk] if groups == "others" else []}
    page = cast.client("limited").post("/admin/auth/user/add/", body)
    assert page.status_code == 200 and page.context["errors"]
    assert "Others" not in page.content.decode()
    assert not User.objects.filter(username="new").exists()


def group_of(cast: Cast, kind: str) -> Group:
    if kind == "a built-in role":
        return Group.objects.get(name="viewer")
    group = Group.objects.create(name="night shift")
    if kind == "one that may more":
        group.permissions.add(Permission.objects.get(codename="delete_session"))
    if kind == "one with a superuser in it":
        cast.users["superuser"].groups.add(group)
    if kind == "one with an unlimited member":
        cast.users["peer"].groups.add(group)
    return group


GROUP_ATTACKS: dict[str, Callable[[Client, Group], Any]] = {
    "give rights": lambda c, g: c.post(
        f"/admin/auth/group/{g.pk}/change/", {"name": g.name, "rights": ["streams.view_camera"]}
    ),
    "rename": lambda c, g: c.post(f"/admin/auth/group/{g.pk}/change/", {"name": "mine"}),
    "delete": lambda c, g: c.post(f"/admin/auth/group/{g.pk}/delete/", {"post": "yes"}),
    "delete in the list": lambda c, g: c.post("/admin/auth/group/", action("delete_selected", g)),
}
KINDS = ["a plain one", "a built-in role", "one that may more", "one with a superuser in it"]


def group_state(group: Group) -> list[Any]:
    found = Group.objects.filter(pk=group.pk).first()
    return [found and found.name, sorted(group.permissions.values_list("pk", flat=True)) if found else []]


@pytest.mark.parametrize("actor", ["administrator", "limited", *POWERLESS])
def test_groups_are_changed_by_whoever_may_more_than_all_of_them(actor: str, cast: Cast) -> None:
    may = {"administrator": ["a plain one", "one with an unlimited member"], "limited": ["a plain one"]}
    for kind, attack in product([*KINDS, "one with an unlimited member"], GROUP_ATTACKS):
        with transaction.atomic():
            group = group_of(cast, kind)
            before = group_state(group)
            answer = GROUP_ATTACKS[attack](cast.client(actor), group)
            changed = group_state(group) != before
            transaction.set_rollback(True)
        allowed = kind in may.get(actor, []) and attack != "delete in the list"
        assert changed == allowed, (kind, attack)
        assert answer.status_code < 500, (kind, attack)
        assert allowed or attack == "delete in the list" or answer.status_code == 403, (kind, attack)


@pytest.mark.parametrize("right", ["sessions.delete_session", "streams.send_to_camera", "auth.add_permission"])
def test_a_group_is_not_given_what_its_editor_lacks(right: str, cast: Cast) -> None:
    app, _, codename = right.partition(".")
    lacked = Permission.objects.get(content_type__app_label=app, codename=codename)
    cast.users["administrator"].groups.get().permissions.remove(lacked)
    body = {"name": "night shift", "rights": [right], "permissions": [lacked.pk]}
    cast.client("administrator").post("/admin/auth/group/add/", body)
    assert not Group.objects.filter(name="night shift", permissions=lacked).exists()


PRYING = [
    "/admin/auth/user/?password__startswith=pbkdf2",
    "/admin/auth/user/?user_permissions__codename=add_user",
    "/admin/auth/user/?api_keys__digest__startswith=a",
    "/admin/auth/user/?auth_token__key__startswith=a",
    "/admin/auth/user/?personlimits__group__name__startswith=S",
    "/admin/auth/user/?logentry__object_repr__startswith=S",
    "/admin/auth/group/?permissions__codename=add_user",
    "/admin/auth/group/?user__password__startswith=pbkdf2",
    "/admin/auth/user/?_to_field=password",
    "/admin/auth/user/add/?_to_field=password",
    "/admin/auth/user/{superuser}/change/?_to_field=password",
    "/admin/auth/group/?_to_field=permissions",
]


@pytest.mark.parametrize("actor", ["administrator", "limited", "auditor"])
def test_no_address_of_the_admin_pries_into_users(actor: str, cast: Cast) -> None:
    client = cast.client(actor)
    for path in PRYING:
        answer = client.get(path.format(superuser=cast.users["superuser"].pk))
        refused = answer.status_code in (400, 403) or "e=1" in answer.headers.get("Location", "")
        assert refused, (path, answer.status_code)


READ = [
    "/admin/auth/user/",
    "/admin/auth/user/{superuser}/change/",
    "/admin/auth/user/{superuser}/history/",
    "/admin/auth/user/{viewer}/change/",
    "/admin/autocomplete/?app_label=people&model_name=personlimit&field_name=user&term=s",
]


@pytest.mark.parametrize("actor", ["administrator", "limited", "auditor"])
def test_pages_of_users_show_neither_hashes_nor_names_of_rights(actor: str, cast: Cast) -> None:
    client, pks = cast.client(actor), {name: user.pk for name, user in cast.users.items()}
    for path in READ:
        answer = client.get(path.format(**pks))
        assert answer.status_code == 200, path
        text = answer.content.decode()
        shown = [secret for secret in ("pbkdf2", "_user_permissions", "view_person", "add_user") if secret in text]
        assert not shown, path
        if path.endswith("{superuser}/change/"):
            assert 'name="_save"' not in text and 'name="username"' not in text


def test_a_limited_reader_learns_no_name_of_other_groups(cast: Cast) -> None:
    hidden = PersonGroup.objects.create(name="Boardroom")
    PersonLimit.objects.create(user=cast.users["operator"], group=hidden)
    for name in ("limited", "administrator"):
        client = cast.client(name)
        pages = [client.get(path).content.decode() for path in ("/admin/auth/user/", page_of(cast.users["operator"]))]
        assert all(("Boardroom" in page) == (name == "administrator") for page in pages)


GUARDED = {
    "auth.User",
    "auth.Group",
    "people.ApiKey",
    "authtoken.TokenProxy",
    "people.PersonGroup",
    "streams.CameraGroup",
}
ABOUT_USERS = {
    "people.ImportJob": "who uploaded it, written by the service",
    "people.DecisionThresholds": "who put them into force, written by the service",
    "people.EngineChoice": "who chose it, read only",
    "streams.SearchLog": "who searched, read only",
    "streams.Case": "who asked for it, read only",
    "streams.Channel": "who made it, written by the service",
    "admin.LogEntry": "who did what, read only",
    "streams.Video": "who asked for it, read only",
    "people.Basis": "who recorded and withdrew it, written by the service",
    "people.ConsentText": "who wrote it, written by the service",
    "people.EnrolmentLink": "who made and decided it, written by the service",
    "people.Kiosk": "who made it, written by the service",
}


def test_every_page_about_users_is_attacked_here() -> None:
    """Whoever registers a model that refers to users or groups names it here, and attacks it if it can be changed."""
    about = {User, Group, Permission, ApiKey, Token, TokenProxy}
    found = {
        model._meta.label
        for model in admin.site._registry
        if model in about or any(field.related_model in about for field in model._meta.get_fields() if field.concrete)
    }
    assert found == (GUARDED - {"people.PersonGroup", "streams.CameraGroup"}) | ABOUT_USERS.keys()
