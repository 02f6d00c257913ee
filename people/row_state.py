"""The state of a stored row in a few characters: two people who edit it can tell whether it changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from django.db.models import Model

# 64 bits: an edit is lost once in 10^19, if the row has changed at all.
LENGTH = 16


def state_of(row: Model, related: Iterable[object] = ()) -> str:
    """16 hexadecimal characters that change with any column of `row`, and with the set of `related` ids.

    Made of the stored values themselves: no service, bulk action or SQL script can forget to raise it. `row` is to
    be as the database has it, not as somebody is about to save it.
    """
    columns = [f"{field.attname}={field.value_to_string(row)!r}" for field in row._meta.concrete_fields]
    return digest("\n".join([*columns, *sorted(map(str, related))]).encode())


def digest(data: bytes) -> str:
    """16 hexadecimal characters of SHA-256."""
    return sha256(data).hexdigest()[:LENGTH]
