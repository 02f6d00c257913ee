"""The network address of whoever sent a request, also through proxies that are known by their own addresses.

Each proxy appends to X-Forwarded-For whom it heard from. So the header is read from its end, and only as far as the
addresses belong to TRUSTED_PROXIES; what stands before, and every header of anybody else, could be invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Network = IPv4Network | IPv6Network


def client_address(request: HttpRequest) -> str:
    """Returns the address of the client of `request`, for counting and for logs; "" if there is none (Unix sockets)."""
    sent_by, forwarded = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
    return address_behind(sent_by, forwarded)


def address_behind(sent_by: str, forwarded: str) -> str:
    """Returns the last address on the way (the header `forwarded`, then `sent_by`) that is no trusted proxy's.

    Returns the first proxy's own address if all are trusted, or if what stands before it is no address.
    """
    address = _read(sent_by)
    if address is None:
        return sent_by
    for text in _last(settings.PROXIES_IN_A_ROW, forwarded):
        before = _read(text) if is_trusted_proxy(address) else None
        if before is None:
            break
        address = before
    return address


def _last(number: int, forwarded: str) -> list[str]:
    """Returns at most `number` addresses from the end of the header, the last one first."""
    return forwarded.rsplit(",", number)[::-1][:number] if number else []


def is_trusted_proxy(address: str) -> bool:
    """Returns whether `address` is in one of the networks of TRUSTED_PROXIES."""
    networks = _networks(tuple(settings.TRUSTED_PROXIES))
    read = _read(address) if networks else None
    return read is not None and any(ip_address(read) in network for network in networks)


@lru_cache(maxsize=8)
def _networks(texts: Sequence[str]) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


def _read(text: str) -> str | None:
    """Returns the address in `text`, which may have a port, in its usual spelling; None if there is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:  # free text, which no proxy sends
            return None
        address = address.ipv4_mapped or address
    return str(address)
