"""Names of people as they are stored, and the form in which two of them are compared."""

from __future__ import annotations

import unicodedata

JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: they shape the letters beside them, as in the Persian name Alireza."""


def composed(name: str) -> str:
    """Returns `name` in NFC. A Mac sends "é" as "e" and an accent; both look alike, and are stored as one letter."""
    return unicodedata.normalize("NFC", name)


def folded(name: str) -> str:
    """Returns the form in which "ADA Pérez", "ada pérez" and the same in NFD are equal; up to 3 times as long."""
    return composed(composed(name).casefold())


def printable(name: str) -> str:
    """Returns `name` in NFC, without control and format characters (NUL, right-to-left override) and outer spaces.

    Joiners between letters stay: Persian and Indian names are spelled with them.
    """
    text = composed(name)
    kept = [char for place, char in enumerate(text) if not _is_hidden(char) or _joins(text, place)]
    return "".join(kept).strip()


def is_printable(name: str) -> bool:
    """Returns whether `printable` takes nothing out of `name` but outer spaces; any kind of space may stand within."""
    return printable(name) == composed(name).strip()


def _is_hidden(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] == "C" or category in ("Zl", "Zp")  # separators of lines and paragraphs


def _joins(text: str, place: int) -> bool:
    """Returns whether a joiner stands at `place`, between letters of a script that knows joiners: not of Latin."""
    return text[place] in JOINERS and all(map(_is_joined, (text[place - 1 : place], text[place + 1 : place + 2])))


def _is_joined(char: str) -> bool:
    return char != "" and unicodedata.category(char)[0] in "LM" and not unicodedata.name(char, "").startswith("LATIN")
