"""The UDP ports on which a camera's packets arrive: a pair beside a connection, for the server at its other end alone.

The gate makes them (gate.py). They hear and ask nobody but the address that was judged when the connection was made.
"""

from __future__ import annotations

import errno
import random
import socket
from contextlib import suppress
from typing import Any

PORTS = range(20_000, 22_000)
"""Below the ports that Linux takes by itself (from 32,768), so that firewalls can name them; docs/cameras.md does."""
BUFFER_BYTES = 4_000_000
"""What the kernel may keep for us; it gives less if net.core.rmem_max is less (by default 100 to 200 packets)."""
LONGEST_DATAGRAM = 16_384
"""Bytes; packets of cameras have 1,500, or 9,000 in networks with jumbo frames."""
_HELLO = b"\x80" + bytes(11), b"\x80\xc9\0\1" + bytes(4)
"""An empty packet and an empty report: what they pass on their way lets the answers in."""

SocketAddress = tuple[Any, ...]


class UdpPorts:
    """An even port for packets (RTP) and the one after it for reports (RTCP)."""

    def __init__(self, packets: socket.socket, reports: socket.socket, peer: SocketAddress) -> None:
        self._packets, self._reports, self._peer = packets, reports, peer
        self._port: int | None = None

    @property
    def numbers(self) -> tuple[int, int]:
        return self._packets.getsockname()[1], self._reports.getsockname()[1]

    def lead_to(self, ports: tuple[int, int] | None) -> None:
        """Hears only these ports of the peer, and greets them; None: the one that the first packet comes from.

        From then on the kernel drops what others send, however much it is. Raises OSError.
        """
        if ports is None:
            return
        self._hear(ports[0])
        self._reports.connect(self._at(ports[1]))
        for line, hello in zip((self._packets, self._reports), _HELLO, strict=True):
            with suppress(OSError):
                line.send(hello)

    def receive(self, within_s: float) -> bytes | None:
        """Returns the peer's next packet; None if none came within the time, or somebody else sent one."""
        self._packets.settimeout(within_s)
        try:
            packet, sender = self._packets.recvfrom(LONGEST_DATAGRAM + 1)
        except OSError:  # the time is over, or the peer says that it does not listen where it sends from
            return None
        if sender[0] != self._peer[0] or len(packet) > LONGEST_DATAGRAM:
            return None
        if self._port is None:
            self._hear(sender[1])
        # Packets of others may have come before the kernel was told whom to hear.
        return packet if sender[1] == self._port else None

    def report(self, report: bytes) -> None:
        """Sends a report, if the server told where to."""
        with suppress(OSError):
            self._reports.send(report)

    def close(self) -> None:
        self._packets.close()
        self._reports.close()

    def _hear(self, port: int) -> None:
        self._packets.connect(self._at(port))
        self._port = port

    def _at(self, port: int) -> SocketAddress:
        return (self._peer[0], port, *self._peer[2:])


def ports_beside(connection: socket.socket) -> UdpPorts:
    """Opens a free pair on the address of this end of the connection. Raises OSError, EADDRINUSE if all are taken."""
    here, peer = connection.getsockname(), connection.getpeername()
    begin = random.randrange(0, len(PORTS), 2)  # noqa: S311 - no secret; a camera's last packets meet no other camera
    for number in (*PORTS[begin::2], *PORTS[:begin:2]):
        with suppress(OSError):
            return UdpPorts(*_pair(connection.family, here, number), peer)
    raise OSError(errno.EADDRINUSE, "all UDP ports are in use")


def _pair(family: int, here: SocketAddress, number: int) -> tuple[socket.socket, socket.socket]:
    packets, reports = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_DGRAM)
    try:
        packets.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        reports.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)  # nobody reads the camera's reports; 0: the least
        packets.bind((here[0], number, *here[2:]))
        reports.bind((here[0], number + 1, *here[2:]))
    except BaseException:
        packets.close()
        reports.close()
        raise
    return packets, reports
