"""Builds the tables as the backup's site had them: by the same migrations, and no later one."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.graph import MigrationGraph

from facesite.backup.errors import Refused
from facesite.backup.tables import quoted, tables_of

_OWN_FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = current_schema()::text::regnamespace
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


def build(migrations: list[list[str]]) -> None:
    """Makes the empty site's database one that has had exactly `migrations`. Raises Refused if it knows not all."""
    executor, wanted = MigrationExecutor(connection), {(app, name) for app, name in migrations}
    if unknown := wanted - executor.loader.disk_migrations.keys():
        app, name = min(unknown)
        raise Refused(
            f"This backup is of a later release, or of one with other parts ({app}.{name} is unknown here): restore it "
            "with the release that made it, or with a later one."
        )
    if wanted == executor.loader.applied_migrations.keys():
        return
    with connection.cursor() as cursor:
        _drop_everything(cursor)
    executor = MigrationExecutor(connection)
    executor.migrate(_last_of(wanted, executor.loader.graph))


def _last_of(wanted: set[tuple[str, str]], graph: MigrationGraph) -> list[tuple[str, str]]:
    """Returns those of `wanted` on which no other depends: all others come before them."""
    known = sorted(wanted & graph.nodes.keys())
    return [key for key in known if not any(child.key in wanted for child in graph.node_map[key].children)]


def _drop_everything(cursor: Any) -> None:
    """Drops tables and functions, but not the extension, which not everybody could make again."""
    if tables := tables_of(cursor):
        cursor.execute(f"DROP TABLE {', '.join(map(quoted, tables))} CASCADE")
    cursor.execute(_OWN_FUNCTIONS)
    if functions := [name for (name,) in cursor.fetchall()]:
        cursor.execute(f"DROP FUNCTION {', '.join(functions)} CASCADE")
