"""Sends messages over the channel layer to everybody who watches one camera."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from channels.layers import get_channel_layer

from people.base.doorbells import VIEWERS
from streams.wire.shapes import AlertEvent, CameraState, SightingEvent

logger = logging.getLogger(__name__)

# 2 s: if the channel layer does not answer, this message is lost; the next one tells the newer state.
TIMEOUT_S = 2.0


class FrameReady(TypedDict):
    """A doorbell; the picture itself is in the cache."""

    type: Literal["frame.ready"]
    camera_id: int
    frame: int


class StateSaid(TypedDict):
    type: Literal["camera.state"]
    camera_id: int
    state: CameraState


class SightingSaid(TypedDict):
    type: Literal["sighting"]
    camera_id: int
    event: SightingEvent


class SightingForgotten(TypedDict):
    """A stranger's sighting that the camera does not keep: it had a name when it was announced."""

    type: Literal["sighting.gone"]
    camera_id: int
    sighting: str


class AlertSaid(TypedDict):
    """Goes to every open dashboard, which looks who may see it."""

    type: Literal["alert"]
    camera_id: int | None
    person: str | None
    names_somebody: bool
    """Whether it is about a person who is enrolled, or was."""
    event: AlertEvent
    without_list: str
    """What it says to a reader who may not see watchlists."""


def camera_group(camera_id: int) -> str:
    return f"camera.{camera_id}"


async def announce(message: FrameReady | StateSaid | SightingSaid | SightingForgotten) -> None:
    """Sends `message` at most once. Rows and cache hold the truth, so a failing layer costs only freshness."""
    layer: Any = get_channel_layer()
    try:
        async with asyncio.timeout(TIMEOUT_S):
            await layer.group_send(camera_group(message["camera_id"]), message)
    except Exception as error:  # noqa: BLE001 - each channel layer has exceptions of its own
        logger.warning("viewers of camera %s were not told: %s", message["camera_id"], type(error).__name__)


async def announce_state(camera_id: int, state: CameraState) -> None:
    await announce({"type": "camera.state", "camera_id": camera_id, "state": state})


async def announce_frame(camera_id: int, frame: int) -> None:
    await announce({"type": "frame.ready", "camera_id": camera_id, "frame": frame})


async def announce_sighting(camera_id: int, event: SightingEvent) -> None:
    await announce({"type": "sighting", "camera_id": camera_id, "event": event})


async def announce_sightings(events: Sequence[tuple[int, SightingEvent]]) -> None:
    """Announces several events (camera id, event) within TIMEOUT_S altogether."""
    said: list[SightingSaid] = [{"type": "sighting", "camera_id": camera, "event": event} for camera, event in events]
    layer: Any = get_channel_layer()
    try:
        async with asyncio.timeout(TIMEOUT_S):
            for message in said:
                await layer.group_send(camera_group(message["camera_id"]), message)
    except Exception as error:  # noqa: BLE001 - each channel layer has exceptions of its own
        logger.warning("viewers were not told of %d corrected sightings: %s", len(said), type(error).__name__)


async def announce_sighting_gone(camera_id: int, sighting: str) -> None:
    await announce({"type": "sighting.gone", "camera_id": camera_id, "sighting": sighting})


async def announce_alerts(said: Sequence[AlertSaid]) -> None:
    """Announces several alerts to all open dashboards, within TIMEOUT_S altogether."""
    layer: Any = get_channel_layer()
    try:
        async with asyncio.timeout(TIMEOUT_S):
            for message in said:
                await layer.group_send(VIEWERS, message)
    except Exception as error:  # noqa: BLE001 - each channel layer has exceptions of its own
        logger.warning("dashboards were not told of %d alerts: %s", len(said), type(error).__name__)
