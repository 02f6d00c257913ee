"""Searches of the network: the errand of a worker that asks for cameras by ONVIF, and what is offered of them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from ipaddress import IPv4Address
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError

from streams.cameras.errands import Errands
from streams.cameras.source_rules import camera_networks, validate_looking_source
from streams.pipeline.child.search import SearchOrder
from streams.pipeline.onvif.found import FoundDevice, FoundStream, SearchResult
from streams.pipeline.reasons import Reason, Sentence

logger = logging.getLogger(__name__)

# 5 s: a search listens for 3 s, and whoever writes a login for a device it found takes longer than the rest.
ONE_EVERY_S = 5
ERRANDS = Errands(
    "search",
    ONE_EVERY_S,
    f"The network can be searched every {ONE_EVERY_S} seconds.",
    "No worker searched the network: none is running, or all are busy.",
)
LONGEST = 200
"""Characters of user and password, as in a camera's form."""


def begin(*, user_id: int, device: str = "", username: str = "", password: str = "") -> UUID:
    """Asks the workers for a search. `device`: the one IP address to ask, which alone gets the login.

    Raises ValidationError by field, and TooManyTrials.
    """
    device = device.strip()
    _check(device, username, password)
    order = {"device": device, "username": username, "password": password}
    search = ERRANDS.begin(order, user_id)
    logger.info("network searched (%s), by %s", device or "everybody", user_id)
    return search


def _check(device: str, username: str, password: str) -> None:
    """Raises ValidationError by field."""
    if not device and (username or password):
        raise ValidationError({"device": "A login goes to one device: give its IP address."})
    if max(len(username), len(password)) > LONGEST:
        raise ValidationError({"username": f"User and password have at most {LONGEST} characters."})
    try:
        outside = bool(device) and not camera_networks().names(IPv4Address(device))
    except ValueError:
        raise ValidationError({"device": "Expected an IP address such as 192.168.1.20."}) from None
    if outside:
        raise ValidationError({"device": Reason.DEVICE_OUTSIDE.said(address=device)})


def claim(search: str) -> tuple[SearchOrder, int] | None:
    """Returns the order and its user to the first worker that asks, and None to all others."""
    order = ERRANDS.claim(search)
    if order is None:
        return None
    networks = tuple(settings.CAMERA_NETWORKS)
    return SearchOrder(networks, order["device"], order["username"], order["password"]), order["user"]


def finish(search: str, user_id: int, result: SearchResult) -> None:
    ERRANDS.finish(search, user_id, asdict(result))


def is_taken(search: UUID) -> bool:
    return ERRANDS.is_taken(search)


def wait_for(search: UUID, *, user_id: int, sleep: Callable[[float], None]) -> SearchResult:
    """Waits for the result. Raises NoWorkerCame if no worker took it, or finished it."""
    return _result(ERRANDS.wait_for(search, user_id, sleep))


def result_of(search: UUID, *, user_id: int) -> SearchResult | None:
    """Returns the result for the user who asked; None for other users, and until it arrives."""
    found = ERRANDS.result_of(search, user_id)
    return None if found is None else _result(found)


def offered(result: SearchResult) -> dict[str, Any]:
    """Returns the result for page and API: each stream with the smaller one that suits it."""
    devices = [_offered_device(each) for each in result.devices]
    return {"devices": devices, "left_out": result.left_out, "reason": str(result.reason)}


def _offered_device(device: FoundDevice) -> dict[str, Any]:
    allowed = tuple(stream for stream in map(_allowed, device.streams) if stream is not None)
    reason = Reason.STREAMS_ELSEWHERE.said() if device.streams and not allowed else device.reason
    device = replace(device, streams=allowed, reason=reason)
    streams = [_offered_stream(device, stream) for stream in device.streams]
    return {**asdict(device), "reason": str(device.reason), "streams": streams}


def _offered_stream(device: FoundDevice, stream: FoundStream) -> dict[str, Any]:
    smaller = device.smaller_than(stream)
    return {
        **asdict(stream),
        "readable": stream.is_readable,
        "smaller": smaller.address if smaller else "",
    }


def _allowed(stream: FoundStream) -> FoundStream | None:
    """Returns the stream if a camera may have its address as a source, without a snapshot that none may have."""
    if not _is_valid(stream.address):
        return None
    return stream if _is_valid(stream.snapshot) else replace(stream, snapshot="")


def _is_valid(address: str) -> bool:
    try:
        validate_looking_source(address)
    except ValidationError:
        return False
    return True


def _result(plain: dict[str, Any]) -> SearchResult:
    devices = tuple(_device(each) for each in plain["devices"])
    return SearchResult(devices, plain["left_out"], cast(Sentence, plain["reason"]))


def _device(plain: dict[str, Any]) -> FoundDevice:
    streams = tuple(FoundStream(**each) for each in plain["streams"])
    return FoundDevice(**{**plain, "streams": streams})
