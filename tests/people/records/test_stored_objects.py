"""Stored objects without a row are swept, all others stay."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from people.records.person import Person
from people.records.photo import Photo
from people.records.stored_objects import ORPHAN_AGE, remove

pytestmark = pytest.mark.django_db
Add = Callable[..., Photo]


def orphan(media: Path, name: str, *, is_old: bool) -> Path:
    path = media / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    if is_old:
        then = time.time() - ORPHAN_AGE.total_seconds() - 1
        os.utime(path, (then, then))
    return path


def test_the_sweep_deletes_old_objects_without_a_row_and_nothing_else(ada: Person, add: Add, media: Path) -> None:
    photo = add(ada)
    kept = media / photo.image.name
    os.utime(kept, (0, 0))
    uploading = orphan(media, "photos/uploading", is_old=False)
    foreign = orphan(media, "clips/of-a-camera.mp4", is_old=True)
    lost = [orphan(media, name, is_old=True) for name in ("photos/lost", "crops/lost.jpg", "imports/lost")]
    out = io.StringIO()
    call_command("sweep_orphans", stdout=out)
    assert out.getvalue() == "3 objects deleted.\n"
    assert kept.exists() and uploading.exists() and foreign.exists()
    assert not any(path.exists() for path in lost)


def test_a_storage_without_any_object_has_no_orphans(media: Path) -> None:
    out = io.StringIO()
    call_command("sweep_orphans", stdout=out)
    assert out.getvalue() == "0 objects deleted.\n"


def test_an_object_that_cannot_be_deleted_does_not_keep_the_others(media: Path) -> None:
    last = orphan(media, "photos/last", is_old=False)
    real = default_storage.delete

    def delete(name: str) -> None:
        if name == "photos/first":
            raise OSError("the bucket is not there")
        real(name)

    with patch.object(default_storage, "delete", delete):
        remove(["photos/first", None, "photos/last"])
    assert not last.exists()
