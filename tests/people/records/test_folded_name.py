"""People are found by name whatever the case and Unicode form of its letters, by an index, and one by one as before."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection

from people.base.history import changed_in_words
from people.base.names import folded
from people.base.row_state import state_of
from people.editing.person_services import save_person
from people.records.folded_name import BATCH, fill_in
from people.records.person import Person

pytestmark = pytest.mark.django_db(transaction=True)
APART, COMPOSED = "Pe\u0301rez", "P\xe9rez"


@pytest.mark.parametrize("other", [APART, COMPOSED, "p\xe9rez", "PE\u0301REZ"])
def test_a_person_is_called_by_every_form_of_the_name(other: str) -> None:
    person = Person.objects.create(name=APART)
    assert list(Person.objects.called(other)) == [person]


@pytest.mark.parametrize(("one", "other"), [("Groß", "GROSS"), ("Νίκος", "ΝΊΚΟΣ"), ("İsmail", "i\u0307smail")])
def test_case_is_folded_in_every_script(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("Perez", "P\xe9rez"), ("Ada", "Ada L"), ("Iva", "Ivа")])
def test_other_letters_make_another_name(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_a_saved_name_is_composed_and_follows_every_change(operator: User) -> None:
    person = save_person(person=Person(name=APART), by=operator)
    person.refresh_from_db()
    assert (person.name, person.folded_name) == (COMPOSED, "p\xe9rez")
    before = Person.objects.get(pk=person.pk)
    person.name = "ADA"
    save_person(person=person, by=operator)
    person.refresh_from_db()
    assert person.folded_name == "ada" and changed_in_words(before, person) == "Changed name."


def test_the_column_is_no_part_of_a_rows_state() -> None:
    person = Person.objects.create(name="Ada")
    state = state_of(person)
    Person.objects.update(folded_name="")
    assert state_of(Person.objects.get()) == state


def test_many_at_once_are_folded_too() -> None:
    Person.objects.bulk_create([Person(name="Ada"), Person(name="GRACE")])
    assert set(Person.objects.values_list("folded_name", flat=True)) == {"ada", "grace"}


def test_people_of_an_older_release_are_found_and_filled_in_with_all_their_namesakes() -> None:
    Person.objects.bulk_create([Person(name=name) for name in ("Ada", "ada", APART)])
    Person.objects.update(folded_name="")  # as a web process writes it that does not know the column
    assert Person.objects.called("ADA").count() == 2
    assert fill_in(Person.objects) == 3 and fill_in(Person.objects) == 0
    assert Person.objects.called("ADA").count() == 2 and Person.objects.called(COMPOSED).count() == 1


def test_the_migration_fills_more_than_one_batch() -> None:
    Person.objects.bulk_create([Person(name=f"Person {number}") for number in range(BATCH + 1)])
    Person.objects.update(folded_name="")
    import_module("people.migrations.0018_folded_names").fold(apps, None)
    assert not Person.objects.filter(folded_name="").exists()


def test_a_name_is_looked_up_by_the_index() -> None:
    Person.objects.bulk_create([Person(name=f"Person {number}") for number in range(2000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE people_person")
    assert "person_folded_name" in Person.objects.called("PERSON 7").explain()
