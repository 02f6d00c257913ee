"""Uvicorn for an event loop that it shares with something else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import uvicorn


class Server(uvicorn.Server):
    """Uvicorn without signal handlers: the code that runs it handles signals for everything in the loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
