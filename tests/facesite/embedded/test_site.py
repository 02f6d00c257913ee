"""The embedded server's socket."""

from __future__ import annotations

import socket
from contextlib import closing

from facesite.embedded.site import free_socket


def test_connections_are_not_delayed_by_nagles_algorithm() -> None:
    """asyncio sets TCP_NODELAY only on sockets whose protocol is named; answers came 40 ms late without."""
    with closing(free_socket(0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP
