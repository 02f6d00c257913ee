"""The guard of a web process: it looks at the logins of all open sockets and streams at once, again and again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextvars import Context
from typing import ParamSpec, Protocol, TypeVar
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from people.base.statement_limit import statement_limit
from streams.live.standing import Login, LoginStanding, read_standings
from streams.wire.database_thread import UNREACHABLE, DatabaseThread

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

# 0.75 s: a right that was taken ends within 2 s, the looks of a hundred sockets included. A
# doorbell would only be quicker, and every place that takes rights would have to ring it: the admin, a shell, SQL.
LOOK_EVERY_S = 0.75
# 5 s: a look takes milliseconds; a database that takes longer is asked again by the next one.
STATEMENT_S = 5.0


class Guarded(Protocol):
    """An open connection. The guard calls it in the event loop; it must not wait there."""

    def login_ended(self) -> None: ...

    def rights_changed(self, *, sees_cameras: bool) -> None:
        """`sees_cameras`: False if the user has no right to see any, so that nothing need be read to know that."""


class Guard:
    """Tells connections when their login ends or its rights change. It looks only while there are connections.

    It has one thread with one database connection, in which the connections read what they may show now, too.
    """

    def __init__(self) -> None:
        self._watched: dict[Guarded, tuple[Login, LoginStanding | None]] = {}
        """Each connection with what was told it last; None: that its login has ended."""
        self._thread: DatabaseThread | None = None
        self._task: asyncio.Task[None] | None = None

    async def watch(self, connection: Guarded, login: Login) -> bool:
        """Watches `login` for `connection` until `leave`; returns False, and does not, if the login is over.

        Call it before reading what the connection may show, so that no change falls in between.
        """
        standings = await database_sync_to_async(read_standings)([login])
        if login not in standings:
            return False
        self._watched[connection] = login, standings[login]
        if self._task is None or self._thread is None:
            self._thread = DatabaseThread("guard")
            # In a context of its own: not in that of the first connection, whose id would stand in every log line.
            self._task = asyncio.create_task(self._look_again_and_again(self._thread), context=Context())
        return True

    async def ask(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Runs `function`, which reads from the database, in the guard's thread; for watched connections alone.

        Raises one of UNREACHABLE if the database is away. Opening a connection for each look took two thirds of it.
        """
        assert self._thread is not None  # it is there as long as a connection is watched
        return await self._thread.call(_limited, function, *args, **kwargs)

    async def leave(self, connection: Guarded) -> None:
        """Stops watching for `connection`; does nothing if it was not watched. The last one ends the looks."""
        self._watched.pop(connection, None)
        if not self._watched and self._task is not None:
            task, self._task, self._thread = self._task, None, None
            task.cancel()
            await asyncio.wait([task])  # it gives its database connection back

    async def _look_again_and_again(self, thread: DatabaseThread) -> None:
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                await self._look(thread)
        finally:
            await thread.close()

    async def _look(self, thread: DatabaseThread) -> None:
        logins = {login for login, told in self._watched.values() if told is not None}
        try:
            standings = await thread.call(_limited, read_standings, logins)
        except UNREACHABLE:
            return  # the thread has logged it; nobody can take a right from a database that is away
        except Exception:  # whatever it was, connections must not stay open unwatched
            logger.exception("the guard cannot read rights: every connection looks for itself")
            for connection in list(self._watched):
                connection.rights_changed(sees_cameras=True)  # as far as is known
            return
        self._tell(logins, standings)

    def _tell(self, logins: set[Login], standings: Mapping[Login, LoginStanding]) -> None:
        for connection, (login, told) in list(self._watched.items()):
            now = standings.get(login)
            if told is None or told == now or login not in logins:  # the last: it came while the database was asked
                continue
            self._watched[connection] = login, now
            if now is None:
                connection.login_ended()
            else:
                connection.rights_changed(sees_cameras=now.sees_cameras)


def _limited(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Limits each statement: one that hangs must not hold up the looks of all others for long."""
    with statement_limit(STATEMENT_S):
        return function(*args, **kwargs)


_GUARDS: WeakKeyDictionary[asyncio.AbstractEventLoop, Guard] = WeakKeyDictionary()


def guard() -> Guard:
    """Returns the guard of this event loop: a web process has one loop."""
    return _GUARDS.setdefault(asyncio.get_running_loop(), Guard())
