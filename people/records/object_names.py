"""Random names of stored objects, so that no person's name and no hostile file name reaches the bucket."""

from __future__ import annotations

from uuid import uuid4


def photo_name(photo: object, filename: str) -> str:
    """Returns `photos/<32 hex>`, without an extension: decoding decides the format, never the name."""
    return f"photos/{uuid4().hex}"


def crop_name(photo: object, filename: str) -> str:
    return f"crops/{uuid4().hex}.jpg"


def document_name(basis: object, filename: str) -> str:
    return f"documents/{uuid4().hex}"


def link_picture_name(picture: object, filename: str) -> str:
    return f"link-pictures/{uuid4().hex}"


def archive_name(job: object, filename: str) -> str:
    return f"imports/{uuid4().hex}"
