"""Calls to the database from async code, in one thread."""

import logging
import threading

import pytest
from django.db import OperationalError, connection

from streams.records.camera import Camera
from streams.wire.database_thread import DatabaseThread

pytestmark = pytest.mark.django_db(transaction=True)


async def test_calls_run_one_after_the_other_in_one_thread() -> None:
    database = DatabaseThread("test")
    names = {await database.call(lambda: threading.current_thread().name) for _ in range(3)}
    await database.close()
    assert len(names) == 1
    assert names != {threading.current_thread().name}


async def test_a_connection_that_broke_is_made_anew(caplog: pytest.LogCaptureFixture) -> None:
    """As after a restart of the database server: the first call fails, the next one works."""
    database = DatabaseThread("test")
    await database.call(Camera.objects.count)

    def lose_the_connection() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with caplog.at_level(logging.INFO, "streams.wire.database_thread"):
        with pytest.raises(OperationalError):
            await database.call(lose_the_connection)
        assert await database.call(Camera.objects.count) == 0
    await database.close()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
