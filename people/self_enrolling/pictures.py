"""The pictures that somebody sends by a link, until they become photos or are deleted."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from people.editing.uploads import Upload, shown_name
from people.errors import BadUpload
from people.recognition.pictures.images import without_location
from people.records.enrolment_link import EnrolmentLink, LinkPicture
from people.records.stored_objects import remove, removed_on_failure

MOST_PICTURES = 12
"""Twice as many as guided capture takes."""


def store_pictures(link: EnrolmentLink, files: list[Any]) -> None:
    """Stores `files` without their locations; the caller's transaction holds the link. Raises BadUpload.

    All or nothing: whoever takes pictures of themselves is told at once which one cannot be used.
    """
    uploads = [_read(file) for file in files[: MOST_PICTURES + 1]]
    distinct = {upload.sha256: upload for upload in uploads}
    if not distinct:
        raise BadUpload("no_pictures", "Take or choose at least one picture.")
    if len(files) > MOST_PICTURES:
        raise BadUpload("too_many_pictures", f"Send at most {MOST_PICTURES} pictures.")
    rows = [LinkPicture(link=link, original_name=each.name, sha256=each.sha256) for each in distinct.values()]
    names: list[str] = []
    for row, upload in zip(rows, distinct.values(), strict=True):
        row.image.save(upload.name, ContentFile(without_location(upload.data)), save=False)
        names.append(row.image.name or "")
    with removed_on_failure(*names):
        LinkPicture.objects.bulk_create(rows)


def _read(file: Any) -> Upload:
    """Reads one picture. Raises BadUpload, which names the file: there are several."""
    try:
        return Upload.read(file, file.name)
    except BadUpload as bad:
        raise BadUpload(bad.code, f"“{shown_name(file.name)}”: {bad}") from bad


def delete_pictures(link: EnrolmentLink) -> None:
    """Deletes the pictures with their stored objects, after the transaction commits."""
    names = list(link.pictures.values_list("image", flat=True))
    link.pictures.all().delete()
    transaction.on_commit(partial(remove, names), robust=True)
