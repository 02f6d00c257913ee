"""What a walk along the chain finds after somebody with all rights on the server was at it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from people.audit.anchors import make_anchor
from people.audit.entry import AuditEntry
from people.audit.forgetting import forget_entries
from people.audit.standing import standing
from people.audit.times import within
from people.audit.verifying import CANONICAL, open_doors, verify
from tests.people.audit.rows import as_superuser, entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def chained(db: None) -> list[AuditEntry]:
    return [entry(who=name, detail={"asked": name}) for name in "abcde"]


COPY = """INSERT INTO people_auditentry (number, at, "user", who, key, key_name, address, action, kind, about, detail,
    request_id, ticket, chained_at, salt, detail_hash, previous, hash)
    SELECT {number}, at, "user", {who}, key, key_name, address, action, kind, about, detail, request_id, ticket,
    chained_at, salt, detail_hash, previous, hash FROM people_auditentry WHERE number = 3"""

ATTACKS: dict[str, tuple[str, str]] = {
    "a name is changed": ("UPDATE people_auditentry SET who = 'x' WHERE number = 3", "Entry 3 was changed"),
    "a time is changed": (
        "UPDATE people_auditentry SET at = at - interval '1 hour' WHERE number = 3", "Entry 3 was changed",
    ),
    "what it was about is changed": (
        "UPDATE people_auditentry SET about = '{person:p2}' WHERE number = 3", "Entry 3 was changed",
    ),
    "a detail is changed": (
        """UPDATE people_auditentry SET detail = '{"asked": "x"}' WHERE number = 3""", "detail of entry 3 was changed",
    ),
    "a detail is taken out": (
        "UPDATE people_auditentry SET detail = NULL, salt = NULL WHERE number = 3", "detail of entry 3 is gone",
    ),
    "an entry is deleted": ("DELETE FROM people_auditentry WHERE number = 3", "Entry 3 is missing"),
    "the first ones are deleted": ("DELETE FROM people_auditentry WHERE number < 3", "before 3 are gone"),
    "the last ones are deleted": ("DELETE FROM people_auditentry WHERE number > 3", "entries 4 to 5 are missing"),
    "all are deleted": ("DELETE FROM people_auditentry", "entries 1 to 5 are missing"),
    "one is put in behind": (COPY.format(number=6, who="'x'"), "Entry 6 does not follow entry 5"),
    "one is put in at the beginning": (COPY.format(number=0, who="'x'"), "Entry 0 was changed"),
    "the head is set back with the end": (
        "DELETE FROM people_auditentry WHERE number = 5; UPDATE people_audithead SET number = 4", "end of the chain",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_walk_finds_that(attack: str, chained: list[AuditEntry]) -> None:
    statement, found = ATTACKS[attack]
    with as_superuser() as cursor:
        cursor.execute(statement)
    assert found in verify().fault


def _rewrite(cursor: Any, change: Callable[[Any], None] = lambda _: None) -> None:
    """Computes all hashes anew from entry 3 on, as somebody can who knows how."""
    cursor.execute("SELECT hash FROM people_auditentry WHERE number = 2")
    (previous,) = cursor.fetchone()
    for number in (3, 4, 5):
        cursor.execute("UPDATE people_auditentry SET previous = %s WHERE number = %s", [previous, number])
        cursor.execute(f"SELECT {CANONICAL} FROM people_auditentry e WHERE number = %s", [number])
        previous = sha256(cursor.fetchone()[0].encode()).digest()
        cursor.execute("UPDATE people_auditentry SET hash = %s WHERE number = %s", [previous, number])
    cursor.execute("UPDATE people_audithead SET hash = %s", [previous])


def test_a_chain_that_was_rewritten_whole_is_found_by_an_anchor(chained: list[AuditEntry]) -> None:
    anchors = {5: bytes(chained[4].hash).hex()}
    assert verify(anchors=anchors).fault == ""
    with as_superuser() as cursor:
        cursor.execute("UPDATE people_auditentry SET who = 'x' WHERE number = 3")
        _rewrite(cursor)
    assert verify().fault == ""
    assert "Entry 5 is not the one that was anchored" in verify(anchors=anchors).fault


def test_an_older_state_that_was_put_back_is_found_by_an_anchor(chained: list[AuditEntry]) -> None:
    anchors = {5: bytes(chained[4].hash).hex()}
    with as_superuser() as cursor:
        cursor.execute("DELETE FROM people_auditentry WHERE number > 3")
        cursor.execute("UPDATE people_audithead SET number = 3, hash = %s", [bytes(chained[2].hash)])
    assert verify().fault == ""
    assert "Entry 5 was anchored and is missing" in verify(anchors=anchors).fault


def test_a_clock_that_was_set_back_is_told_and_the_walk_goes_on(chained: list[AuditEntry]) -> None:
    _clock_of(4, chained[3].chained_at - timedelta(hours=1))
    walked = verify()
    assert (walked.set_back, walked.entries, walked.fault) == ([4], 5, "")
    with as_superuser() as cursor:
        cursor.execute("UPDATE people_auditentry SET who = 'x' WHERE number = 5")
    assert "Entry 5 was changed" in verify().fault


def _clock_of(number: int, at: datetime) -> None:
    with as_superuser() as cursor:
        cursor.execute("UPDATE people_auditentry SET at = %s, chained_at = %s WHERE number = %s", [at, at, number])
        _rewrite(cursor)


def test_anchors_go_on_after_a_clock_was_set_back_and_tell_it_once(
    chained: list[AuditEntry], caplog: pytest.LogCaptureFixture
) -> None:
    _clock_of(4, chained[3].chained_at - timedelta(hours=1))
    assert (make_anchor().fault, standing().fault, standing().set_back) == ("", "", [4])
    assert "set back before the entries 4" in caplog.text
    entry()
    caplog.clear()
    assert (make_anchor().fault, standing().set_back) == ("", [4])
    assert "set back" not in caplog.text
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert "All 6 entries are as they were written" in out.getvalue()
    assert "The clock was set back before entries 4" in out.getvalue()


def test_whoever_asks_for_a_time_misses_nothing_after_a_clock_was_set_back(chained: list[AuditEntry]) -> None:
    since = chained[3].at
    _clock_of(5, since - timedelta(hours=1))
    make_anchor()
    assert [row.number for row in within(AuditEntry.objects.all(), since, None)] == [4]


@pytest.mark.parametrize("wrong", [timedelta(days=4_000), -timedelta(days=4_000)], ids=["ahead", "behind"])
def test_a_clock_that_was_wrong_neither_keeps_old_entries_nor_makes_young_ones_old(
    chained: list[AuditEntry], wrong: timedelta
) -> None:
    now = timezone.now()
    for number, at in ((3, now + wrong), (4, now - timedelta(days=800)), (5, now)):
        _clock_of(number, at)
    assert forget_entries(before=now - timedelta(days=730)) == 0  # entries 1 and 2 are of now
    assert forget_entries(before=now - timedelta(minutes=-1)) >= 4
    assert verify().fault == ""


def test_a_walk_goes_on_behind_an_entry_that_is_known(chained: list[AuditEntry]) -> None:
    walked = verify(after=3, after_hash=bytes(chained[2].hash).hex())
    assert (walked.entries, walked.fault) == (2, "")
    assert "does not follow" in verify(after=3, after_hash=bytes(chained[1].hash).hex()).fault


def test_a_trigger_that_is_switched_off_is_found() -> None:
    assert open_doors() == ""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_person DISABLE TRIGGER audit_write_update")
        assert "people_person" in open_doors()
        cursor.execute("ALTER TABLE people_auditentry DISABLE TRIGGER audit_guard_delete")
    assert "guards the audit" in open_doors()


@pytest.mark.parametrize("detail", [None, {}, {"last": "x", "last_hash": ""}, {"last": 10**9, "last_hash": "00"}])
def test_an_entry_about_deletions_that_says_nothing_true_is_found(detail: Any) -> None:
    entry()
    entry(action="forgot", kind="audit", about=[], detail=detail)
    assert verify().fault.startswith("Entry 2 ")
