"""Decides where a camera's address may lead: to public networks, and to those that CAMERA_NETWORKS names.

People write a camera's source, and a machine inside of a network opens it. Without this check, an address such as
http://10.0.0.1/admin would show them what only that machine can reach.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from streams.pipeline.errors import AddressRefused
from streams.pipeline.reasons import Reason

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NEVER_BY_CHANCE: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "169.254.0.0/16",  # link-local; 169.254.169.254 answers with a cloud machine's credentials
        "100.100.100.200/32",  # the same at Alibaba
        "168.63.129.16/32",  # Azure's host
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "64:ff9b:1::/48",  # translated to IPv4 by a network's own rules, of which nobody here knows what they reach
        "fe80::/10",
        "fec0::/10",  # what private networks had before fc00::/7; Python takes it for public
        "fd00:ec2::/32",  # the same at Amazon, in the private range
        "ff00::/8",
    )
)
"""A named network opens one of these only if it lies within it: 0.0.0.0/0 does not."""
_TRANSLATED = tuple(map(ip_network, ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96")))
"""Each holds an IPv4 address in its last 32 bits: compatible (RFC 4291), of a translator (RFC 7915) and of NAT64."""


@dataclass(frozen=True, slots=True)
class CameraNetworks:
    """The networks where cameras may be: `allowed`, besides the public ones."""

    allowed: tuple[Network, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str]) -> CameraNetworks:
        """Reads networks such as 10.0.0.0/8. Raises ValueError for a text that is none."""
        return cls(tuple(ip_network(text.strip(), strict=False) for text in texts))

    def permit(self, address: Address) -> bool:
        """Returns whether a camera may be at `address`."""
        address = plain(address)
        named = [network for network in self.allowed if address in network]
        for special in NEVER_BY_CHANCE:
            if address in special:
                return any(network.version == special.version and network.subnet_of(special) for network in named)  # type: ignore[arg-type]
        return bool(named) or (address.is_global and not address.is_multicast)

    def names(self, address: Address) -> bool:
        """Returns whether `address` lies in a network of `allowed`: public ones do not count."""
        return self.permit(address) and any(plain(address) in network for network in self.allowed)

    def check(self, address: Address) -> None:
        """Raises AddressRefused if no camera may be at `address`."""
        if not self.permit(address):
            raise AddressRefused(Reason.NETWORK.said(address=address))


def plain(address: Address) -> Address:
    """Returns the IPv4 address inside an IPv6 one (mapped, 6to4, translated), as it leads there; others stay."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and int(address) > 1 and any(address in network for network in _TRANSLATED):  # :: and ::1 are none
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


def literal(host: str) -> Address | None:
    """Returns the address that `host` spells out, or None if it is a name."""
    try:
        return ip_address(host.split("%", 1)[0])
    except ValueError:
        return None
