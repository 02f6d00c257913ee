"""Trials of a source: the errand of a worker that opens a source once and shows what it saw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.conf import settings

from streams.cameras.errands import Errands
from streams.cameras.source_rules import stored_videos
from streams.pipeline.child.trial import TrialOrder, TrialResult
from streams.pipeline.reasons import Sentence
from streams.pipeline.sources.transport import Transport
from streams.pipeline.view import CameraView
from streams.records.regions import read_regions, stored_regions

# 3 s: a person does not click faster, and it slows down a script that scans networks.
ONE_EVERY_S = 3
ERRANDS = Errands(
    "trial",
    ONE_EVERY_S,
    f"A source can be tested every {ONE_EVERY_S} seconds.",
    "No worker opened the source: none is running, or all are busy.",
)


def begin(
    *, source: str, user_id: int, view: CameraView | None = None, transport: Transport = Transport.AUTOMATIC
) -> UUID:
    """Asks the workers to open `source`, which is resolved and contains its login. Raises TooManyTrials.

    `view`: how the picture is turned and what is blackened; None: as the camera sends it.
    """
    order = {"source": source, "view": _plain(view or CameraView()), "transport": transport.value}
    return ERRANDS.begin(order, user_id)


def claim(trial: str) -> tuple[TrialOrder, int] | None:
    """Returns the order and its user to the first worker that asks, and None to all others."""
    order = ERRANDS.claim(trial)
    if order is None:
        return None
    networks, view = tuple(settings.CAMERA_NETWORKS), _view(order.get("view", _plain(CameraView())))
    transport = Transport(order.get("transport", Transport.AUTOMATIC))
    return TrialOrder(order["source"], networks, stored_videos(), view, transport), order["user"]


def _plain(view: CameraView) -> dict[str, Any]:
    lie = {"turn": view.turn, "mirrored": view.mirrored, "pixel_aspect": view.pixel_aspect}
    return {**lie, "regions": stored_regions(view.regions)}


def _view(plain: dict[str, Any]) -> CameraView:
    return CameraView(**{**plain, "regions": read_regions(plain["regions"])})


def finish(trial: str, user_id: int, result: TrialResult) -> None:
    ERRANDS.finish(trial, user_id, (str(result.reason), result.picture, result.width_px, result.height_px))


def is_taken(trial: UUID) -> bool:
    return ERRANDS.is_taken(trial)


def wait_for(trial: UUID, *, user_id: int, sleep: Callable[[float], None]) -> TrialResult:
    """Waits for the result. Raises NoWorkerCame if no worker took it, or finished it."""
    return _result(ERRANDS.wait_for(trial, user_id, sleep))


def result_of(trial: UUID, *, user_id: int) -> TrialResult | None:
    """Returns the result for the user who asked; None for other users, and until it arrives."""
    found = ERRANDS.result_of(trial, user_id)
    return None if found is None else _result(found)


def _result(plain: Any) -> TrialResult:
    # The worker said the reason as a Sentence; the cache keeps plain text.
    return TrialResult(cast(Sentence, plain[0]), *plain[1:])
