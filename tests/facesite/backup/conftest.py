"""Sites in folders of their own, and backups of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import pytest

from facesite.backup.tables import NOT_KEPT
from tests.upgrade.conftest import DUMPS, ROOT, Rows, make_folder, python, restored

OLDEST = DUMPS[0]
"""Something of everything: every table that there was has rows."""
ITSELF = "streams_backuptaken"
"""Says afterwards that a backup was made: it is in no backup of its own."""
ROWS = """
import json, sys
import django
django.setup()
from django.conf import settings
from django.db import connection
from tests.upgrade.conftest import rows_of
connection.ensure_connection()
print(json.dumps(rows_of(connection.settings_dict["HOST"])))
"""


@dataclass(frozen=True)
class Kept:
    """A site and its backup."""

    var: Path
    file: Path
    rows: Rows
    pictures: dict[str, bytes]


def manage(var: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs `manage.py command` on the site in `var`; the test looks at how it ended."""
    around = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env={**around, "VAR": str(var), **environment},
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip


def rows_in(var: Path) -> Rows:
    """The rows of every table that a backup keeps."""
    import json

    told: Rows = json.loads(python(var, "-c", ROWS))
    return {table: sorted(rows, key=repr) for table, rows in told.items() if table not in (*NOT_KEPT, ITSELF)}


def pictures_in(var: Path) -> dict[str, bytes]:
    media = var / "media"
    return {str(path.relative_to(media)): path.read_bytes() for path in media.rglob("*") if path.is_file()}


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory, portraits: Path) -> Kept:
    """A site with something of everything, a real person and a clip, as this release has it."""
    folder = tmp_path_factory.mktemp("kept")
    var = folder / "var"
    make_folder(var, OLDEST)
    with restored(OLDEST, var / "postgres"):
        python(var, "manage.py", "migrate", "--verbosity", "0")
        person = folder / "photos" / "Barack Obama"
        person.mkdir(parents=True)
        for name in ("obama.jpg", "obama2.jpg"):
            copyfile(portraits / name, person / name)
        enrolled = manage(var, "enrol_folder", str(folder / "photos"))
        assert enrolled.returncode == 0, enrolled.stdout + enrolled.stderr
        done = manage(var, "backup", str(folder / "site.backup"))
        assert done.returncode == 0, done.stderr
        return Kept(var, folder / "site.backup", rows_in(var), pictures_in(var))


@pytest.fixture(scope="session")
def restored_site(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The backup in a folder that was empty."""
    var = tmp_path_factory.mktemp("restored") / "var"
    done = manage(var, "restore", str(kept.file))
    assert done.returncode == 0, done.stdout + done.stderr
    return var


@pytest.fixture
def empty_site(migrated_site: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A site whose database has been made, and nothing since."""
    return migrated_site(tmp_path)
