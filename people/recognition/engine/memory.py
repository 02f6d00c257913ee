"""Gives memory that is free within this process back to the system."""

import ctypes
import gc
import sys
from typing import Any

# Numbers of glibc's options, and its own largest limits.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_MOST_KEPT, _LARGEST_KEPT = 64 << 20, 32 << 20


def give_back() -> None:
    """Does nothing where the C library has no such call; takes some milliseconds.

    Without it glibc keeps what a closed session leaves: 160 of 160 MB were still counted.
    """
    gc.collect()
    _ask("malloc_trim", 0)


def keep_for_reuse(keep: bool) -> None:
    """Says whether memory of pictures that are gone is kept for the next ones, or goes back to the system at once.

    To get it anew takes 4 ms for a key frame of 1080p and its colours: much five times a second, little once in 2 s.
    """
    _ask("mallopt", _MMAP_THRESHOLD, _LARGEST_KEPT if keep else 1 << 20)
    _ask("mallopt", _TRIM_THRESHOLD, _MOST_KEPT if keep else 1 << 20)


def _ask(function: str, *numbers: int) -> None:
    call: Any = getattr(ctypes.CDLL(None), function, None) if sys.platform == "linux" else None
    if call is not None:
        call(*numbers)
