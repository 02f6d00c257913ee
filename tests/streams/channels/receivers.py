"""Receivers of webhooks on this machine: good ones that keep what they got, and bad ones."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock

from tests.streams.pipeline.servers import serving

NEVER = 0


@dataclass
class Receiver:
    """Keeps each request as (headers with small names, body, when it came), and answers with `statuses` in turn."""

    statuses: list[int] = field(default_factory=list)
    """Taken from the front; 204 when there is none left. NEVER: no answer, until the caller is gone."""
    port: int = 0
    got: list[tuple[dict[str, str], bytes, float]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def behave(self, connection: socket.socket) -> None:
        head, _, body = _read_head(connection)
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:])
        while len(body) < int(headers["content-length"]):
            body += connection.recv(65_536)
        with self.lock:
            self.got.append((_exact(head), body, time.monotonic()))
            status = self.statuses.pop(0) if self.statuses else 204
        if status == NEVER:
            connection.recv(1)
            return
        connection.sendall(f"HTTP/1.1 {status} As asked\r\nContent-Length: 0\r\n\r\n".encode())


@contextlib.contextmanager
def receiving(*statuses: int) -> Iterator[Receiver]:
    receiver = Receiver(list(statuses))
    with serving(receiver.behave) as port:
        receiver.port = port
        yield receiver


def _read_head(connection: socket.socket) -> tuple[str, bytes, bytes]:
    here = b""
    while b"\r\n\r\n" not in here:
        here += connection.recv(65_536)
    head, between, body = here.partition(b"\r\n\r\n")
    return head.decode(), between, body


def _exact(head: str) -> dict[str, str]:
    return {name.lower(): value for name, value in (line.split(": ", 1) for line in head.split("\r\n")[1:])}
