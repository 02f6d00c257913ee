"""Writes become entries by themselves: whoever writes, by whatever program."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection

from people.accounts.api_key import ApiKey, KeyUser
from people.accounts.changing_users import revoke_token, save_user, set_password
from people.accounts.rights import Scope
from people.accounts.tokens import token_of
from people.audit.acting import Actor, acting
from people.audit.chaining import chain_all
from people.audit.entry import AuditEntry
from people.base.statement_limit import statement_limit
from people.records.person import Person
from people.records.watchlist import Watchlist

pytestmark = pytest.mark.django_db


def entries(**about: object) -> list[AuditEntry]:
    chain_all()
    return list(AuditEntry.objects.filter(**about).order_by("number"))


def test_a_new_person_is_written_down_with_whoever_added_them(operator: User) -> None:
    with acting(lambda: Actor.of(operator, address="192.0.2.7", request_id="r1")):
        person = Person.objects.create(name="Ann", notes="short")
    (row,) = entries(kind="person")
    assert (row.action, row.who, row.user, row.address, row.request_id) == (
        "added", "operator", operator.pk, "192.0.2.7", "r1",
    )  # fmt: skip
    assert row.about == [f"person:{person.pk}"]
    assert row.after == {"name": "Ann", "notes": "short"}


def test_a_change_is_written_down_as_before_and_after() -> None:
    person = Person.objects.create(name="Ann")
    person.name = "Ann Lee"
    person.save()
    row = entries(kind="person")[-1]
    assert (row.action, row.before, row.after) == ("changed", {"name": "Ann"}, {"name": "Ann Lee"})


def test_a_save_that_changes_nothing_is_no_entry() -> None:
    person = Person.objects.create(name="Ann")
    person.save()
    assert len(entries(kind="person")) == 1


def test_many_rows_at_once_are_an_entry_each() -> None:
    Person.objects.bulk_create(Person(name=name) for name in "abc")
    Person.objects.update(notes="all")
    Person.objects.all().delete()
    assert [row.action for row in entries(kind="person")] == ["added"] * 3 + ["changed"] * 3 + ["deleted"] * 3


def test_many_rows_at_once_take_no_square_of_time_after_single_ones() -> None:
    """1,000 rows took 4.5 s with the plan that the connection kept for one row; it is 0.14 s."""
    Person.objects.bulk_create(Person(name=str(number)) for number in range(1000))
    for number in range(10):
        Person.objects.filter(name="7").update(notes=str(number))
    began = time.perf_counter()
    Person.objects.update(notes="all")
    assert time.perf_counter() - began < 2


def test_a_statement_by_hand_is_written_down_with_its_database_role() -> None:
    person = Person.objects.create(name="Ann")
    with connection.cursor() as cursor:
        cursor.execute("RESET facesite.actor")
        cursor.execute("UPDATE people_person SET name = 'x' WHERE id = %s", [person.pk])
    assert entries(kind="person")[-1].who == "the database role postgres"


def test_a_program_is_named() -> None:
    Person.objects.create(name="Ann")
    assert entries(kind="person")[-1].who.startswith("the program ")


def test_a_name_with_quotes_and_percent_ends_no_statement(operator: User) -> None:
    operator.username = "o'%s\\'; DROP TABLE x; -- %"
    with acting(lambda: Actor.of(operator)), statement_limit(5):
        Person.objects.create(name="100 %s")
        Person.objects.filter(name="100 %s").update(notes="%")
    rows = entries(kind="person")
    assert {row.who for row in rows} == {operator.username}
    assert len(rows) == 2


def test_a_password_is_never_kept(operator: User) -> None:
    set_password(user=operator, password="new-and-long-enough", by=operator)
    row = entries(kind="user")[-1]
    assert (row.before, row.after) == ({"password": "secret"}, {"password": "another secret"})


def test_rights_and_lists_are_written_down(operator: User) -> None:
    role = Group.objects.create(name="night")
    save_user(user=User.objects.create(username="bob"), groups=[role], by=operator)
    assert entries(kind="role of a user")[-1].after["group_id"] == role.pk
    watchlist, person = Watchlist.objects.create(name="VIP"), Person.objects.create(name="Ann")
    watchlist.people.add(person)
    (row,) = entries(kind="entry on a watchlist")
    assert row.about == [f"watchlist:{watchlist.pk}", f"person:{person.pk}"]


def test_a_key_is_named_beside_its_owner(operator: User) -> None:
    key = ApiKey.objects.create(name="door", owner=operator, prefix="x", digest="y", scopes=[Scope.WRITE_PEOPLE])
    with acting(lambda: Actor.of(KeyUser.of(key))):
        Person.objects.create(name="Ann")
    row = entries(kind="person")[-1]
    assert (row.who, row.key, row.key_name) == ("operator", key.pk, "door")
    assert "y" not in str(entries(kind="API key")[-1].detail)


def test_a_row_that_a_script_gives_another_id_is_written_down_as_two(operator: User) -> None:
    """Before and after are told apart by the id: a new one made the change invisible."""
    watchlist, ann, bob = Watchlist.objects.create(name="VIP"), *(Person.objects.create(name=name) for name in "ab")
    watchlist.people.add(ann)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_watchlist_people SET id = id + 1000, person_id = %s", [bob.pk])
    rows = entries(kind="entry on a watchlist")
    assert [(row.action, row.about[1]) for row in rows] == [
        ("added", f"person:{ann.pk}"), ("deleted", f"person:{ann.pk}"), ("added", f"person:{bob.pk}"),
    ]  # fmt: skip
    assert rows[-1].after == {"watchlist_id": watchlist.pk, "person_id": str(bob.pk)}


def test_an_emptied_table_is_written_down() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE people_watchlist CASCADE")
    assert entries(kind="watchlist")[-1].before == {"rows": "all of the table"}


def test_a_token_is_written_down_as_it_is_made_and_revoked(operator: User) -> None:
    token_of(operator)
    revoke_token(user=operator, by=None)
    made, revoked = entries(kind="API token")
    assert (made.action, revoked.action, made.about) == ("added", "deleted", [f"user:{operator.pk}"])
    assert (made.after, revoked.before) == ({}, {}), "whoever has its row and the site's key could log in"
