"""Requests borrow threads that keep their connection to the database, and give them back when nothing runs in them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections

from facesite.web.threads import RequestThreads

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[], Any]


def backend() -> int:
    """Returns the process of Postgres that this thread's connection has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def thread() -> int:
    return threading.get_ident()


class Doing:
    """An application that does the work that stands in the scope, as views do, and keeps what it gave."""

    def __init__(self) -> None:
        self.gave: list[Any] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.gave.append(await sync_to_async(scope["work"])())


async def called(threads: RequestThreads, work: Work) -> None:
    await threads({"work": work}, None, None)
    await asyncio.sleep(0.05)  # the thread goes back after the answer


async def closed(threads: RequestThreads) -> None:
    """Ends the idle threads, whose connections would outlive the test's database."""
    threads._most_idle = 0
    await called(threads, thread)


async def test_the_next_request_finds_the_connection_of_the_last() -> None:
    app = Doing()
    threads = RequestThreads(app)
    for _ in range(3):
        await called(threads, backend)
    assert len(set(app.gave)) == 1
    await closed(threads)


async def test_requests_at_once_have_threads_of_their_own() -> None:
    app = Doing()
    threads = RequestThreads(app)
    together = threading.Barrier(3, timeout=10)

    def meet() -> int:
        together.wait()
        return thread()

    await asyncio.gather(*(called(threads, meet) for _ in range(3)))
    assert len(set(app.gave)) == 3
    await closed(threads)


async def test_a_thread_in_which_something_still_runs_is_not_lent() -> None:
    app = Doing()
    threads = RequestThreads(app)
    go_on = threading.Event()
    busy: list[int] = []

    async def leaves_behind(scope: dict[str, Any], receive: Any, send: Any) -> None:
        busy.append(await sync_to_async(thread)())
        asyncio.get_running_loop().create_task(sync_to_async(go_on.wait)(10))
        await asyncio.sleep(0)

    threads._app = leaves_behind
    await threads({}, None, None)
    threads._app = app
    await called(threads, thread)
    assert app.gave[0] != busy[0]
    go_on.set()
    await asyncio.sleep(0.1)
    await closed(threads)


async def test_more_idle_threads_than_wanted_end_with_their_connections() -> None:
    app = Doing()
    threads = RequestThreads(app, most_idle=1)
    together = threading.Barrier(2, timeout=10)

    def meet() -> int:
        together.wait()
        return backend()

    await asyncio.gather(called(threads, meet), called(threads, meet))
    await asyncio.sleep(0.1)
    left = await sync_to_async(_still_there)(app.gave)
    assert len(left) == 1
    await closed(threads)


async def test_a_thread_that_was_idle_for_long_ends() -> None:
    app = Doing()
    threads = RequestThreads(app, idle_s=0.2)
    together = threading.Barrier(2, timeout=10)

    def meet() -> int:
        together.wait()
        return backend()

    await asyncio.gather(called(threads, meet), called(threads, meet))
    for _ in range(5):
        await asyncio.sleep(0.1)
        await called(threads, thread)
    assert len(await sync_to_async(_still_there)(app.gave[:2])) == 1
    await closed(threads)


async def test_a_request_that_fails_gives_its_thread_back() -> None:
    async def fails(scope: dict[str, Any], receive: Any, send: Any) -> None:
        raise ZeroDivisionError

    threads = RequestThreads(fails)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await threads({}, None, None)
        await asyncio.sleep(0.05)
    assert len(threads._idle) == 1


def _still_there(backends: list[int]) -> list[int]:
    deadline = time.monotonic() + 5
    while True:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE pid = ANY(%s)", [backends])
            left = [pid for (pid,) in cursor.fetchall()]
        if len(left) <= 1 or time.monotonic() > deadline:
            return left
        time.sleep(0.05)
