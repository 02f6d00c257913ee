"""Notes for the audit whom a search by a face was made with, and whom it found."""

from __future__ import annotations

from typing import Any

from people.audit.noting import note
from streams.searching.search import Search


def note_found(request: Any, found: Search) -> None:
    """Notes the sighting that was searched by, and the people and strangers whose names the answer shows."""
    if found.wanted.sighting:
        note(request, found.wanted.sighting)
    note(request, *(each.person for each in found.people), *(each.stranger for each in found.strangers))
