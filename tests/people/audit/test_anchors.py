"""Anchors, the command that walks the chain, and what it says."""

from __future__ import annotations

import io
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from people.audit.anchors import SignedAnchor, make_anchor
from people.audit.entry import AuditAnchor
from people.audit.verifying import CANONICAL
from people.base.signing_key import site_key
from tests.people.audit.rows import as_superuser, entry

pytestmark = pytest.mark.django_db


def verify_audit(*args: str) -> str:
    out = io.StringIO()
    call_command("verify_audit", *args, stdout=out)
    return out.getvalue()


def test_a_whole_chain_is_anchored_and_verified() -> None:
    last = entry()
    anchor = make_anchor()
    assert (anchor.number, anchor.hash, anchor.fault) == (last.number, bytes(last.hash).hex(), "")
    assert "All 1 entries are as they were written, from 1 to 1, and fit 1 anchors." in verify_audit()


def test_an_anchor_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        anchor = make_anchor()
    assert anchor.hash in caplog.text
    assert anchor.signature in caplog.text


def test_an_anchor_goes_to_the_bucket(settings: Any, tmp_path: Path) -> None:
    settings.AUDIT_BUCKET = "locked"
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "anchors": folder}
    entry()
    anchor = make_anchor()
    (file,) = tmp_path.rglob("*.json")
    assert SignedAnchor.read(file.read_text()).document == anchor.document
    key = tmp_path / "key.pem"
    key.write_text(site_key().pem)
    assert "fit 1 anchors" in verify_audit("--anchors", str(tmp_path), "--key", str(key))


def test_a_chain_that_goes_back_behind_an_anchor_elsewhere_is_found(tmp_path: Path) -> None:
    rows = [entry(), entry()]
    anchor = make_anchor()
    file = tmp_path / "anchor.json"
    file.write_text(SignedAnchor(anchor.document, anchor.fingerprint, anchor.signature).text())
    with as_superuser() as cursor:
        cursor.execute("DELETE FROM people_auditanchor")
        cursor.execute("DELETE FROM people_auditentry WHERE number = 2")
        cursor.execute("UPDATE people_audithead SET number = 1, hash = %s", [bytes(rows[0].hash)])
    assert "All 1 entries" in verify_audit()
    with pytest.raises(CommandError, match="Entry 2 was anchored and is missing"):
        verify_audit("--anchors", str(file))


def test_an_anchor_that_was_changed_is_found(tmp_path: Path) -> None:
    entry()
    anchor = make_anchor()
    said = {**json.loads(anchor.document), "number": 7}
    file = tmp_path / "anchor.json"
    file.write_text(SignedAnchor(json.dumps(said), anchor.fingerprint, anchor.signature).text())
    with pytest.raises(CommandError, match="its signature does not fit"):
        verify_audit("--anchors", str(file))


def test_an_anchor_of_another_site_is_found(tmp_path: Path) -> None:
    file = tmp_path / "anchor.json"
    file.write_text(SignedAnchor("{}", "0" * 64, "00").text())
    with pytest.raises(CommandError, match="none of this site's"):
        verify_audit("--anchors", str(file))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"anchor": 1, "key": "", "signature": ""}'])
def test_a_file_that_is_no_anchor_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "anchor.json").write_text(text)
    with pytest.raises(CommandError, match="--anchors"):
        verify_audit("--anchors", str(tmp_path))


def test_a_broken_chain_is_named_and_anchored_with_its_fault() -> None:
    entry()
    entry()
    with as_superuser() as cursor:
        cursor.execute("UPDATE people_auditentry SET who = 'x' WHERE number = 2")
    assert make_anchor().fault == "Entry 2 was changed."
    with pytest.raises(CommandError, match="NOT as it was written: Entry 2 was changed"):
        verify_audit()
    assert AuditAnchor.objects.get().number == 1


def _stored(folder: Path, anchor: AuditAnchor, name: str) -> None:
    signed = SignedAnchor(anchor.document, anchor.fingerprint, anchor.signature)
    (folder / f"{name}.json").write_text(signed.text())


def _rewrite_last(who: str) -> None:
    """Writes the last entry anew, with its hash, and the anchors in the database off, as the owner of it can."""
    with as_superuser() as cursor:
        cursor.execute("DELETE FROM people_auditanchor")
        cursor.execute("UPDATE people_auditentry SET who = %s WHERE number = 2", [who])
        cursor.execute(f"SELECT {CANONICAL} FROM people_auditentry e WHERE number = 2")
        rewritten = sha256(cursor.fetchone()[0].encode()).digest()
        cursor.execute("UPDATE people_auditentry SET hash = %s WHERE number = 2", [rewritten])
        cursor.execute("UPDATE people_audithead SET hash = %s", [rewritten])


def test_a_later_anchor_does_not_hide_that_the_chain_was_rewritten(tmp_path: Path) -> None:
    entry()
    entry()
    _stored(tmp_path, make_anchor(), "day-1")
    _rewrite_last("x")
    _stored(tmp_path, make_anchor(), "day-2")
    with pytest.raises(CommandError, match="Two anchors of entry 2 differ"):
        verify_audit("--anchors", str(tmp_path))


def test_an_anchor_that_found_the_chain_rewritten_does_not_bless_it(tmp_path: Path) -> None:
    entry()
    entry()
    before = make_anchor()
    _stored(tmp_path, before, "day-1")
    _rewrite_last("x")
    before.pk = None
    before.save(force_insert=True)
    found = make_anchor()
    assert "not the one that was anchored" in found.fault
    _stored(tmp_path, found, "day-2")
    with as_superuser() as cursor:
        cursor.execute("DELETE FROM people_auditanchor")
    with pytest.raises(CommandError, match="Entry 2 is not the one that was anchored"):
        verify_audit("--anchors", str(tmp_path))


def test_what_an_anchor_found_once_is_said_and_is_no_fault_of_today(tmp_path: Path) -> None:
    entry()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_person DISABLE TRIGGER audit_write_update")
    _stored(tmp_path, make_anchor(), "day-1")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_person ENABLE TRIGGER audit_write_update")
    said = verify_audit("--anchors", str(tmp_path))
    assert "All 1 entries are as they were written" in said
    assert "says what was found then: Writes to people_person are not written down" in said
