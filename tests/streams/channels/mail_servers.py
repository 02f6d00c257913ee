"""Mail servers that say what a test has them say."""

from __future__ import annotations

import socket

from tests.streams.pipeline.servers import Behave

REFUSING_THE_SECOND = (
    "220 here", "250 hello", "250 fine", "250 fine", "550 nobody here", "354 go on", "250 taken", "221 bye",
)  # fmt: skip
"""Takes a mail for the first of two recipients."""


def saying(*lines: str) -> Behave:
    """A mail server that says these lines, one to each command."""

    def behave(connection: socket.socket) -> None:
        for line in lines:
            connection.sendall(f"{line}\r\n".encode())
            connection.recv(4096)

    return behave
