"""Trials of a source: a web process orders one, and a worker runs it, because only workers reach cameras.

Nothing is stored in the database. In the cache, `trial:<id>` holds the order, sealed because it contains the password;
`trial:<id>:taken` is the claim of the worker that runs it; `trial:<user>:<id>` holds the result for the user who asked.
If no worker listens, the message to the workers is lost, and the page says so.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings

from people.base.doorbells import GROUP
from streams.cameras.sealing import seal, unseal
from streams.cameras.source_rules import stored_videos
from streams.errors import NoWorkerCame, TooManyTrials
from streams.pipeline.child.trial import TrialOrder, TrialResult
from streams.pipeline.reasons import Sentence
from streams.pipeline.view import CameraView
from streams.records.regions import read_regions, stored_regions
from streams.wire.cache import shared_cache

logger = logging.getLogger(__name__)

WANTED = "trial.wanted"
KEPT_S = 120
# 3 s: a person does not click faster, and it slows down a script that scans networks.
ONE_EVERY_S = 3
# 5 s: a running worker with a free place takes an order at once.
TAKEN_WITHIN_S = 5.0
# 35 s: a worker gives a trial 25 s, and the rest is for waiting for a free place.
WAIT_S = 35.0
LOOK_EVERY_S = 0.1


def begin(*, source: str, user_id: int, view: CameraView | None = None) -> UUID:
    """Asks the workers to open `source`, which is resolved and contains its login. Raises TooManyTrials.

    `view`: how the picture is turned and what is blackened; None: as the camera sends it.
    """
    if not shared_cache().add(f"trial-user:{user_id}", 1, ONE_EVERY_S):
        raise TooManyTrials(f"A source can be tested every {ONE_EVERY_S} seconds.")
    trial = uuid4()
    order = json.dumps({"source": source, "user": user_id, "view": _plain(view or CameraView())})
    shared_cache().set(f"trial:{trial}", seal(order), KEPT_S)
    try:
        async_to_sync(get_channel_layer().group_send)(GROUP, {"type": WANTED, "trial": str(trial)})
    except Exception:  # each channel layer has its own exceptions; the page will say that no worker came
        logger.warning("the workers did not hear of a trial", exc_info=True)
    return trial


def claim(trial: str) -> tuple[TrialOrder, int] | None:
    """Returns the order and its user to the first worker that asks, and None to all others."""
    sealed = shared_cache().get(f"trial:{trial}")
    if sealed is None or not shared_cache().add(f"trial:{trial}:taken", 1, KEPT_S):
        return None
    shared_cache().delete(f"trial:{trial}")
    order = json.loads(unseal(sealed))
    networks, view = tuple(settings.CAMERA_NETWORKS), _view(order.get("view", _plain(CameraView())))
    return TrialOrder(order["source"], networks, stored_videos(), view), order["user"]


def _plain(view: CameraView) -> dict[str, Any]:
    lie = {"turn": view.turn, "mirrored": view.mirrored, "pixel_aspect": view.pixel_aspect}
    return {**lie, "regions": stored_regions(view.regions)}


def _view(plain: dict[str, Any]) -> CameraView:
    return CameraView(**{**plain, "regions": read_regions(plain["regions"])})


def finish(trial: str, user_id: int, result: TrialResult) -> None:
    plain = (str(result.reason), result.picture, result.width_px, result.height_px)
    shared_cache().set(f"trial:{user_id}:{trial}", plain, KEPT_S)


def is_taken(trial: UUID) -> bool:
    return shared_cache().get(f"trial:{trial}:taken") is not None


def wait_for(trial: UUID, *, user_id: int, sleep: Callable[[float], None]) -> TrialResult:
    """Waits up to WAIT_S for the result. Raises NoWorkerCame if no worker took it in TAKEN_WITHIN_S, or finished it."""
    begun = time.monotonic()
    while (waited := time.monotonic() - begun) < WAIT_S:
        if (result := result_of(trial, user_id=user_id)) is not None:
            return result
        if waited > TAKEN_WITHIN_S and not is_taken(trial):
            break
        sleep(LOOK_EVERY_S)
    shared_cache().delete(f"trial:{trial}")
    raise NoWorkerCame("No worker opened the source: none is running, or all are busy.", retry_after_s=10)


def result_of(trial: UUID, *, user_id: int) -> TrialResult | None:
    """Returns the result for the user who asked; None for other users, and until it arrives."""
    found = shared_cache().get(f"trial:{user_id}:{trial}")
    # The worker said the reason as a Sentence; the cache keeps plain text.
    return None if found is None else TrialResult(cast(Sentence, found[0]), *found[1:])
