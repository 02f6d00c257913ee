"""Joins the unknown faces of a video: with each other, and with the strangers whom cameras have seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from streams.pipeline.messages import MeanEncoding


def join_unknown(video: Any, encodings: Mapping[UUID, MeanEncoding]) -> None:
    """Gives numbers to the unknown faces of `video`, by the means of their encodings, which are not kept."""
