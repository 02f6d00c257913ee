"""One camera child as its parent sees it: a process, a pipe, and two threads that serve the pipe.

The reader thread passes the child's messages to the event loop. When the pipe ends, it reaps the process, so no child
stays as a zombie. If the parent dies, the pipe of each child ends, and that ends the child.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import threading
from collections.abc import Callable
from typing import Any

from streams.pipeline.child.orders import send
from streams.pipeline.messages import CameraConfig, FromChild, Stop, ToChild
from streams.running import forking
from streams.running.inbox import Inbox

logger = logging.getLogger(__name__)

Target = Callable[[CameraConfig, Any], None]
"""The child's main function: module level, importable without Django."""

# 5 s: a child closes its sightings within a frame; one that takes longer is stuck in a decoder.
STOP_S = 5.0
# 5 s after its pipe has ended, a process has either left or hangs in its exit.
REAP_S = 5.0


class CameraChild:
    """Call `await start()`, `send(…)` any time, `await stop()` last; `exited` is done when the process is reaped."""

    def __init__(self, config: CameraConfig, target: Target, on_message: Callable[[FromChild], None]) -> None:
        self.exited: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._loop = asyncio.get_running_loop()
        self._on_message = on_message
        self._inbox = Inbox(self._ring_loop)
        self._slots: dict[type, ToChild] = {}
        self._something_to_send = threading.Condition()
        self._over = False
        self.pid: int | None = None
        context = forking.children()
        self._pipe, self._childs_end = context.Pipe(duplex=True)
        self._process = context.Process(
            target=target, args=(config, self._childs_end), name=f"camera-{config.slug}", daemon=True
        )
        self._writer = threading.Thread(target=self._write, name=f"{self._process.name}-writer", daemon=True)

    @property
    def overlays_dropped(self) -> int:
        """Returns how many the parent dropped because its event loop was busy; the child counts its own."""
        return self._inbox.overlays_dropped

    async def start(self) -> None:
        await asyncio.to_thread(self._begin)

    def send(self, message: ToChild) -> None:
        """Sends a message to the child without waiting; a newer message replaces a waiting one of the same kind."""
        with self._something_to_send:
            self._slots[type(message)] = message
            self._something_to_send.notify()

    async def stop(self, grace_s: float = STOP_S) -> int | None:
        """Asks the child to leave, kills it after `grace_s`, and returns its exit code (negative: a signal)."""
        self.send(Stop())
        try:
            return await asyncio.wait_for(asyncio.shield(self.exited), grace_s)
        except TimeoutError:
            logger.warning("%s did not stop within %.0f s", self._process.name, grace_s)
            return await self.kill()

    async def kill(self) -> int | None:
        """Ends the child now and returns its exit code."""
        if not self.exited.done():
            self._process.kill()
        return await asyncio.shield(self.exited)

    def _begin(self) -> None:
        forking.start(self._process)
        self.pid = self._process.pid
        self._childs_end.close()  # otherwise the pipe would not end with the child
        self._writer.start()
        threading.Thread(target=self._read, name=f"{self._process.name}-reader", daemon=True).start()

    def _read(self) -> None:
        try:
            while True:
                self._inbox.put(self._pipe.recv())
        except (EOFError, OSError):
            pass
        except pickle.UnpicklingError:
            logger.exception("%s said something that cannot be read", self._process.name)
        self._end(self._reap())

    def _reap(self) -> int | None:
        self._process.join(REAP_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        return self._process.exitcode

    def _end(self, exit_code: int | None) -> None:
        with self._something_to_send:
            self._over = True
            self._something_to_send.notify()
        self._inbox.close()
        self._writer.join()  # quick: a write to a dead child fails; closing first could make it hit a reused handle
        self._pipe.close()
        self._call_in_loop(self._leave, exit_code)

    def _leave(self, exit_code: int | None) -> None:
        self._hand_over()
        self._process.close()
        self.exited.set_result(exit_code)

    def _write(self) -> None:
        while (message := self._next()) is not None:
            try:
                send(self._pipe, message)
            except OSError:  # the child is gone; the reader sees it too
                return

    def _next(self) -> ToChild | None:
        """Returns the next message to send, oldest kind first; None if the child is gone."""
        with self._something_to_send:
            self._something_to_send.wait_for(lambda: self._slots or self._over)
            if self._over:
                return None
            return self._slots.pop(next(iter(self._slots)))

    def _ring_loop(self) -> None:
        self._call_in_loop(self._hand_over)

    def _hand_over(self) -> None:
        for message in self._inbox.take():
            self._on_message(message)

    def _call_in_loop(self, function: Callable[..., None], *args: object) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:  # the loop is closed: the worker has left
            logger.debug("%s spoke after the end", self._process.name)


MakeChild = Callable[[CameraConfig, Target, Callable[[FromChild], None]], CameraChild]
"""CameraChild itself, or what makes one without a process for measurements."""
