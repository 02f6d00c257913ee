"""The state of a stored row in a few characters: two people who edit it can tell whether it changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model
from django.utils.crypto import salted_hmac

# 64 bits: an edit is lost once in 10^19, if the row has changed at all.
LENGTH = 16
SALT = "people.edits.row_state"
"""Stays as it is, wherever this module goes: an ETag from before an upgrade is good after it."""


def state_of(row: Model, related: Iterable[object] = ()) -> str:
    """16 hexadecimal characters that change with any column of `row`, and with the set of `related` ids.

    Made of the stored values themselves: no service, bulk action or SQL script can forget to raise it. `row` is to
    be as the database has it, not as somebody is about to save it.
    """
    columns = [f"{field.attname}={field.value_to_string(row)!r}" for field in row._meta.concrete_fields]
    return digest("\n".join([*columns, *sorted(map(str, related))]).encode())


def digest(data: bytes) -> str:
    """16 hexadecimal characters of HMAC-SHA-256.

    Keyed: not every column is shown to everybody who is given the digest, and whoever could compute it would guess a
    token in a camera's address until it fits.
    """
    return salted_hmac(SALT, data, algorithm="sha256").hexdigest()[:LENGTH]
