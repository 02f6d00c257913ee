"""Errands: a web process orders one, and a worker does it, because only workers reach cameras.

Nothing is stored in the database. In the cache, `<kind>:<id>` holds the order, sealed because it contains a password;
`<kind>:<id>:taken` is the claim of the worker that does it; `<kind>:<user>:<id>` holds the result for the user who
asked. If no worker listens, the message to the workers is lost, and the page says so.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from people.base.doorbells import GROUP
from streams.cameras.sealing import seal, unseal
from streams.errors import NoWorkerCame, TooManyTrials
from streams.wire.cache import shared_cache

logger = logging.getLogger(__name__)

KEPT_S = 120
# 5 s: a running worker with a free place takes an order at once.
TAKEN_WITHIN_S = 5.0
# 35 s: a worker gives an errand 25 s, and the rest is for waiting for a free place.
WAIT_S = 35.0
LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Errands:
    """Errands of one kind; `<kind>.wanted` is the message to the workers."""

    kind: str
    one_every_s: int
    """Of one user."""
    too_many: str
    """What is said to a user who is quicker."""
    nobody: str
    """What is said if no worker came."""

    def begin(self, order: dict[str, Any], user_id: int) -> UUID:
        """Asks the workers for an errand. Raises TooManyTrials."""
        if not shared_cache().add(f"{self.kind}-user:{user_id}", 1, self.one_every_s):
            raise TooManyTrials(self.too_many)
        errand = uuid4()
        shared_cache().set(self._key(errand), self.sealed(order, user_id), KEPT_S)
        try:
            async_to_sync(get_channel_layer().group_send)(
                GROUP, {"type": f"{self.kind}.wanted", self.kind: str(errand)}
            )
        except Exception:  # each channel layer has its own exceptions; the page will say that no worker came
            logger.warning("the workers did not hear of a %s", self.kind, exc_info=True)
        return errand

    @staticmethod
    def sealed(order: dict[str, Any], user_id: int) -> str:
        return seal(json.dumps({**order, "user": user_id}))

    def claim(self, errand: str) -> dict[str, Any] | None:
        """Returns the order, with its `user`, to the first worker that asks, and None to all others."""
        sealed = shared_cache().get(self._key(errand))
        if sealed is None or not shared_cache().add(f"{self._key(errand)}:taken", 1, KEPT_S):
            return None
        shared_cache().delete(self._key(errand))
        order: dict[str, Any] = json.loads(unseal(sealed))
        return order

    def finish(self, errand: str, user_id: int, result: Any) -> None:
        """Keeps a plain result (tuples, numbers, texts, bytes) for its user."""
        shared_cache().set(f"{self.kind}:{user_id}:{errand}", result, KEPT_S)

    def is_taken(self, errand: UUID) -> bool:
        return shared_cache().get(f"{self._key(errand)}:taken") is not None

    def result_of(self, errand: UUID, user_id: int) -> Any:
        """Returns the plain result for the user who asked; None for other users, and until it arrives."""
        return shared_cache().get(f"{self.kind}:{user_id}:{errand}")

    def wait_for(self, errand: UUID, user_id: int, sleep: Callable[[float], None]) -> Any:
        """Waits up to WAIT_S. Raises NoWorkerCame if no worker took it in TAKEN_WITHIN_S, or finished it."""
        begun = time.monotonic()
        while (waited := time.monotonic() - begun) < WAIT_S:
            if (result := self.result_of(errand, user_id)) is not None:
                return result
            if waited > TAKEN_WITHIN_S and not self.is_taken(errand):
                break
            sleep(LOOK_EVERY_S)
        shared_cache().delete(self._key(errand))
        raise NoWorkerCame(self.nobody, retry_after_s=10)

    def _key(self, errand: UUID | str) -> str:
        return f"{self.kind}:{errand}"
