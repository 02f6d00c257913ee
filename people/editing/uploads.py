"""One uploaded picture file, checked before it is stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings

from people.base.names import printable
from people.errors import BadUpload
from people.recognition.pictures.formats import content_type, is_other_picture
from people.records.reasons import sentence

NAME_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes of a file that may be a picture, and its file name, made harmless."""

    data: bytes
    name: str
    sha256: str

    @classmethod
    def read(cls, file: bytes | IO[bytes] | Any, name: str) -> Upload:
        """Reads a file of at most PHOTO_MAX_BYTES.

        Raises BadUpload "empty", "too_many_bytes", "not_an_image" or "format_not_supported". It does not decode the
        picture: the worker does that later, in a child process.
        """
        limit = settings.PHOTO_MAX_BYTES
        data = bytes(file) if isinstance(file, bytes | bytearray) else file.read(limit + 1)
        if not data:
            raise _refused("empty")
        if len(data) > limit:
            raise too_large()
        if content_type(data) is None:
            raise _refused("format_not_supported" if is_other_picture(data) else "not_an_image")
        return cls(data, shown_name(name), hashlib.sha256(data).hexdigest())


def too_large() -> BadUpload:
    """Returns the refusal of a file larger than PHOTO_MAX_BYTES."""
    return _refused("too_many_bytes", {"limit_mb": f"{settings.PHOTO_MAX_BYTES / 1_000_000:g}"})


def _refused(code: str, detail: dict[str, str] | None = None) -> BadUpload:
    return BadUpload(code, sentence(code, detail))


def shown_name(name: str) -> str:
    """Returns `name` without folders, control and format characters (NUL, right-to-left override) and excess length."""
    name = name.encode("utf-8", "replace").decode("utf-8").replace("\\", "/").rsplit("/", 1)[-1]
    return printable(name)[:NAME_LENGTH]
