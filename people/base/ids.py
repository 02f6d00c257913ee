"""Reads ids that callers wrote."""

from __future__ import annotations

from uuid import UUID


def uuid_or_none(text: object) -> UUID | None:
    """Returns `text` as a UUID, or None if it is not one."""
    try:
        return UUID(str(text))
    except ValueError:
        return None
