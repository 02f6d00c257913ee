"""An HTTP proxy for one client, FFmpeg: each request goes only where `dial` allows it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from streams.pipeline.errors import AddressRefused
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.relaying import pump

LONGEST_HEAD = 65_536
HEAD_S = 10.0
_REFUSED = b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_UNREACHED = b"HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
Dial = Callable[[str, int], socket.socket]


def serve_proxy(client: socket.socket, dial: Dial) -> None:
    """Answers one request of FFmpeg: CONNECT for a tunnel (HTTPS), anything else with a whole http:// address.

    Raises AddressRefused, and OSError as sockets do. If `dial` raises, FFmpeg gets an answer first.
    """
    client.settimeout(HEAD_S)
    method, target, headers = _read_head(client)
    try:
        url = urlsplit(f"//{target}" if method == "CONNECT" else target)
        host, port = url.hostname or "", url.port or (443 if method == "CONNECT" else 80)
    except ValueError:
        raise AddressRefused(Reason.BAD_REDIRECT.said()) from None
    if method != "CONNECT" and url.scheme.lower() != "http":
        raise AddressRefused(Reason.OTHER_SCHEME.said())
    try:
        camera = dial(host, port)
    except AddressRefused:
        client.sendall(_REFUSED)
        raise
    except OSError:
        client.sendall(_UNREACHED)
        raise
    with camera:
        if method == "CONNECT":
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = (url.path or "/") + (f"?{url.query}" if url.query else "")
            camera.sendall("\r\n".join((f"{method} {path} HTTP/1.1", *headers, "", "")).encode("latin-1"))
        pump(client, camera)


def _read_head(client: socket.socket) -> tuple[str, str, list[str]]:
    """Returns method, target and header lines, without headers for the proxy itself. Raises AddressRefused."""
    head = b""
    while b"\r\n\r\n" not in head:
        chunk = client.recv(4096)
        if not chunk or len(head) > LONGEST_HEAD:
            raise AddressRefused(Reason.BAD_REQUEST.said())
        head += chunk
    request, *headers = head.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")
    match request.split(" "):
        case [method, target, _version]:
            # One request per connection: the next may be for another server, which we must dial anew.
            kept = [line for line in headers if not line.lower().startswith(("proxy-", "connection:"))]
            return method, target, [*kept, "Connection: close"]
    raise AddressRefused(Reason.BAD_REQUEST.said())
