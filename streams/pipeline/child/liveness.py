"""The liveness network of a camera that hints at held pictures; without it the camera runs on and says so."""

from __future__ import annotations

from pathlib import Path

from people.recognition.errors import RecognitionError
from people.recognition.liveness.network import Liveness
from streams.pipeline.messages import CameraConfig
from streams.pipeline.reasons import NONE, Reason, Sentence


def liveness_of(config: CameraConfig) -> tuple[Liveness | None, Sentence]:
    """Returns the network if the camera asks for it, or why it cannot be had."""
    if not config.liveness_hint:
        return None, NONE
    if not config.has_liveness:
        return None, Reason.LIVENESS_MISSING.said()
    try:
        return Liveness.load(Path(config.cache_dir)), NONE
    except RecognitionError as error:
        return None, Reason.NO_LIVENESS.said(why=str(error))
