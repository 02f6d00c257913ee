"""Temporary folders and files with people's pictures: they go also if the process that made them was killed.

Python deletes its own at the end of a block, which kill -9 never reaches. Whoever was erased since would be left there.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

# 60 s: a folder that was made just now may have no lock yet.
NEW_S = 60.0
# A day: no upload takes so long, and a form has read its files by then.
OLD_UPLOAD_S = 86_400.0


@contextmanager
def working_folder(kind: str) -> Iterator[Path]:
    """Yields a new folder of this process alone, which is deleted at the end. `kind`: what it is for, one word.

    The process holds a lock on it, which ends with it: so `sweep_folders` knows those that nobody works in.
    """
    sweep_folders(kind)
    with tempfile.TemporaryDirectory(prefix=_prefix(kind)) as name:
        held = os.open(name, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_SH)
            yield Path(name)
        finally:
            os.close(held)


def sweep_folders(kind: str) -> int:
    """Deletes folders of this kind whose process was killed; returns how many."""
    return sum(_swept(path) for path in Path(tempfile.gettempdir()).glob(f"{_prefix(kind)}*") if _is_ours(path, NEW_S))


def sweep_uploads() -> int:
    """Deletes uploaded files that Django had put aside for a request whose process was killed; returns how many."""
    folder, swept = Path(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir()), 0
    for path in folder.glob("tmp*.upload*"):
        if _is_ours(path, OLD_UPLOAD_S) and path.is_file():
            with suppress(OSError):
                path.unlink()
                swept += 1
    return swept


def _prefix(kind: str) -> str:
    return f"facesite-{kind}-"


def _is_ours(path: Path, after_s: float) -> bool:
    """Returns whether this user made it more than `after_s` seconds ago; False for a link, which may lead anywhere."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return not path.is_symlink() and found.st_uid == os.getuid() and time.time() - found.st_mtime > after_s


def _swept(path: Path) -> bool:
    try:
        held = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path)
    except OSError:  # somebody works in it, or another worker sweeps it
        return False
    finally:
        os.close(held)
    return True
