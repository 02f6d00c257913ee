"""One document to a basis, such as a signed form, checked before it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, Any

from people.editing.uploads import shown_name
from people.errors import BadUpload
from people.recognition.pictures.formats import content_type
from people.records.reasons import sentence

# 10 MB: a form of several pages, scanned in colour.
MOST_BYTES = 10_000_000
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of a PDF or a picture, and its file name, made harmless."""

    data: bytes
    title: str

    @classmethod
    def read(cls, file: bytes | IO[bytes] | Any, title: str) -> Document:
        """Raises BadUpload "empty", "too_many_bytes" or "not_a_document"."""
        data = bytes(file) if isinstance(file, bytes | bytearray) else file.read(MOST_BYTES + 1)
        if not data:
            raise BadUpload("empty", sentence("empty"))
        if len(data) > MOST_BYTES:
            raise BadUpload("too_many_bytes", sentence("too_many_bytes", {"limit_mb": f"{MOST_BYTES / 1_000_000:g}"}))
        if document_type(data) is None:
            raise BadUpload("not_a_document", sentence("not_a_document"))
        return cls(data, shown_name(title) or "document")


def document_type(head: bytes) -> str | None:
    """Returns the MIME type of a document that begins with `head`; None if it is none. The name does not matter."""
    return PDF if head[:5] == b"%PDF-" else content_type(head)
