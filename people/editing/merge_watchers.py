"""Whoever keeps a ledger hears how merges of people begin, go on and end: another app, which people does not know."""

from __future__ import annotations

from collections.abc import Callable

from people.base.history import Actor
from people.records.person_merge import PersonMerge

Watch = Callable[[PersonMerge, Actor, str], None]
_watchers: list[Watch] = []


def watches_merges(watch: Watch) -> Watch:
    """Registers `watch`, called in the transaction of each step with the merge, who asked for it, and where."""
    _watchers.append(watch)
    return watch


def tell(merge: PersonMerge, by: Actor = None, page: str = "") -> None:
    for watch in _watchers:
        watch(merge, by, page)
