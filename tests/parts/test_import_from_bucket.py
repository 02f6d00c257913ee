"""An import whose ZIP lies in a bucket, and whose photos go there."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User

from people.imports.services import start_import
from people.records.photo import Photo
from tests.people.conftest import picture
from tests.people.imports.conftest import work

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]


def test_a_zip_in_a_bucket_is_read_over_a_file_and_deleted_at_the_end(
    bucket: Any, monkeypatch: pytest.MonkeyPatch, operator: User
) -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(3):
            archive.writestr(f"Person {number}/1.jpg", picture(number) + os.urandom(9_000_000))
    job = start_import(file=file, name="people.zip", by=operator)
    stored = [blob.name for blob in bucket.list_blobs()]
    assert stored == [job.file.name] and stored[0].startswith("imports/")
    with job.file.open("rb") as read:
        read.seek(0)
        assert read.file._file._rolled, "the ZIP is held in memory"  # Python's spooled file, on disk by now
    work()
    job.refresh_from_db()
    assert (job.state, job.photos_added) == ("done", 3)
    assert {blob.name for blob in bucket.list_blobs()} == {photo.image.name for photo in Photo.objects.all()}
