"""Looks for devices with WS-Discovery: one question over UDP to everybody, and answers from allowed networks alone.

The question goes to the multicast group on every interface, and to each host of small networks, because multicast ends
at routers and at the edge of most clusters. IPv4 only.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address
from urllib.parse import unquote
from uuid import uuid4

from streams.pipeline.onvif.documents import BadDocument, local, read_document, text, word
from streams.pipeline.sources.networks import CameraNetworks, Network

GROUP, PORT = "239.255.255.250", 3702
# 3 s: a device may wait up to 0.5 s before it answers, and the question is asked twice because UDP loses some.
LISTEN_S = 3.0
MOST_HOSTS = 1_024
"""A network of more hosts (larger than /22) is not asked host by host."""
MOST_ASKED = 4_096
"""Hosts that are asked one by one in all; a probe has 0.6 kB, so 5 MB in two rounds."""
MOST_DEVICES = 100
MOST_DATAGRAMS = 2_000
MOST_DATAGRAM_BYTES = 16_384
_SCOPES = "onvif://www.onvif.org/"
_PROBE = """<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing">
<s:Header><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action><a:MessageID>uuid:{id}</a:MessageID>
<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>
<s:Body><d:Probe xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery">
<d:Types xmlns:n="http://www.onvif.org/ver10/network/wsdl">n:NetworkVideoTransmitter</d:Types></d:Probe></s:Body>
</s:Envelope>"""


@dataclass(frozen=True, slots=True)
class ProbeMatch:
    """One device that answered: its IP address, the addresses where it can be asked, and what it says of itself."""

    address: str
    services: tuple[str, ...]
    name: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Matches:
    """The devices by address, and how many more there were."""

    devices: tuple[ProbeMatch, ...] = ()
    left_out: int = 0


def look(networks: CameraNetworks, only: str = "", listen_s: float = LISTEN_S) -> Matches:
    """Asks and listens for `listen_s`. `only`: the IP address of the one device to ask; empty: everybody."""
    question = str(uuid4())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("", 0))
        line.setblocking(False)
        heard = _Heard(question, networks, only)
        begun = time.monotonic()
        for until_s in (listen_s / 3, listen_s):
            if heard.is_enough:
                break
            _ask(line, _PROBE.format(id=question).encode(), networks, only)
            heard.listen(line, begun + until_s)
    return heard.matches()


def hosts_to_ask(networks: Iterable[Network]) -> list[str]:
    """Returns the hosts of small networks, MOST_ASKED at most."""
    small = (each for each in networks if isinstance(each, IPv4Network) and each.num_addresses <= MOST_HOSTS)
    hosts = dict.fromkeys(str(host) for network in small for host in network.hosts())
    return list(hosts)[:MOST_ASKED]


def _ask(line: socket.socket, question: bytes, networks: CameraNetworks, only: str) -> None:
    """Sends the question; a host or an interface that cannot be reached is passed over."""
    hosts = [only] if only else hosts_to_ask(networks.allowed)
    for host in hosts:
        if networks.names(ip_address(host)):
            with suppress(OSError):
                line.sendto(question, (host, PORT))
    for number, _name in socket.if_nameindex():
        with suppress(OSError):
            line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("@4s4si", b"", b"", number))
            line.sendto(question, (GROUP, PORT))


class _Heard:
    """The answers so far: one for each address, MOST_DEVICES at most, of MOST_DATAGRAMS read."""

    def __init__(self, question: str, networks: CameraNetworks, only: str) -> None:
        self._question, self._networks, self._only = question, networks, only
        self._found: dict[str, ProbeMatch] = {}
        self._more: set[str] = set()
        self._datagrams = 0

    @property
    def is_enough(self) -> bool:
        return self._datagrams >= MOST_DATAGRAMS or self._only in self._found

    def listen(self, line: socket.socket, until_s: float) -> None:
        while (left_s := until_s - time.monotonic()) > 0 and not self.is_enough:
            line.settimeout(left_s)
            try:
                data, (host, _port) = line.recvfrom(MOST_DATAGRAM_BYTES + 1)
            except OSError:  # the time is over, or a host said that nothing listens there
                continue
            self._datagrams += 1
            self._take(data, host)

    def matches(self) -> Matches:
        devices = sorted(self._found.values(), key=lambda match: IPv4Address(match.address))
        return Matches(tuple(devices), len(self._more))

    def _take(self, data: bytes, host: str) -> None:
        wanted = host == self._only if self._only else self._networks.names(ip_address(host))
        if not wanted or host in self._found or len(data) > MOST_DATAGRAM_BYTES:
            return
        match = read_match(data, host, self._question)
        if match is None:
            return
        if len(self._found) < MOST_DEVICES:
            self._found[host] = match
        else:
            self._more.add(host)


def read_match(data: bytes, host: str, question: str) -> ProbeMatch | None:
    """Reads an answer to `question`; None for anything else."""
    if question.encode() not in data:  # noise is not even parsed: 2 ms for 13 kB
        return None
    try:
        root = read_document(data)
    except BadDocument:
        return None
    answers = text(root, "RelatesTo")
    if question not in answers or not any(local(each) == "ProbeMatch" for each in root.iter()):
        return None
    services = tuple(text(root, "ProbeMatch", "XAddrs", longest=2_000).split()[:10])
    scopes = text(root, "ProbeMatch", "Scopes", longest=8_000).split()
    return ProbeMatch(host, services, _scope(scopes, "name"), _scope(scopes, "hardware"))


def _scope(scopes: list[str], kind: str) -> str:
    return next(_named(scopes, f"{_SCOPES}{kind}/"), "")


def _named(scopes: list[str], begin: str) -> Iterator[str]:
    return (word(unquote(each[len(begin) :]).replace("_", " ")) for each in scopes if each.startswith(begin))
