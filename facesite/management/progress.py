"""Tells how far a long command is."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from django.core.management.base import OutputWrapper

EVERY_S = 2.0


def told_now_and_then(console: OutputWrapper) -> Callable[[str], None]:
    """Returns a function that writes what it is told, but at most every two seconds."""
    last = monotonic()

    def tell(words: str) -> None:
        nonlocal last
        if monotonic() - last >= EVERY_S:
            last = monotonic()
            console.write(f"{words} …")

    return tell
