"""Attacks on who may do what: forged forms of the admin, and guesses at passwords."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.core.cache import cache
from django.test import Client

from people.accounts.guesses import PER_ADDRESS, PER_NAME
from people.accounts.rights import Scope
from tests.api import NOBODY
from tests.attacks.attackers import PASSWORD, Attacker
from tests.attacks.table import attack
from tests.attacks.world import World

NEW = "a quite new Password 7"


@attack("granting", "Nobody makes a superuser, or more of themselves, by any form of the admin.")
def more_of_oneself(attacker: Attacker, world: World) -> None:
    before = _standing(attacker.user)
    for user in User.objects.all():
        attacker.pages.post(f"/admin/auth/user/{user.pk}/change/", _forged(user))
    attacker.pages.post("/admin/auth/user/add/", {**_forged(User(username="new")), "password1": NEW, "password2": NEW})
    for group in Group.objects.all():
        everything = {"name": group.name, "permissions": _every_right()}
        attacker.pages.post(f"/admin/auth/group/{group.pk}/change/", everything)
    attacker.pages.post("/admin/auth/group/add/", {"name": "mine", "permissions": _every_right()})
    assert list(User.objects.filter(is_superuser=True)) == [world.root]
    assert _standing(attacker.user) == before


@attack("granting", "Nobody sets the password of a superuser, shuts them out or deletes them.")
def superuser_taken_over(attacker: Attacker, world: World) -> None:
    page = f"/admin/auth/user/{world.root.pk}"
    for rest, form in (
        ("password/", {"password1": NEW, "password2": NEW}),
        ("link/", {}),
        ("deactivate/", {}),
        ("delete/", {"post": "yes"}),
        ("token/revoke/", {}),
    ):
        answer = attacker.pages.post(f"{page}/{rest}", form)
        assert answer.status_code in (302, 403, 404), (rest, answer.status_code)
    for name in ("delete_selected", "deactivate"):
        attacker.pages.post("/admin/auth/user/", {"action": name, "_selected_action": [world.root.pk], "post": "yes"})
    now = User.objects.get(pk=world.root.pk)
    assert (now.password, now.is_active, now.is_superuser) == (world.root.password, True, True)


@attack("guesses", "Nobody guesses passwords without end, whatever address they invent.")
def endless_guesses(attacker: Attacker, world: World) -> None:
    cache.clear()
    most = min(PER_ADDRESS.most, PER_NAME.most)
    for url, send in (("/login/", Client().post), ("/api/v1/token/", attacker.api.post)):
        asked: list[Any] = []
        for number in range(most + 1):
            form = {"username": "root", "password": f"guess {number}"}
            asked.append(send(url, form, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}"))
        assert asked[-1].status_code == 429, (url, asked[-1].status_code)
    right = {"username": "root", "password": "of-this-test"}
    assert attacker.api.post("/api/v1/token/", right).status_code == 429, "a right one is not told from a wrong one"
    cache.clear()


@attack("templates", "Nobody compares numbers of their own with templates without the scope for encodings.")
def numbers_instead_of_pictures(attacker: Attacker, world: World) -> None:
    client = attacker.with_key([scope for scope in Scope if scope != Scope.READ_ENCODINGS])
    for path, body in (
        ("recognition/embeddings/recognize", {"embeddings": [[0.1] * 128] * 400}),
        (f"recognition/embeddings/faces/{NOBODY}/verify", {"embeddings": [[0.1] * 128]}),
        ("verification/embeddings/verify", {"source": [0.1] * 128, "targets": [[0.1] * 128]}),
    ):
        answer = client.post(f"/api/v1/{path}", body, format="json")
        # The dialect answers 400 without a key and 404 to an unknown one, as CompreFace does.
        assert answer.status_code in ((403,) if attacker.user else (400, 404)), (path, answer.status_code)


@attack("scopes", "A key does no more than its scopes say, whoever owns it.")
def key_without_scopes(attacker: Attacker, world: World) -> None:
    if not attacker.user:
        return
    client = attacker.with_key([Scope.SEARCH_SIGHTINGS])
    for method, url in (
        ("get", "/api/v1/people/"),
        ("post", "/api/v1/people/"),
        ("post", "/api/v1/recognise/"),
        ("post", "/api/v1/recognition/recognize"),
        ("delete", "/api/v1/recognition/subjects"),
        ("post", "/api/v1/cameras/"),
    ):
        answer = getattr(client, method)(url)
        assert answer.status_code in (401, 403), (method, url, answer.status_code)


def _forged(user: User) -> dict[str, Any]:
    """Every field that Django's own form would have, and every one of ours."""
    everything = dict.fromkeys(("is_active", "is_staff", "is_superuser"), "on")
    groups = list(Group.objects.values_list("pk", flat=True))
    named = {"username": user.username, "password": user.password, "user_permissions": _every_right()}
    return {**everything, **named, "groups": groups, "personlimits": [], "cameralimits": []}


def _every_right() -> list[int]:
    return list(Permission.objects.values_list("pk", flat=True))


def _standing(user: User | None) -> Any:
    if user is None:
        return None
    now = User.objects.get(pk=user.pk)
    assert now.check_password(PASSWORD)
    limits = [list(getattr(now, kind).values_list("group", flat=True)) for kind in ("personlimits", "cameralimits")]
    return now.is_superuser, now.is_staff, now.is_active, sorted(now.get_all_permissions()), limits
