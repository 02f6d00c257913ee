"""Names of people as they are stored, and the form in which two of them are compared."""

from __future__ import annotations

import unicodedata


def composed(name: str) -> str:
    """Returns `name` in NFC. A Mac sends "é" as "e" and an accent; both look alike, and are stored as one letter."""
    return unicodedata.normalize("NFC", name)


def folded(name: str) -> str:
    """Returns the form in which "ADA Pérez", "ada pérez" and the same in NFD are equal; up to 3 times as long."""
    return composed(composed(name).casefold())


def printable(name: str) -> str:
    """Returns `name` in NFC, without control and format characters (NUL, right-to-left override) and outer spaces."""
    kept = "".join(char for char in composed(name) if unicodedata.category(char)[0] != "C")
    return kept.strip()
