"""Runs the web server and the worker in one event loop, until a signal ends both."""

import asyncio
import signal
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from facesite.embedded.tidying import tidy_daily
from facesite.monitoring import health, metrics
from facesite.web.server import Server
from facesite.worker.worker import LifecycleWorker

SHUTDOWN_S = 10
"""The server and the worker get this long to stop."""
WEBSOCKET_MAX_BYTES = 600_000
"""The largest message from a browser: a browser camera's picture has at most 500 KB; other sockets take less."""


def free_socket(port: int, address: str = "127.0.0.1") -> socket.socket:
    """Returns a socket bound to `port`, by default on this machine only. Raises OSError if the port is taken."""
    # Names the protocol, because asyncio turns Nagle's delay off only then: it costs each kept connection 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    return listener


async def serve(
    application: Any, listener: socket.socket, *, started: Callable[[], None], stopping: Callable[[], None]
) -> None:
    """Serve until SIGINT or SIGTERM. Raises what ended the server or the worker, if anything did."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    config = uvicorn.Config(application, lifespan="off", log_config=None, proxy_headers=False)
    config.timeout_graceful_shutdown = 3
    config.ws_max_size = WEBSOCKET_MAX_BYTES
    server, worker = Server(config), LifecycleWorker.embedded()
    health.require("recognition", lambda: "" if worker.is_ready else "starting")
    metrics.include(worker.figures)
    tasks = {asyncio.create_task(server.serve(sockets=[listener])), asyncio.create_task(worker.run_until_stopped())}
    announcer = asyncio.create_task(_announce(server, worker, started))
    waiter, tidier = asyncio.create_task(stop.wait()), asyncio.create_task(tidy_daily())
    await asyncio.wait(tasks | {waiter}, return_when=asyncio.FIRST_COMPLETED)
    for helper in (announcer, waiter, tidier):
        helper.cancel()
    stopping()
    server.should_exit = True
    worker.stop()
    await asyncio.wait_for(asyncio.gather(*tasks), SHUTDOWN_S)


async def _announce(server: Server, worker: LifecycleWorker, started: Callable[[], None]) -> None:
    while not (server.started and worker.is_ready):
        await asyncio.sleep(0.05)
    started()
