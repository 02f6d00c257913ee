"""Connects to cameras: resolves a name, checks every address, and connects to exactly the address it checked.

It resolves nothing twice, so a name that points elsewhere a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import socket
import ssl
from ipaddress import ip_address

from streams.pipeline.errors import AddressRefused
from streams.pipeline.sources.networks import CameraNetworks

CONNECT_S = 5.0


def dial(host: str, port: int, networks: CameraNetworks, within_s: float = CONNECT_S) -> socket.socket:
    """Opens a TCP connection. Raises AddressRefused if no address of `host` is allowed, and OSError as sockets do."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:  # no name server can be asked for such a name
        raise socket.gaierror(socket.EAI_NONAME, "not a name") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    refused, failed = None, None
    for address in addresses:
        try:
            networks.check(ip_address(address.split("%", 1)[0]))
            return socket.create_connection((address, port), min(within_s, CONNECT_S))
        except AddressRefused as error:
            refused = error
        except OSError as error:
            failed = error
    raise failed or refused or OSError(f"{host} has no address")


def secured(connection: socket.socket, host: str) -> ssl.SSLSocket:
    """Wraps `connection` in TLS with the camera's name. Does not check certificates: cameras sign their own."""
    context = ssl._create_unverified_context()  # noqa: S323
    return context.wrap_socket(connection, server_hostname=host)
