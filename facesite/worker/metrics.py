"""A worker's own /metrics, on its own port.

A port has advantages over the cache: a worker's counters end with it, as Prometheus expects; they are separate for each
pod; and they stay readable when Redis is unreachable, when they are needed most.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from django.conf import settings
from prometheus_client.metrics_core import Metric

from facesite.monitoring.metrics import CONTENT_TYPE, exposition, may_read
from facesite.web.server import Server


@asynccontextmanager
async def serve_metrics(figures: Callable[[], list[Metric]]) -> AsyncIterator[None]:
    """While the block runs, where WORKER_METRICS_PORT is set. Raises OSError when the port is taken."""
    if not settings.WORKER_METRICS_PORT:
        yield
        return
    listener = socket.create_server(("", settings.WORKER_METRICS_PORT))
    server = Server(uvicorn.Config(_page(figures), lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def _page(figures: Callable[[], list[Metric]]) -> Any:
    """An ASGI application with one page."""

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = dict(scope["headers"]) if scope["type"] == "http" else {}
        if scope.get("path") != "/metrics":
            status, body = 404, b"Only /metrics is here.\n"
        elif not may_read(headers.get(b"authorization", b"").decode("latin-1")):
            status, body = 401, b"Metrics need the token (METRICS_TOKEN).\n"
        else:
            status, body = 200, exposition(figures())
        kind = CONTENT_TYPE if status == 200 else "text/plain"
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind.encode())]})
        await send({"type": "http.response.body", "body": body})

    return answer
