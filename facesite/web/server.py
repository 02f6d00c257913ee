"""Uvicorn beside something else in one event loop."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import uvicorn


class Server(uvicorn.Server):
    """Without handlers for signals: whoever runs it beside something else handles them for both."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
