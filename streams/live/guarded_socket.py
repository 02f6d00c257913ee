"""A socket that ends within two seconds of its login, and looks again when the rights of its user change."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from streams.live.guard import guard
from streams.live.standing import Login
from streams.wire.bell import Bell
from streams.wire.database_thread import UNREACHABLE

logger = logging.getLogger(__name__)

BAD_MESSAGE, NOBODY, NO_RIGHT, NO_CAMERA, TOO_MANY = 4400, 4401, 4403, 4404, 4429
BROKEN = 1011
FAREWELLS = {
    NOBODY: "Your session has ended. Log in again.",
    NO_RIGHT: "Your account may not see this any more.",
    NO_CAMERA: "This camera is not there any more.",
    TOO_MANY: "Too many messages or open pages. Close some, and load this page again.",
}
"""What is said with a close code, for clients that are no browser; pages have sentences of their own."""
LOOK_AGAIN_S = 30.0
"""How often a socket looks by itself: at cameras that came or went unheard. The guard sees taken rights sooner."""

SPREAD_S = 0.25
AGAIN_S = 1.0
"""How long a socket waits for a database that is away before it looks again."""


class GuardedSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """The socket of one browser, which is open only as long as its user may have it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.look_again = Bell()
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = False
        self._ending: int | None = None
        """The close code, once the guard has said why the socket ends."""

    async def look(self) -> None:
        """Closes the socket, or shows from now on what its user may see now. Raises UNREACHABLE."""
        raise NotImplementedError

    @property
    def session_key(self) -> str | None:
        key: str | None = self.scope["session"].session_key
        return key

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.leave()

    async def leave(self) -> None:
        """Ends what runs beside the socket."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await guard().leave(self)  # after the looks, which ask it

    async def be_guarded(self) -> bool:
        """Has the guard watch the login; returns whether somebody is logged in. Call it before reading rights."""
        user = self.scope["user"]
        return bool(user.is_authenticated and await guard().watch(self, Login.of(user, self.scope["session"])))

    def begin(self, *work: Callable[[], Awaitable[None]]) -> None:
        """Runs the looks, and `work`, beside the messages from now on."""
        self._tasks = [asyncio.create_task(self._tend(each)) for each in (self._keep_looking, *work)]

    def login_ended(self) -> None:
        self._ending = NOBODY
        self.look_again.ring()

    def rights_changed(self, *, sees_cameras: bool) -> None:
        self.look_again.ring()

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        if not self._closed:
            self._closed = True
            await super().close(code, reason or FAREWELLS.get(code or 0))

    async def _keep_looking(self) -> None:
        """Looks at rights and cameras again and again, because they change while a socket is open."""
        while not self._closed:
            await self.look_again.wait(LOOK_AGAIN_S)
            if self._ending:
                await self.close(self._ending)
                return
            await asyncio.sleep(random.uniform(0, SPREAD_S))  # noqa: S311 - dashboards must not all ask at once
            try:
                await self.look()
            except UNREACHABLE:  # the rights are unknown
                await asyncio.sleep(AGAIN_S)
                self.look_again.ring()

    async def _tend(self, work: Callable[[], Awaitable[None]]) -> None:
        """Runs `work` and closes the socket if it fails: a socket must not stay open without checks of its rights."""
        try:
            await work()
        except StopConsumer:
            self._closed = True
        except Exception:  # whatever it was, closing is safe
            logger.exception("a socket is closed by an error")
            await self.close(BROKEN)
