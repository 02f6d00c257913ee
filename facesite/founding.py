"""Makes the secrets of a site whose parts run in containers of their own (compose.yml): at its first start, once.

    python -m facesite.founding SITE SERVERS

SITE gets what web and worker read by NAME_FILE, SERVERS what Postgres and Valkey read. What is there stays.
"""

from __future__ import annotations

import sys
from pathlib import Path
from secrets import token_hex
from tempfile import NamedTemporaryFile


def make_secrets(site: Path, servers: Path) -> None:
    database, redis = (
        kept(servers / "POSTGRES_PASSWORD", token_hex(32)),
        kept(servers / "VALKEY_PASSWORD", token_hex(32)),
    )
    kept(servers / "valkey.conf", f"requirepass {redis}\n")
    kept(site / "SECRET_KEY", token_hex(48))
    kept(site / "DATABASE_URL", f"postgres://facesite:{database}@postgres:5432/facesite")
    kept(site / "REDIS_URL", f"redis://:{redis}@valkey:6379/0")


def kept(path: Path, text: str) -> str:
    """Returns what `path` holds: `text` if it was not there. Readable by its owner alone, never half written."""
    if not path.exists():
        with NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
            file.write(text)
        Path(file.name).rename(path)
    return path.read_text()


if __name__ == "__main__":
    make_secrets(*map(Path, sys.argv[1:]))
