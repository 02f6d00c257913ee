"""The way out to receivers: public networks and those of CHANNEL_NETWORKS; every address is checked and pinned.

People write the addresses of receivers, and a worker inside of a network opens them, as with cameras: the gate is the
same (streams/pipeline/sources/networks.py), with a setting of its own, so that nobody can post to cameras.
"""

from __future__ import annotations

import socket
import ssl
from functools import lru_cache
from ipaddress import ip_address

from streams.channels.reasons import ChannelReason
from streams.errors import NotDelivered
from streams.pipeline.errors import AddressRefused
from streams.pipeline.reasons import Sentence
from streams.pipeline.sources.diagnosis import why_unreachable
from streams.pipeline.sources.dialling import dial
from streams.pipeline.sources.networks import CameraNetworks


def reach(host: str, port: int, networks: CameraNetworks, within_s: float) -> socket.socket:
    """Opens a TCP connection to exactly the address that was checked.

    Raises AddressRefused if no address of `host` is allowed, and OSError as sockets do.
    """
    connection = dial(host, port, networks, within_s)
    connection.settimeout(within_s)
    return connection


def secured(connection: socket.socket, host: str, trusted: str = "") -> ssl.SSLSocket:
    """Wraps `connection` in TLS and checks the receiver's certificate.

    `trusted`: certificates in PEM that count besides the public authorities. Raises ssl.SSLError and OSError.
    """
    return tls_context(trusted).wrap_socket(connection, server_hostname=host)


@lru_cache(maxsize=64)
def tls_context(trusted: str) -> ssl.SSLContext:
    """Returns what checks certificates. Raises ssl.SSLError for `trusted` that is none. Kept: making it takes 10 ms."""
    context = ssl.create_default_context()
    if trusted:
        context.load_verify_locations(cadata=trusted)
        # Whichever is entered is enough: the receiver's own, also while there are two of one name, or its authority's.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def is_inside(connection: socket.socket, networks: CameraNetworks) -> bool:
    """Returns whether the other end is in a network that the setting names: only there nothing need be encrypted."""
    return networks.names(ip_address(connection.getpeername()[0].split("%", 1)[0]))


def why_not_reached(error: Exception, host: str, within_s: float) -> Sentence:
    """Returns why there is no connection, or no answer, for an error of the functions above."""
    match error:
        case NotDelivered():
            return error.said
        case AddressRefused():
            return ChannelReason.NETWORK.said(host=host)
        case ssl.SSLCertVerificationError():
            return ChannelReason.CERTIFICATE.said(why=error.verify_message)
        case OSError():
            return why_unreachable(error, within_s)
    return ChannelReason.NOT_HTTP.said()
