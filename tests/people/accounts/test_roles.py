"""Built-in roles follow the table of rights, and what an administrator made of them stays."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from people.accounts.rights import ROLES
from people.accounts.roles import BuiltInRole, bring_up_roles

pytestmark = pytest.mark.django_db
SEE = frozenset({"people.view_person"})
SEE_MORE = SEE | {"people.view_photo"}


def rights_of(role: str) -> set[str]:
    permissions = Group.objects.get(name=role).permissions.select_related("content_type")
    return {f"{each.content_type.app_label}.{each.codename}" for each in permissions}


def permission(right: str) -> Permission:
    app, _, codename = right.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def test_migrate_makes_every_role_with_exactly_the_rights_of_the_table() -> None:
    Group.objects.all().delete()
    BuiltInRole.objects.all().delete()
    call_command("migrate", stdout=StringIO())
    assert {role: rights_of(role) for role in ROLES} == ROLES


def test_a_right_that_the_table_gains_comes_with_the_next_migrate() -> None:
    bring_up_roles({"guard": SEE})
    bring_up_roles({"guard": SEE_MORE})
    assert rights_of("guard") == SEE_MORE


def test_a_right_that_the_table_loses_goes() -> None:
    bring_up_roles({"guard": SEE_MORE})
    bring_up_roles({"guard": SEE})
    assert rights_of("guard") == SEE


def test_what_an_administrator_gave_and_took_stays() -> None:
    bring_up_roles({"guard": SEE_MORE})
    guard = Group.objects.get(name="guard")
    guard.permissions.remove(permission("people.view_photo"))
    guard.permissions.add(permission("people.view_watchlist"))
    bring_up_roles({"guard": SEE_MORE | {"streams.view_camera"}})
    assert rights_of("guard") == {"people.view_person", "people.view_watchlist", "streams.view_camera"}


def test_a_role_that_was_deleted_or_renamed_does_not_come_back() -> None:
    bring_up_roles({"guard": SEE, "porter": SEE})
    Group.objects.filter(name="guard").delete()
    Group.objects.filter(name="porter").update(name="night porter")
    bring_up_roles({"guard": SEE_MORE, "porter": SEE_MORE})
    assert not Group.objects.filter(name__in=["guard", "porter"]).exists()
    assert rights_of("night porter") == SEE


def test_a_group_of_the_sites_own_gains_no_rights_by_its_name() -> None:
    Group.objects.create(name="guard").permissions.add(permission("people.view_watchlist"))
    for table in ({"guard": SEE_MORE}, {"guard": SEE}):
        bring_up_roles(table)
        assert rights_of("guard") == {"people.view_watchlist"}


def test_a_plan_and_the_migration_of_one_app_touch_no_role() -> None:
    bring_up_roles()
    BuiltInRole.objects.filter(name="viewer").update(given=[])
    call_command("migrate", "--plan", stdout=StringIO())
    call_command("migrate", "people", stdout=StringIO())
    assert BuiltInRole.objects.get(name="viewer").given == []


def test_a_right_that_does_not_exist_is_named() -> None:
    with pytest.raises(KeyError, match=r"people\.fly"):
        bring_up_roles({"guard": frozenset({"people.fly"})})
