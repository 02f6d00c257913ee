"""A restored site knows of the backup that it came from: whoever is erased from now on is still in that file."""

from __future__ import annotations

import io
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from facesite.backup.restoring import Restored
from facesite.management.commands import restore
from streams.erasing.remains import NO_BACKUP, remains

pytestmark = pytest.mark.django_db


def test_the_backup_that_was_restored_holds_whoever_is_erased_later(
    monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    def restored(*_: Any) -> Restored:
        return Restored("2026-03-01T10:00:00+00:00", rows=1, pictures=0, missing=0)

    monkeypatch.setattr(restore, "restore", restored)
    monkeypatch.setattr(restore, "read", lambda path: nullcontext(io.BytesIO()))
    said = io.StringIO()
    call_command("restore", "a.tar", stdout=said)
    (sentence,) = remains(timezone.now())
    assert sentence != NO_BACKUP and "1 Mar 2026" in sentence and "until somebody deletes" in sentence
    assert said.getvalue().splitlines()[-1].startswith("Start it")
