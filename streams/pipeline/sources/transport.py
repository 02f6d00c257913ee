"""How the packets of an RTSP camera travel: what SETUP asks of the server, and what the server grants."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.networks import Address, literal, plain

LOWEST_PORT, HIGHEST_PORT = 1024, 65_535
OVER_TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"
OVER_UDP = "RTP/AVP;unicast;client_port={}-{}"


class Transport(StrEnum):
    """What a camera is told. Automatic: over TCP, or over UDP if the server refuses TCP."""

    AUTOMATIC = "automatic"
    TCP = "tcp"
    UDP = "udp"


@dataclass(frozen=True, slots=True)
class Granted:
    """What the server says in the Transport header of its answer; nothing: what was asked."""

    header: str

    @property
    def is_tcp(self) -> bool:
        said = self.header.lower()
        return "tcp" in said or "interleaved" in said

    @property
    def channel(self) -> int:
        """The channel of the packets between the server's answers."""
        return _number(self._told("interleaved").partition("-")[0]) or 0

    def server_ports(self) -> tuple[int, int] | None:
        """Returns the server's ports for packets and for reports; None if it does not tell. Raises SourceDown."""
        first, _, second = self._told("server_port").partition("-")
        ports = _number(first), _number(second)
        if ports[0] is None:
            return None
        packets, reports = ports[0], ports[0] + 1 if ports[1] is None else ports[1]
        if not all(LOWEST_PORT <= port <= HIGHEST_PORT for port in (packets, reports)):
            raise SourceDown(Reason.UDP_PORTS.said(lowest=LOWEST_PORT))
        return packets, reports

    def check(self, peer: str) -> None:
        """Raises SourceDown if the packets would come to a group, or not from `peer`, the address that was judged.

        What the server calls our own address is not looked at: behind a router it knows another one.
        """
        destination, source = literal(self._told("destination")), literal(self._told("source"))
        parameters = [each.strip().lower() for each in self.header.split(";")]
        if "multicast" in parameters or (destination and destination.is_multicast):
            raise SourceDown(Reason.MULTICAST.said())
        if source and not source.is_unspecified and plain(source) != _address(peer):
            raise SourceDown(Reason.UDP_FROM_ELSEWHERE.said(address=source))

    def _told(self, name: str) -> str:
        for each in self.header.split(";"):
            key, _, value = each.strip().partition("=")
            if key.strip().lower() == name:
                return value.strip().strip('"')
        return ""


def _address(peer: str) -> Address:
    return plain(ip_address(peer.split("%", 1)[0]))


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
