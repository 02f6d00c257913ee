"""Processes that try a source badly; importable without Django, as spawned children need it."""

from __future__ import annotations

import time
from typing import Any


def hangs(order: Any, pipe: Any) -> None:
    time.sleep(60)


def dies(order: Any, pipe: Any) -> None:
    """Ends without a word."""
