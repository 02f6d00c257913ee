"""Databases of the tests: each process copies one that is migrated already, and puts back what a test changed.

Migrating takes 7 s of the processor, a copy 0.3 s. Django's `flush` truncates all tables, which waits for the disk, and
makes types and rights anew: 0.3 s after each of the hundreds of tests that commit. To delete the rows takes 3 ms.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

MAKING = 7_300_912
"""Of the lock under which one process makes the template while the others wait."""
SOON = "migrated_soon"

KEEP = """
CREATE SCHEMA migrated;
DO $$ DECLARE named text; filled boolean; BEGIN
    FOR named IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', named) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE migrated.%I AS TABLE public.%I', named, named);
        END IF;
    END LOOP;
END $$
"""
RESTORE = """
DO $$ DECLARE named text; BEGIN
    SET LOCAL session_replication_role = replica;  -- neither triggers nor foreign keys; for superusers alone
    FOR named IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations' LOOP
        EXECUTE format('DELETE FROM public.%I', named);
    END LOOP;
    FOR named IN SELECT tablename FROM pg_tables WHERE schemaname = 'migrated' LOOP
        EXECUTE format('INSERT INTO public.%I TABLE migrated.%I', named, named);
    END LOOP;
END $$
"""


def template() -> str:
    """Returns the name of a migrated database to copy; it is kept from run to run, until a migration changes."""
    name = f"migrated_{_fingerprint()}"
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SELECT pg_advisory_lock(%s)", [MAKING])  # until this connection ends
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'migrated%%'")
        there = [found for (found,) in cursor.fetchall()]
        if name not in there:
            for old in there:
                cursor.execute(f'DROP DATABASE "{old}"')
            cursor.execute(f"CREATE DATABASE {SOON}")
            _migrate(SOON)
            cursor.execute(f'ALTER DATABASE {SOON} RENAME TO "{name}"')
    return name


def keep() -> None:
    """Copies every row that the migrations made, for `restore`."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP)


def restore() -> None:
    """Leaves the rows that the migrations made, and no other."""
    with connection.cursor() as cursor:
        cursor.execute(RESTORE)


def end_other_connections() -> None:
    """Ends the connections that threads of this process keep for a minute; a database that has any cannot go."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextmanager
def migrated_to(target: tuple[str, str]) -> Iterator[None]:
    """Works on a database of its own that was migrated from nothing to `target`, such as ("streams", "0008_videos").

    That takes 2 to 5 s. To go back from the newest migration and on to it again takes 40: each step back renders every
    model anew.
    """
    name = f"{connection.settings_dict['NAME']}_before"
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        with _using(name):
            MigrationExecutor(connection).migrate([target])
            yield
    finally:
        with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _migrate(name: str) -> None:
    with _using(name):
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _using(name: str) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _fingerprint() -> str:
    """Of the code of every migration. Types, rights and roles need none: `migrate` runs on the copy again."""
    modules = {type(each).__module__ for each in MigrationLoader(None).disk_migrations.values()}
    code = sha256()
    for module in sorted(modules):
        code.update(Path(str(sys.modules[module].__file__)).read_bytes())
    return code.hexdigest()[:16]
