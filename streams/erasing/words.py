"""Names in free text: taken out of what is kept, and refused where a certificate must have none."""

from __future__ import annotations

import re
from collections.abc import Iterable

from people.base.names import folded

TAKEN_OUT = "(erased)"
SHORTEST = 4
"""Letters of a word by which a name is recognised: shorter ones ("May", "Li") stand in dates and sentences, too."""


def without(names: Iterable[str], text: str) -> str:
    """Returns `text` with TAKEN_OUT for each of the names, however its letters are written; the longest first."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", TAKEN_OUT, text, flags=re.IGNORECASE)
    return text


def names(name: str, text: str) -> bool:
    """Returns whether `text` has the whole name, or a longer word of it."""
    words = {*re.findall(r"\w+", folded(text))}
    parts = re.findall(r"\w+", folded(name))
    return bool(parts) and (words.issuperset(parts) or any(len(part) >= SHORTEST and part in words for part in parts))
