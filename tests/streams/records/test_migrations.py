"""Migrations: one from long ago ends like a new one, and an index over what may be large holds up no camera."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from tests.databases import migrated_to

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]
BEFORE, AFTER = ("streams", "0008_stored_videos"), ("streams", "0009_named_by_time")
CAMERAS_BEFORE = ("streams", "0024_cases_and_videos")
"""The last migration before cameras could keep whole frames."""
A_CAMERA = """
INSERT INTO streams_camera (name, slug, source, username, sealed_password, enabled, loop, analysis_fps,
    smallest_face_px, created_at, updated_at)
VALUES (%s, %s, '0', '', '', true, false, 8, 40, now(), now())
"""


def migrate(*targets: Any) -> None:
    MigrationExecutor(connection).migrate(targets)


def newest() -> Any:
    return MigrationExecutor(connection).loader.graph.leaf_nodes()


@pytest.fixture
def before() -> Iterator[None]:
    """A database as it was before the migration."""
    with migrated_to(BEFORE):
        yield


def index() -> tuple[str, bool] | None:
    """Its definition, and whether it is in use."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_indexdef(indexrelid), indisvalid FROM pg_index "
            "WHERE indexrelid = to_regclass('sighting_named')"
        )
        found: tuple[str, bool] | None = cursor.fetchone()
        return found


@contextmanager
def somebody_else() -> Iterator[Any]:
    other = psycopg2.connect(**connection.get_connection_params())
    try:
        yield other.cursor()
    finally:
        other.close()


def test_a_database_from_before_ends_like_one_from_scratch_and_its_cameras_keep_no_more() -> None:
    """It goes all the way once, for that takes 10 s of the processor. An update must not begin to store more of
    bystanders than the site has agreed to.
    """
    from_scratch = index()
    assert from_scratch is not None and from_scratch[1]
    with migrated_to(BEFORE), connection.cursor() as cursor:
        assert index() is None
        migrate(CAMERAS_BEFORE)
        cursor.execute(A_CAMERA, ["Old", "old"])
        migrate(*newest())
        assert index() == from_scratch
        cursor.execute(A_CAMERA, ["New", "new"])
        cursor.execute("SELECT name, keeps_whole_frame, clip_seconds FROM streams_camera ORDER BY name DESC")
        assert cursor.fetchall() == [("Old", False, 0), ("New", True, 0)]


def test_what_an_attempt_left_that_was_broken_off_is_made_good(before: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX sighting_named ON streams_sighting (last_seen_at)")
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'sighting_named'::regclass")
    migrate(AFTER)
    found = index()
    assert found is not None and found[1] and "WHERE" in found[0]


def test_sightings_are_written_while_the_index_is_made(before: None) -> None:
    touch = "DELETE FROM streams_sighting WHERE id = gen_random_uuid()"

    def build() -> None:
        try:
            migrate(AFTER)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads, somebody_else() as first, somebody_else() as second:
        first.execute(touch)  # in a transaction that goes on: the index waits for its end
        building = threads.submit(build)
        await_the_index_waiting()
        second.execute("SET lock_timeout = '5s'")
        second.execute(touch)
        second.connection.rollback()
        first.connection.rollback()
        building.result(timeout=60)


def await_the_index_waiting() -> None:
    """Until the migration waits for a lock. Fails by the test's time limit."""
    waits = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%' AND wait_event_type = 'Lock'"
    with connection.cursor() as cursor:
        while True:
            cursor.execute(waits + " AND pid <> pg_backend_pid()")
            if cursor.fetchone() == (1,):
                return
            cursor.execute("SELECT pg_sleep(0.05)")
