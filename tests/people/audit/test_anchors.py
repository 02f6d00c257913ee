"""Anchors, the command that walks the chain, and what it says."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from people.audit.anchors import SignedAnchor, make_anchor
from people.audit.entry import AuditAnchor
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
