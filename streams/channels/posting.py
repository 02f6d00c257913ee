"""Posts to a webhook: once, within a time, to the address that was checked, and to no other."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from typing import Any, cast
from urllib.parse import SplitResult, quote, urlsplit

from streams.channels.reaching import is_inside, reach, secured, why_not_reached
from streams.channels.reasons import ChannelReason
from streams.errors import BadChannel, NotDelivered
from streams.pipeline.errors import AddressRefused
from streams.pipeline.sources.connection import Line, ReadPatience
from streams.pipeline.sources.networks import CameraNetworks

# 10 s for all: connecting, sending, and the head of the answer. Receivers are asked to answer first and to work then.
WITHIN_S = 10.0
MOST_READ_BYTES = 65_536
PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BODY_REFUSED = frozenset({400, 413, 415, 422})
"""Statuses that speak of this body; every other error would meet any delivery."""
LONGEST_RETRY_AFTER_S = 3600


class BoundedLine(Line):
    """A line that gives at most MOST_READ_BYTES, and then ends."""

    _left_bytes = MOST_READ_BYTES

    def readinto(self, buffer: Any) -> int:
        taken = super().readinto(memoryview(buffer)[: self._left_bytes]) if self._left_bytes else 0
        self._left_bytes -= taken
        return taken


def webhook_url(address: str) -> SplitResult:
    """Reads the address of a webhook. Raises BadChannel."""
    try:
        url = urlsplit(address)
        _ = url.port, (url.hostname or "").encode("idna")
    except ValueError:  # UnicodeError is one, too
        raise BadChannel(ChannelReason.UNREADABLE_ADDRESS.said(), "url") from None
    if not address.isprintable() or " " in address:
        raise BadChannel(ChannelReason.UNREADABLE_ADDRESS.said(), "url")
    if url.scheme not in PORTS:
        raise BadChannel(ChannelReason.SCHEME.said(), "url")
    if not url.hostname:
        raise BadChannel(ChannelReason.NO_HOST.said(), "url")
    if "@" in url.netloc:
        raise BadChannel(ChannelReason.LOGIN_IN_ADDRESS.said(), "url")
    return url


def post(
    address: str, body: bytes, headers: Mapping[str, str], networks: CameraNetworks, *,
    trusted: str = "", within_s: float = WITHIN_S,
) -> None:  # fmt: skip
    """Sends `body` as JSON. Returns once the receiver has answered 2xx; raises NotDelivered with the reason."""
    url = webhook_url(address)
    host, patience = url.hostname or "", ReadPatience(within_s, within_s)
    try:
        with _line(url, host, networks, trusted, patience) as line:
            line.send(_request(url, host, headers, body))
            response = HTTPResponse(cast("Any", line), method="POST")
            response.begin()
            status, after = response.status, response.headers.get("retry-after", "")
    except (NotDelivered, AddressRefused, OSError, HTTPException, ValueError) as error:
        raise NotDelivered(why_not_reached(error, host, within_s)) from None
    _judge(status, after)


def _line(url: SplitResult, host: str, networks: CameraNetworks, trusted: str, patience: ReadPatience) -> BoundedLine:
    connection = reach(host, url.port or PORTS[url.scheme], networks, patience.left_s())
    try:
        if url.scheme == "https":
            connection.settimeout(patience.left_s())
            return BoundedLine(secured(connection, host, trusted), patience)
        if not is_inside(connection, networks):
            raise NotDelivered(ChannelReason.IN_CLEAR.said())
        return BoundedLine(connection, patience)
    except BaseException:
        connection.close()
        raise


def _request(url: SplitResult, host: str, headers: Mapping[str, str], body: bytes) -> bytes:
    target = quote(url.path or "/", safe="/%:=&~+!$,;'@()*") + ("?" if url.query else "")
    target += quote(url.query, safe="/%:=&?~+!$,;'@()*[]{}|")
    place = f"[{host}]" if ":" in host else host.encode("idna").decode()
    own = {
        "Host": f"{place}:{url.port}" if url.port else place,
        "User-Agent": "facesite",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = [f"POST {target} HTTP/1.1", *(f"{name}: {value}" for name, value in {**own, **headers}.items()), "", ""]
    return "\r\n".join(lines).encode("ascii") + body


def _judge(status: int, retry_after: str) -> None:
    """Raises NotDelivered unless `status` says that the receiver has it."""
    if 200 <= status < 300:
        return
    reason = ChannelReason.REDIRECTS if status in _REDIRECTS else ChannelReason.ANSWERED
    is_number = retry_after.isascii() and retry_after.isdigit()
    after_s = min(LONGEST_RETRY_AFTER_S, int(retry_after[:9])) if is_number else 0  # Python refuses one of 5,000 digits
    raise NotDelivered(reason.said(status=status), receiver_is_down=status not in _BODY_REFUSED, retry_after_s=after_s)
