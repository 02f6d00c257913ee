"""A Postgres and a Valkey for one simulation, and the environment in which `manage.py` uses them."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from facesite.lab.servers import LocalServer, postgres, valkey

ROOT = Path(__file__).resolve().parent.parent.parent.parent
CONNECTIONS_EACH = 8
"""Connections of a worker: leases, recording, states and gallery, and those for photos and imports."""
MORE_CONNECTIONS = 50


@dataclass(frozen=True, slots=True)
class SimulatedSite:
    postgres: LocalServer
    valkey: LocalServer
    environment: dict[str, str]

    def manage(self, *command: str) -> str:
        """Runs `manage.py command` on this site, and returns its output. Raises CalledProcessError."""
        manage = [sys.executable, "manage.py", *command]
        done = subprocess.run(manage, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout


@contextmanager
def simulated_site(workers: int) -> Iterator[SimulatedSite]:
    """Starts both servers with an empty, migrated database; removes everything afterwards. Raises NotInstalled."""
    with TemporaryDirectory(prefix="facesite-fleet-") as folder:
        Path(folder).chmod(0o755)  # Postgres runs as another user when this is root
        most = MORE_CONNECTIONS + CONNECTIONS_EACH * workers
        database = postgres(Path(folder) / "postgres", max_connections=most)
        password = secrets.token_urlsafe()
        cache = valkey(Path(folder) / "valkey", password)
        site = SimulatedSite(database, cache, _environment(Path(folder), database.port, cache.port, password))
        try:
            database.start()
            cache.start()
            site.manage("migrate", "-v0")
            yield site
        finally:
            for server in (cache, database):
                server.stop()


def _environment(folder: Path, postgres: int, valkey: int, password: str) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")},
        "MODEL_CACHE": os.environ.get("MODEL_CACHE", str(ROOT / "var" / "models")),
        "VAR": str(folder),
        "DATABASE_URL": f"postgres://postgres@127.0.0.1:{postgres}/postgres",
        "REDIS_URL": f"redis://:{password}@127.0.0.1:{valkey}/0",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DJANGO_SETTINGS_MODULE": "facesite.settings",
        "HTTPS": "false",
        "OMP_NUM_THREADS": "1",
    }
