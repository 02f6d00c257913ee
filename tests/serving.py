"""The real application under uvicorn, and a client that decides how the body of its request goes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from facesite.asgi import application
from facesite.embedded.site import free_socket
from facesite.web.handler import ThreadHandler
from facesite.web.threads import RequestThreads

WAYS = ("at once", "in parts", "slowly", "chunked", "never")


def pages() -> Any:
    """The pages and the API as the site serves them, for a test that puts something of its own beside them.

    Django's own handler makes a thread for every request, with a connection of its own: that cost 23 ms of the
    processor and 10 ms of Postgres', where this costs 18 and 2.
    """
    return RequestThreads(ThreadHandler())


@contextmanager
def serving(app: Any = application, **options: Any) -> Iterator[tuple[str, int]]:
    """Yields host and port; `options` are uvicorn's. Its threads have their own database connections: use it with
    `transaction=True`.
    """
    listener = free_socket(0)  # a socket that does not name its protocol made every answer 40 ms late
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, **options))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield listener.getsockname()
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
    assert not thread.is_alive()


def asked(
    served: tuple[str, int], method: str, path: str, body: bytes, headers: dict[str, str], way: str = "at once"
) -> tuple[int, bytes]:
    """Status and body of the answer; the connection is the client's own, so that it decides how the body goes."""
    length = {"Transfer-Encoding": "chunked"} if way == "chunked" else {"Content-Length": str(len(body))}
    told = {"Host": "localhost", "Connection": "close", **headers, **length}
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told.items()) + "\r\n"
    with socket.create_connection(served, timeout=20) as client:
        client.sendall(head.encode())
        if way != "never":
            for part in parts_of(body, way):
                client.sendall(part)
        answer = b""
        while piece := client.recv(65_536):
            answer += piece
    top, _, rest = answer.partition(b"\r\n\r\n")
    return int(top.split()[1]), rest


def parts_of(body: bytes, way: str) -> Iterator[bytes]:
    if way == "at once":
        yield body
        return
    size = len(body) // 5 + 1
    for start in range(0, len(body), size):
        part = body[start : start + size]
        yield b"%x\r\n%s\r\n" % (len(part), part) if way == "chunked" else part
        if way == "slowly":
            time.sleep(0.1)
    if way == "chunked":
        yield b"0\r\n\r\n"
