"""Ids as callers write them."""

from __future__ import annotations

from uuid import UUID


def uuid_or_none(text: object) -> UUID | None:
    """None for what is no UUID."""
    try:
        return UUID(str(text))
    except ValueError:
        return None
