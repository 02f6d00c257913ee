"""Connections to cameras: the name is resolved, every address is checked, and that very address is connected to.

Nothing is resolved twice: a name that points elsewhere a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import socket
import ssl
from ipaddress import ip_address

from streams.pipeline.errors import AddressRefused
from streams.pipeline.sources.networks import Networks

CONNECT_S = 5.0


def dial(host: str, port: int, networks: Networks, timeout_s: float = CONNECT_S) -> socket.socket:
    """A TCP connection. Raises Refused when no address of `host` may be connected to, and OSError as sockets do."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:  # a name that no name server could be asked for
        raise socket.gaierror(socket.EAI_NONAME, "not a name") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    refused, failed = None, None
    for address in addresses:
        try:
            networks.check(ip_address(address.split("%", 1)[0]))
            return socket.create_connection((address, port), timeout_s)
        except AddressRefused as error:
            refused = error
        except OSError as error:
            failed = error
    raise failed or refused or OSError(f"{host} has no address")


def secured(connection: socket.socket, host: str) -> ssl.SSLSocket:
    """TLS over `connection`, by the camera's name. Certificates are not checked: cameras sign their own."""
    context = ssl._create_unverified_context()  # noqa: S323
    return context.wrap_socket(connection, server_hostname=host)
