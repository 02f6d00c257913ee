"""The files that backups are written to and read from: a path, or - for standard output and input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from facesite.backup.errors import Refused

STANDARD = Path("-")


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """Yields a file that only its owner may read; it has its name once it is whole, and is gone if the block fails.

    Raises Refused if there is one already.
    """
    if path == STANDARD:
        yield sys.stdout.buffer
        return
    if path.exists():
        raise Refused(f"{path} is there already: name another file.")
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)  # one that was killed may have left it
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


@contextmanager
def read(path: Path) -> Iterator[IO[bytes]]:
    if path == STANDARD:
        yield sys.stdin.buffer
        return
    with path.open("rb") as file:
        yield file
