"""The state of a stored row in 16 characters, which tells an editor whether the row changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Field, Model
from django.utils.crypto import salted_hmac

# 64 bits: if the row has changed, the chance of an equal state, and so of a lost edit, is 1 in 10^19.
LENGTH = 16
SALT = "people.edits.row_state"
"""Stays as it is, wherever this module goes: an ETag from before an upgrade is good after it."""


def state_of(row: Model, related: Iterable[object] = ()) -> str:
    """Returns 16 hexadecimal characters that change with any column of `row` and with the set of `related` ids.

    They are computed from the stored values, so no service, bulk action or SQL script can forget to raise a version.
    Pass `row` as the database has it, not as somebody is about to save it.
    """
    columns = [f"{field.attname}={field.value_to_string(row)!r}" for field in _own_columns(row)]
    return digest("\n".join([*columns, *sorted(map(str, related))]).encode())


def _own_columns(row: Model) -> list[Field[Any, Any]]:
    """Returns the columns that say something of their own: those that are made of others do not."""
    return [
        field for field in row._meta.concrete_fields if not (field.generated or getattr(field, "is_derived", False))
    ]


def digest(data: bytes) -> str:
    """Returns 16 hexadecimal characters of HMAC-SHA-256 of `data`.

    It is keyed because people receive the digest who may not see every column: with a plain hash they could try
    tokens of a camera's address until the digest fits.
    """
    return salted_hmac(SALT, data, algorithm="sha256").hexdigest()[:LENGTH]
