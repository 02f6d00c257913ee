"""Old entries that are deleted, and details that are erased: the chain stays whole, and says both."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread, Timer

import pytest
from django.db import connection, transaction
from django.utils import timezone

from people.audit import forgetting
from people.audit.chaining import chain
from people.audit.entry import AuditEntry, PendingEntry
from people.audit.forgetting import erase_details, forget_entries
from people.audit.verifying import verify
from people.audit.words import Action
from tests.people.audit.rows import as_superuser, entry

pytestmark = pytest.mark.django_db


def test_old_entries_go_and_one_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    rows = [entry() for _ in range(6)]
    assert forget_entries(before=rows[4].chained_at) == 4
    left = list(AuditEntry.objects.order_by("number"))
    assert [row.number for row in left] == [5, 6, 7]
    assert left[-1].action == Action.FORGOT
    assert left[-1].detail == {"first": 1, "last": 4, "count": 4, "last_hash": bytes(rows[3].hash).hex()}
    assert verify().fault == ""


def test_nothing_goes_and_nothing_is_said_if_nothing_is_old() -> None:
    entry()
    assert forget_entries(before=timezone.now() - timedelta(days=1)) == 0
    assert AuditEntry.objects.count() == 1


def test_a_second_time_goes_on_behind_the_first() -> None:
    rows = [entry() for _ in range(4)]
    forget_entries(before=rows[2].chained_at)
    later = entry()
    assert forget_entries(before=later.chained_at) == 3
    assert verify().fault == ""


def test_what_an_entry_announces_must_be_what_was_there() -> None:
    rows = [entry() for _ in range(4)]
    forget_entries(before=rows[2].chained_at)
    with as_superuser() as cursor:
        cursor.execute("DELETE FROM people_auditentry WHERE number = 3")
    assert "before 4 are gone" in verify().fault


def test_a_detail_is_erased_for_good_and_the_rest_stays() -> None:
    entry(about=["person:p1"], detail={"after": {"name": "Ann"}})
    entry(about=["person:p2"], detail={"after": {"name": "Bob"}})
    assert erase_details("person:p1") == 1
    first, second, said = AuditEntry.objects.order_by("number")
    assert (first.detail, first.salt, first.who) == (None, None, "ann")
    assert second.detail == {"after": {"name": "Bob"}}
    assert (said.action, said.about) == (Action.EMPTIED, ["person:p1"])
    walked = verify()
    assert (walked.fault, walked.emptied) == ("", 1)


@pytest.mark.django_db(transaction=True)
def test_what_another_process_is_chaining_is_erased_too() -> None:
    said = {"about": ["person:p1"], "detail": {"before": "Ann"}}
    PendingEntry.objects.create(who="ann", action="deleted", kind="person", **said)
    has_chained, may_go_on = Event(), Event()

    def keeper() -> None:
        with transaction.atomic():
            chain()
            has_chained.set()
            may_go_on.wait(10)
        connection.close()

    other = Thread(target=keeper)
    other.start()
    assert has_chained.wait(10)
    Timer(0.3, may_go_on.set).start()
    assert erase_details("person:p1") == 1
    other.join()
    assert verify().fault == ""
