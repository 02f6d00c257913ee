"""Nobody gives what they lack, and nobody touches who stands above: the rule itself, below every page."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection

from people.accounts.changing_groups import delete_group, save_group
from people.accounts.changing_users import delete_user, revoke_token, save_user, set_active, set_password
from people.accounts.making_keys import make_key, revoke_key
from people.accounts.second_factors import forget_second_factors
from people.accounts.tokens import token_of
from people.errors import (
    BuiltInRoleStays,
    LastSuperuser,
    MayNotGovern,
    NotYoursToGive,
    OnlyByOthers,
    StandsAbove,
    WrongState,
)
from people.records.groups import PersonGroup, PersonLimit

pytestmark = pytest.mark.django_db


def permission(right: str) -> Permission:
    app, _, codename = right.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def somebody(name: str, *roles: str, sees: PersonGroup | None = None) -> User:
    user = User.objects.create_user(name, password=name, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    if sees:
        PersonLimit.objects.create(user=user, group=sees)
    return user


@pytest.fixture
def administrator(db: None) -> User:
    return somebody("administrator", "administrator")


@pytest.fixture
def staff(db: None) -> PersonGroup:
    return PersonGroup.objects.create(name="Staff")


@pytest.fixture
def limited(staff: PersonGroup) -> User:
    """An administrator who sees one group of people."""
    return somebody("limited", "administrator", sees=staff)


DOINGS: dict[str, Callable[[User, User], Any]] = {
    "save": lambda user, by: save_user(user=user, by=by),
    "give a role": lambda user, by: save_user(user=user, by=by, groups=Group.objects.filter(name="viewer")),
    "set the password": lambda user, by: set_password(user=user, password="another", by=by),
    "deactivate": lambda user, by: set_active(user=user, is_active=False, by=by),
    "revoke the token": lambda user, by: revoke_token(user=user, by=by),
    "remove the second factor": lambda user, by: forget_second_factors(user=user, by=by),
    "revoke a key": lambda user, by: revoke_key(key=make_key(name="door", scopes=["read_people"], by=user)[0], by=by),
    "delete": lambda user, by: delete_user(user=user, by=by),
}


@pytest.mark.parametrize("doing", DOINGS)
@pytest.mark.parametrize("whom", ["a superuser", "a superuser who is deactivated", "one who sees more"])
def test_who_stands_above_is_not_touched(doing: str, whom: str, limited: User, administrator: User) -> None:
    above, by = {
        "a superuser": (User.objects.create_superuser("root"), administrator),
        "a superuser who is deactivated": (User.objects.create_superuser("gone", is_active=False), administrator),
        "one who sees more": (administrator, limited),
    }[whom]
    before = User.objects.values().get(pk=above.pk)
    with pytest.raises(StandsAbove):
        DOINGS[doing](above, by)
    assert User.objects.values().get(pk=above.pk) == before


@pytest.mark.parametrize("doing", [doing for doing in DOINGS if doing != "delete"])
def test_a_peer_and_whoever_stands_below_are_changed(doing: str, administrator: User) -> None:
    DOINGS[doing](somebody("peer", "administrator"), administrator)
    DOINGS[doing](somebody("viewer", "viewer"), administrator)


def test_a_right_makes_somebody_stand_above_whether_or_not_they_are_active(administrator: User) -> None:
    helper = somebody("helper", "viewer")
    helper.user_permissions.add(permission("sessions.delete_session"))
    User.objects.filter(pk=helper.pk).update(is_active=False)
    with pytest.raises(StandsAbove, match="delete sessions"):
        set_active(user=helper, is_active=True, by=administrator)


def test_nobody_makes_a_superuser_who_is_none(administrator: User) -> None:
    peer = somebody("peer")
    peer.is_superuser = True
    with pytest.raises(NotYoursToGive, match="everything"):
        save_user(user=peer, by=administrator)
    assert not User.objects.filter(is_superuser=True).exists()


def test_nobody_gives_a_right_that_they_lack() -> None:
    lead = somebody("lead", "viewer")
    lead.user_permissions.add(permission("auth.change_user"))
    helper = somebody("helper")
    with pytest.raises(NotYoursToGive):
        save_user(user=helper, by=lead, groups=Group.objects.filter(name="operator"))
    with pytest.raises(NotYoursToGive):
        save_user(user=helper, by=lead, single_rights=[permission("people.delete_person")])
    assert not helper.groups.exists() and not helper.user_permissions.exists()
    save_user(user=helper, by=lead, groups=Group.objects.filter(name="viewer"))
    assert helper.groups.get().name == "viewer"


def test_a_new_user_who_could_do_too_much_is_not_made(administrator: User) -> None:
    with pytest.raises(NotYoursToGive):
        save_user(user=User(username="new", is_superuser=True), by=administrator)
    assert not User.objects.filter(username="new").exists()


def test_a_limited_user_makes_users_with_the_same_limits(limited: User, staff: PersonGroup) -> None:
    made = save_user(user=User(username="new"), by=limited)
    assert [limit.group for limit in PersonLimit.objects.filter(user=made)] == [staff]


def test_a_limited_user_shows_nobody_more_than_they_see(limited: User, staff: PersonGroup) -> None:
    guests = PersonGroup.objects.create(name="Guests")
    made = save_user(user=User(username="new"), by=limited)
    for groups in ([], [guests], [staff, guests]):
        with pytest.raises(NotYoursToGive, match="that you do not see"):
            save_user(user=made, by=limited, sees={"personlimits": groups})
    assert [limit.group for limit in PersonLimit.objects.filter(user=made)] == [staff]


def test_nobody_changes_what_they_may_do_themselves(administrator: User) -> None:
    with pytest.raises(NotYoursToGive):
        administrator.is_superuser = True
        save_user(user=administrator, by=administrator)
    administrator.refresh_from_db()
    for groups in ([], Group.objects.filter(name="viewer")):
        with pytest.raises(OnlyByOthers):
            save_user(user=administrator, by=administrator, groups=groups)
    with pytest.raises(OnlyByOthers):
        set_active(user=administrator, is_active=False, by=administrator)
    administrator.refresh_from_db()
    assert administrator.is_active and administrator.groups.get().name == "administrator"


def test_everybody_may_change_their_own_name_and_address(administrator: User) -> None:
    administrator.username, administrator.email = "ann", "ann@example.org"
    save_user(user=administrator, by=administrator)
    assert User.objects.filter(username="ann").exists()


def test_the_last_superuser_is_not_lost_to_the_system_either() -> None:
    root = User.objects.create_superuser("root")
    User.objects.create_superuser("gone", is_active=False)
    with pytest.raises(LastSuperuser):
        set_active(user=root, is_active=False, by=None)
    root.is_superuser = False
    with pytest.raises(LastSuperuser):
        save_user(user=root, by=None)
    assert User.objects.get(username="root").is_superuser


def test_a_superuser_may_retire_another(administrator: User) -> None:
    root, other = User.objects.create_superuser("root"), User.objects.create_superuser("other")
    set_active(user=other, is_active=False, by=root)
    delete_user(user=other, by=root)
    assert not User.objects.filter(username="other").exists()


@pytest.mark.django_db(transaction=True)
def test_two_superusers_who_shut_each_other_out_at_once_leave_one() -> None:
    one, other = User.objects.create_superuser("one"), User.objects.create_superuser("other")
    start, refused = Barrier(2), []

    def shut_out(whom: User, by: User) -> None:
        start.wait()
        try:
            set_active(user=whom, is_active=False, by=by)
        except MayNotGovern as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [Thread(target=shut_out, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1 and User.objects.filter(is_active=True).count() == 1


def test_deleting_wants_deactivating_first(administrator: User) -> None:
    viewer = somebody("viewer", "viewer")
    with pytest.raises(WrongState, match="Deactivate viewer first"):
        delete_user(user=viewer, by=administrator)
    set_active(user=viewer, is_active=False, by=administrator)
    delete_user(user=viewer, by=administrator)


def test_a_deactivated_user_is_activated_again_with_everything(administrator: User) -> None:
    viewer = somebody("viewer", "viewer")
    token = token_of(viewer)
    set_active(user=viewer, is_active=False, by=administrator)
    set_active(user=viewer, is_active=True, by=administrator)
    assert viewer.groups.get().name == "viewer" and token_of(viewer) == token


class TestGroups:
    def test_a_group_gives_no_right_that_its_maker_lacks(self, administrator: User) -> None:
        save_group(group=Group(name="night shift"), rights=[permission("streams.view_camera")], by=administrator)
        with pytest.raises(NotYoursToGive):
            save_group(group=Group(name="day shift"), rights=[permission("sessions.delete_session")], by=administrator)
        night = Group.objects.get(name="night shift")
        with pytest.raises(NotYoursToGive):
            save_group(group=night, rights=[permission("sessions.delete_session")], by=administrator)
        assert night.permissions.get().codename == "view_camera"
        assert not Group.objects.filter(name="day shift").exists()

    def test_a_group_that_may_more_is_neither_changed_nor_deleted(self, administrator: User) -> None:
        group = Group.objects.create(name="technicians")
        group.permissions.add(permission("sessions.delete_session"))
        with pytest.raises(StandsAbove, match="the group technicians"):
            save_group(group=group, rights=[], by=administrator)
        with pytest.raises(StandsAbove):
            delete_group(group=group, by=administrator)
        assert group.permissions.count() == 1

    def test_members_who_stand_above_are_not_touched_by_their_group(self, administrator: User) -> None:
        group = Group.objects.create(name="night shift")
        User.objects.create_superuser("root").groups.add(group)
        for change in (
            lambda: save_group(group=group, rights=[permission("streams.view_camera")], by=administrator),
            lambda: delete_group(group=group, by=administrator),
        ):
            with pytest.raises(StandsAbove, match="root"):
                change()
        assert Group.objects.filter(pk=group.pk, permissions=None).exists()

    def test_nobody_changes_their_own_group_into_more_or_less(self, administrator: User) -> None:
        group = Group.objects.create(name="leads")
        administrator.groups.set([group])
        group.permissions.add(permission("auth.change_group"))
        with pytest.raises(NotYoursToGive):
            save_group(group=group, rights=[permission("people.delete_person")], by=administrator)
        with pytest.raises(OnlyByOthers):
            save_group(group=group, rights=[], by=administrator)
        with pytest.raises(OnlyByOthers):
            delete_group(group=group, by=administrator)

    def test_built_in_roles_stay_as_they_are_even_for_superusers(self, operator: User) -> None:
        viewer = Group.objects.get(name="viewer")
        rights = viewer.permissions.count()
        with pytest.raises(BuiltInRoleStays):
            save_group(group=viewer, rights=[], by=operator)
        with pytest.raises(BuiltInRoleStays):
            delete_group(group=viewer, by=operator)
        viewer.name = "spectator"
        with pytest.raises(BuiltInRoleStays):
            save_group(group=viewer, rights=[], by=operator)
        assert Group.objects.get(name="viewer").permissions.count() == rights


def test_the_rule_takes_as_many_queries_for_many_as_for_few(
    administrator: User, django_assert_max_num_queries: Any
) -> None:
    group = Group.objects.create(name="night shift")
    for number in range(30):
        group.user_set.add(User.objects.create_user(f"guard {number}"))
    with django_assert_max_num_queries(60):
        save_group(group=group, rights=[permission("streams.view_camera")], by=administrator)
