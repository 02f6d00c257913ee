"""Whether a frame that has just come is to be turned into pixels."""

from __future__ import annotations

from collections.abc import Callable

IsWanted = Callable[[], bool]
"""Asked when a frame has come, and not before: of a camera that sends one a second, nobody knows a second ahead whether
the analysis will be free for it."""


def always() -> bool:
    return True
