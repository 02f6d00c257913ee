"""Names of stored objects: random, so that neither a person's name nor a hostile file name reaches the bucket."""

from __future__ import annotations

from uuid import uuid4


def photo_name(photo: object, filename: str) -> str:
    """`photos/<32 hex>`: the format is decided by decoding, never by the name."""
    return f"photos/{uuid4().hex}"


def crop_name(photo: object, filename: str) -> str:
    return f"crops/{uuid4().hex}.jpg"


def archive_name(job: object, filename: str) -> str:
    return f"imports/{uuid4().hex}"
