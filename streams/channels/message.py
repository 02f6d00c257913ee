"""What a channel is told: one message, in words for people and in fields for machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from streams.pipeline.sources.networks import CameraNetworks


@dataclass(frozen=True, slots=True)
class Message:
    """One delivery. It holds no picture: `link` leads to the site, which asks who wants to see it."""

    id: str
    """The same at every attempt."""
    event: str
    """alert, test or summary."""
    at: datetime
    """When this attempt was made, aware UTC."""
    title: str
    """One line, such as “Alarm: An unknown person at Hall”."""
    text: str
    """What follows the title: when, where, by which rule; several lines."""
    fields: Mapping[str, Any]
    """The same for machines: plain values that JSON takes."""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where messages go: a channel's address with its secrets opened. Never show or log it."""

    address: Mapping[str, Any]
    secret: Mapping[str, str] = field(repr=False)
    networks: CameraNetworks
