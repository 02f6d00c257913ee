"""Keeps built graphs in a folder, each sealed with its own digest so that a damaged one is built again."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)
_SEAL_BYTES = 32


def cached(path: Path, build: Callable[[], bytes]) -> bytes:
    """Returns what `build` gives, read from `path` if it is there and whole.

    Several processes may call this at once: each writes a file of its own and renames it, and the last one stays. A
    folder that cannot be written to costs a second at each start and nothing else.
    """
    if (content := _unsealed(path)) is not None:
        return content
    content = build()
    try:
        _write(path, hashlib.sha256(content).digest() + content)
    except OSError as error:
        log.warning("cannot keep %s, it will be built at every start: %s", path.name, error.strerror)
    return content


def _unsealed(path: Path) -> bytes | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("cannot read %s: %s", path.name, error.strerror)
        return None
    seal, content = data[:_SEAL_BYTES], data[_SEAL_BYTES:]
    if hashlib.sha256(content).digest() == seal:
        return content
    log.warning("%s is damaged and is built again", path.name)
    return None


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
