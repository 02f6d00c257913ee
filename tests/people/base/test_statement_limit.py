"""One statement of a limited request ends in time, and nothing of the limit is left behind."""

from __future__ import annotations

import time

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import Value
from django.db.models.expressions import Func

from people.base.statement_limit import is_too_slow, statement_limit
from people.records.person import Person

SHOW = "SELECT current_setting('statement_timeout')"


class Sleep(Func):  # type: ignore[misc]
    function = "pg_sleep"


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute(SHOW)
        return str(cursor.fetchone()[0])


def sleep(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


@pytest.mark.django_db(transaction=True)
class TestOneStatement:
    def test_it_is_broken_off_and_the_connection_goes_on(self) -> None:
        began = time.monotonic()
        with statement_limit(0.2), pytest.raises(OperationalError) as slow:
            sleep(30)
        assert is_too_slow(slow.value) and time.monotonic() - began < 10
        assert setting() == "0"

    def test_without_a_limit_it_takes_what_it_takes(self) -> None:
        sleep(0.1)
        with statement_limit(0):
            sleep(0.1)

    def test_it_is_in_force_within_and_nothing_is_left_behind(self) -> None:
        with statement_limit(7):
            assert setting() == "7s"
            with statement_limit(3):
                assert setting() == "3s"
            assert setting() == "7s"
        assert setting() == "0"

    def test_a_transaction_has_it_and_its_savepoints_can_be_rolled_back(self) -> None:
        with statement_limit(0.2), transaction.atomic():
            with pytest.raises(OperationalError), transaction.atomic():
                sleep(30)
            assert Person.objects.create(name="Ada").pk
        assert Person.objects.count() == 1
        assert setting() == "0"

    def test_rows_are_counted_as_without(self) -> None:
        with statement_limit(9):
            Person.objects.bulk_create([Person(name=name) for name in ("Ada", "Bob", "Cy % d")])
            assert Person.objects.filter(name__startswith="B").update(name="Bob ") == 1
            assert Person.objects.filter(name__contains="%").exists()
            assert Person.objects.exclude(name="Bob ").delete()[0] == 2
            assert [person.name for person in Person.objects.iterator(chunk_size=1)] == ["Bob "]

    def test_another_error_is_not_taken_for_it(self) -> None:
        with pytest.raises(OperationalError) as refused, connection.cursor() as cursor:
            cursor.execute("SELECT pg_read_file('/nowhere/at/all')")
        assert not is_too_slow(refused.value)
        assert not is_too_slow(None)

    def test_a_query_of_the_orm_is_broken_off_too(self) -> None:
        Person.objects.create(name="Ada")
        slow = Person.objects.annotate(slept=Sleep(Value(30))).values_list("slept")
        with statement_limit(0.2), pytest.raises(OperationalError) as error:
            list(slow)
        assert is_too_slow(error.value)
