"""The chain of the audit, and what the database refuses to do to it."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from people.audit.chaining import chain, chain_all
from people.audit.entry import AuditEntry, AuditHead, PendingEntry
from people.audit.verifying import verify
from tests.people.audit.rows import entry

pytestmark = pytest.mark.django_db


def test_entries_are_numbered_in_the_order_in_which_they_arrived() -> None:
    PendingEntry.objects.bulk_create(PendingEntry(who=name, action="looked", kind="person") for name in "abc")
    assert chain_all() == 3
    chained = list(AuditEntry.objects.order_by("number"))
    assert "".join(row.who for row in chained) == "abc"
    assert [row.number for row in chained] == [1, 2, 3]
    assert bytes(chained[2].previous) == bytes(chained[1].hash)
    assert not PendingEntry.objects.exists()


def test_the_head_is_the_end_of_the_chain() -> None:
    last = entry()
    head = AuditHead.objects.get()
    assert (head.number, bytes(head.hash)) == (last.number, bytes(last.hash))


def test_no_more_are_chained_at_once_than_was_asked_for() -> None:
    PendingEntry.objects.bulk_create(PendingEntry(who="a", action="looked", kind="person") for _ in range(5))
    assert [chain(2), chain(2), chain(2), chain(2)] == [2, 2, 1, 0]


def test_a_chain_as_it_was_written_is_whole() -> None:
    for name in ("a", "b", "ü'%\\\"\n☃"):
        entry(who=name, detail={"after": {"name": name, "height": 1.5, "no": None}}, key=3, key_name="door")
    walked = verify()
    assert (walked.fault, walked.entries, walked.number) == ("", 3, 3)


def test_an_empty_chain_is_whole() -> None:
    assert verify().fault == ""


ATTACKS = {
    "changing an entry": "UPDATE people_auditentry SET who = 'nobody'",
    "erasing a detail that nobody said was erased": "UPDATE people_auditentry SET detail = NULL, salt = NULL",
    "deleting an entry": "DELETE FROM people_auditentry",
    "emptying the chain": "TRUNCATE people_auditentry",
    "changing what waits": "UPDATE people_pendingentry SET who = 'nobody'",
    "deleting what waits": "DELETE FROM people_pendingentry",
    "emptying what waits": "TRUNCATE people_pendingentry",
    "changing an anchor": "UPDATE people_auditanchor SET fault = ''",
    "deleting anchors": "DELETE FROM people_auditanchor",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_database_refuses(attack: str) -> None:
    entry(detail={"asked": "x"})
    PendingEntry.objects.create(who="ann", action="looked", kind="person")
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ATTACKS[attack])
    assert verify().fault == ""
