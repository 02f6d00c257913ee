"""A working folder of an earlier release, made of its dump, and what became of it when this release migrated it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg2
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
DUMPS = sorted(HERE.glob("*.sql"))
Rows = dict[str, list[dict[str, Any]]]
"""By table."""


@dataclass(frozen=True)
class Upgraded:
    """The folder is as the earlier release left it, but for the database, which this release has migrated."""

    var: Path
    host: str
    """Folder of the database's socket."""
    told: dict[str, Any]
    """What that release wrote down beside its dump."""
    before: Rows
    after: Rows

    @cached_property
    def now(self) -> dict[str, Any]:
        """What this release answers to the questions that the earlier one was asked."""
        command = ["-m", "tests.upgrade.answers", str(self.var / "told.json")]
        return dict(json.loads(python(self.var, *command)))


@pytest.fixture(scope="session", params=DUMPS, ids=lambda dump: dump.stem)
def upgraded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    var = tmp_path_factory.mktemp("upgrade") / "var"
    told = make_folder(var, request.param)
    with restored(request.param, var / "postgres") as host:
        before = rows_of(host)
        python(var, "manage.py", "migrate", "--verbosity", "0")
        yield Upgraded(var, host, told, before, rows_of(host))


def make_folder(var: Path, dump: Path) -> dict[str, Any]:
    """All of a working folder but the database: the key that signs, and the pictures."""
    told: dict[str, Any] = json.loads(dump.with_suffix(".json").read_text())
    for name in told["pictures"]:
        picture = var / "media" / name
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes((HERE / "drawn.jpg").read_bytes())
    (var / "secret-key").write_text(told["secret_key"])
    (var / "told.json").write_text(json.dumps(told))
    return told


@contextmanager
def restored(dump: Path, folder: Path) -> Iterator[str]:
    """The dump in a server that runs while it is needed; whoever starts over the same folder shares it."""
    command = [sys.executable, "-m", "tests.upgrade.restored", str(folder), str(dump)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        host = process.stdout.readline().strip()
        assert host, f"{dump.name} could not be restored"
        yield host
        process.communicate("", timeout=30)


def rows_of(host: str) -> Rows:
    """Every row of every table, its values as JSON has them."""
    with psycopg2.connect(host=host, user="postgres", dbname="postgres") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [name for (name,) in cursor.fetchall()]
        return {table: _rows(cursor, table) for table in tables}


def _rows(cursor: Any, table: str) -> list[dict[str, Any]]:
    cursor.execute(f'SELECT to_jsonb(each) FROM "{table}" AS each')
    return [row for (row,) in cursor.fetchall()]


def python(var: Path, *command: str) -> str:
    """What it prints, run with this release's settings over the folder. Fails with what it says."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    environment |= {"DJANGO_SETTINGS_MODULE": "facesite.settings", "VAR": str(var)}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
