"""Runs one camera on this worker: starts its child, listens to it, kills it when stuck, and starts it again.

A stuck child counts as dead: the runner kills a child that sends no heartbeat, and the camera's row shows the reason.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from streams.pipeline.messages import (
    CameraConfig,
    FromChild,
    GaveUp,
    Heartbeat,
    SentPicture,
    ToChild,
    ToParent,
    UseGallery,
    UseSaid,
    WatchMode,
)
from streams.pipeline.reasons import NONE, Reason, Sentence, joined
from streams.pipeline.states import ChildState
from streams.running.child import STOP_S, CameraChild, MakeChild, Target
from streams.wire.watching import NOBODY

logger = logging.getLogger(__name__)

# 60 s until the first heartbeat: loading the interpreter, the libraries and the networks on a busy machine.
FIRST_WORD_S = 60.0
# 15 s: the child sends a heartbeat every second, so 15 misses in a row.
SILENT_S = 15.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
# 1 s: a child connects, opens the stream and looks at its first picture in 0.25 s of a processor. One whose camera
# does not answer takes nothing from the others meanwhile, and need not keep them waiting.
BEGINS_S = 1.0
# A child that worked for a minute was well: it ended for another reason than the child before.
WELL_AFTER_S = 60.0


class CameraRunner:
    """Runs a camera from `run()` to `stop()`, or until its file has ended.

    `hear` gets every message, `lost` the reason of each unexpected end. A child holds one of `places` while it begins:
    many that begin side by side would take the processor from all cameras, and from the worker that renews leases.
    """

    def __init__(
        self,
        config: CameraConfig,
        target: Target,
        gallery: UseGallery,
        *,
        hear: Callable[[ToParent], None],
        lost: Callable[[Sentence], None],
        places: asyncio.Semaphore,
        silent_s: float = SILENT_S,
        make_child: MakeChild = CameraChild,
    ) -> None:
        self.config = config
        self.starts = 0
        self.watch_mode: WatchMode = NOBODY
        self._target, self._gallery = target, gallery
        self._said = UseSaid({})
        self._hear, self._lost, self._places = hear, lost, places
        self._silent_s, self._make_child = silent_s, make_child
        self._child: CameraChild | None = None
        self._heard_at: float | None = None
        self._settled = asyncio.Event()
        self._gave_up = NONE
        self.ended = ""
        """Why there is nothing more to play; then `run` returns by itself."""
        self._stopping = asyncio.Event()
        self._grace_s = STOP_S
        self._short_lives = 0

    @property
    def pid(self) -> int | None:
        """Returns the process id of the child that runs now."""
        return self._child.pid if self._child else None

    @property
    def has_begun(self) -> bool:
        """Returns whether a child has sent a heartbeat or has failed already."""
        return self._heard_at is not None or self.starts > 1 or self._short_lives > 0

    def use(self, gallery: UseGallery) -> None:
        """Makes this child from its next frame on, and every later child, decide with `gallery`."""
        self._gallery = gallery
        self._send(gallery)

    def feed(self, picture: SentPicture) -> None:
        """Sends a browser's picture to the child; it is lost if no child runs or a newer one replaces it first."""
        self._send(picture)

    def say(self, said: UseSaid) -> None:
        """Tells the child what is said of its open sightings, if that has changed; a later child has others."""
        if said != self._said:
            self._said = said
            self._send(said)

    def watch(self, mode: WatchMode) -> None:
        if mode != self.watch_mode:
            self.watch_mode = mode
            self._send(mode)

    def stop(self, grace_s: float = STOP_S) -> None:
        """Lets `run` end; the child gets `grace_s` to close its sightings."""
        self._grace_s = grace_s
        self._stopping.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            reason = await self._live()
            if reason is None:
                return
            lasted = time.monotonic() - began
            self._short_lives = 0 if lasted > WELL_AFTER_S else self._short_lives + 1
            await self._pause(reason)

    async def _live(self) -> Sentence | None:
        """Runs one child from start to end; returns why it ended, or None if it was asked to stop."""
        try:
            if not await self._take_place():
                return None
            try:
                child = await self._start()
                await self._begin(child)
            finally:
                self._places.release()
            return await self._attend(child)
        finally:
            started, self._child = self._child, None
            with suppress(asyncio.CancelledError):
                if started and started.pid is not None:
                    await started.kill()

    async def _take_place(self) -> bool:
        """Waits for one of the places; returns False, without one, if it is to stop.

        A camera that is switched off while a hundred begin must not wait for its turn: the sweep that renews the leases
        waits for it.
        """
        place, stopping = asyncio.ensure_future(self._places.acquire()), asyncio.ensure_future(self._stopping.wait())
        is_stopping = True
        try:
            await asyncio.wait({place, stopping}, return_when=asyncio.FIRST_COMPLETED)
            is_stopping = self._stopping.is_set()
        finally:
            stopping.cancel()
            is_taken = not place.cancel()  # one that is taken cannot be cancelled any more
            if is_taken and is_stopping:
                self._places.release()
        return is_taken and not is_stopping

    async def _start(self) -> CameraChild:
        # With the engine in use the child opens no network that it does not need.
        config = replace(self.config, engine=self._gallery.gallery.engine)
        child = self._child = self._make_child(config, self._target, self._on_message)
        self._heard_at, self._gave_up = None, NONE
        self._settled.clear()
        self.starts += 1
        await child.start()
        child.send(self._gallery)
        child.send(self.watch_mode)
        return child

    async def _begin(self, child: CameraChild) -> None:
        """Waits until the child is live or says why not, has ended, is to stop, or has had BEGINS_S."""
        settled, stopping = asyncio.ensure_future(self._settled.wait()), asyncio.ensure_future(self._stopping.wait())
        events: set[asyncio.Future[Any]] = {settled, stopping, child.exited}
        await asyncio.wait(events, timeout=BEGINS_S, return_when=asyncio.FIRST_COMPLETED)
        settled.cancel()
        stopping.cancel()

    async def _attend(self, child: CameraChild) -> Sentence | None:
        started = time.monotonic()
        stopping = asyncio.ensure_future(self._stopping.wait())
        events: set[asyncio.Future[Any]] = {child.exited, stopping}
        try:
            while True:
                due = started + FIRST_WORD_S if self._heard_at is None else self._heard_at + self._silent_s
                left = due - time.monotonic()
                if left <= 0:
                    return await self._kill_silent(child)
                await asyncio.wait(events, timeout=min(left, self._silent_s), return_when=asyncio.FIRST_COMPLETED)
                if stopping.done():
                    await child.stop(self._grace_s)
                    return None
                if child.exited.done():
                    if self.ended:
                        return None
                    code = _in_words(child.exited.result())
                    return self._gave_up or Reason.PROCESS_ENDED.said(how=code)
        finally:
            stopping.cancel()

    async def _kill_silent(self, child: CameraChild) -> Sentence:
        await child.kill()
        silence = FIRST_WORD_S if self._heard_at is None else self._silent_s
        return Reason.PROCESS_SILENT.said(silent_s=silence)

    async def _pause(self, reason: Sentence) -> None:
        longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self._short_lives, 10))
        # Half to full, at random: cameras that died together must not start together.
        pause_s = max(FIRST_PAUSE_S, longest * random.uniform(0.5, 1.0))  # noqa: S311 - not for secrets
        logger.warning("camera %s: %s", self.config.slug, reason, extra={"camera": self.config.slug})
        self._lost(joined(reason, Reason.NEXT_START.said(delay_s=pause_s)))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), pause_s)

    def _on_message(self, message: FromChild) -> None:
        if isinstance(message, GaveUp):
            self._gave_up = message.reason
            return
        if isinstance(message, Heartbeat):
            self._heard_at = time.monotonic()
            if message.state != ChildState.CONNECTING:
                self._settled.set()
            if message.state == ChildState.ENDED:
                self.ended = message.reason
        self._hear(message)

    def _send(self, message: ToChild) -> None:
        if self._child is not None:
            self._child.send(message)


def _in_words(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"signal {-exit_code}"
    return f"exit code {exit_code}"
