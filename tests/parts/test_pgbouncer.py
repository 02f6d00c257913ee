"""The whole site behind PgBouncer, which gives each transaction another connection: nothing may lean on a session."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from facesite.lab.cluster import Cluster
from facesite.lab.servers import NOBODY, LocalServer, free_port, postgres
from people.base.statement_limit import is_too_slow, statement_limit

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]
SETTINGS = """
[databases]
postgres = host=127.0.0.1 port={postgres} dbname=postgres user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {pool_size}
max_client_conn = 200
admin_users = postgres
ignore_startup_parameters = extra_float_digits
"""


@contextmanager
def pgbouncer(postgres: int, pool_size: int = 4) -> Iterator[int]:
    """Its port. Skipped, visibly, where it is not installed; in CI that fails."""
    binary = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if binary is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no PgBouncer here: `make parts` installs it")
    port = free_port()
    with TemporaryDirectory(prefix="facesite-pgbouncer-") as folder:
        settings = Path(folder) / "pgbouncer.ini"
        settings.write_text(SETTINGS.format(postgres=postgres, port=port, pool_size=pool_size))
        Path(folder).chmod(0o755)
        # It refuses to run as root.
        identity: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        server = LocalServer([binary, str(settings)], port, **identity)
        server.start()
        try:
            yield port
        finally:
            server.stop()


def asked(port: int, query: str, database: str = "postgres") -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(host="127.0.0.1", port=port, user="postgres", dbname=database)
    try:
        connection.autocommit = True  # its own console knows no transactions
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()
    finally:
        connection.close()


def test_people_are_enrolled_and_named_by_a_camera_through_a_pooler(tmp_path: Path) -> None:
    with TemporaryDirectory(prefix="facesite-pooled-") as folder:
        Path(folder).chmod(0o755)
        cluster = Cluster(Path(folder), workers=2)
        with pgbouncer(cluster.postgres.port) as port:
            cluster.database_url = f"postgres://postgres@127.0.0.1:{port}/postgres"
            with cluster:
                cluster.await_ready()
                named = "SELECT count(*) FROM streams_sighting WHERE verdict = 'match'"
                until = time.monotonic() + 120
                while asked(cluster.postgres.port, named) == [(0,)]:
                    assert time.monotonic() < until, (Path(folder) / "worker-1.log").read_text()[-3000:]
                    time.sleep(1)
                server_connections = len(asked(port, "SHOW SERVERS", "pgbouncer"))
                client_connections = len(asked(port, "SHOW CLIENTS", "pgbouncer"))
                logs = "".join((Path(folder) / f"{name}.log").read_text() for name in cluster.names)
    assert server_connections <= 4 < client_connections
    assert "Traceback" not in logs
    assert "does not exist" not in logs  # a prepared statement or a cursor of another connection


@pytest.mark.django_db  # or no connection would be allowed, not even to a server of our own
def test_the_limit_of_one_clients_statements_is_not_left_to_the_others() -> None:
    with TemporaryDirectory(prefix="facesite-pooled-") as folder:
        Path(folder).chmod(0o755)
        server = postgres(Path(folder) / "postgres")
        server.start()
        try:
            with pgbouncer(server.port, pool_size=1) as port:
                web = site_connection(port)
                with statement_limit(0.3), web.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid(), current_setting('statement_timeout')")
                    backend, limit = cursor.fetchone()
                    with pytest.raises(OperationalError) as slow:
                        cursor.execute("SELECT pg_sleep(30)")
                assert limit == "300ms" and is_too_slow(slow.value)
                others = "SELECT pg_backend_pid(), current_setting('statement_timeout')"
                assert asked(port, others) == [(backend, "0")]
                web.close()
        finally:
            server.stop()


def site_connection(port: int) -> BaseDatabaseWrapper:
    where = {"HOST": "127.0.0.1", "PORT": port, "USER": "postgres", "NAME": "postgres"}
    return ConnectionHandler({"default": {"ENGINE": "facesite.postgres", **where}})["default"]
