"""A folder of fetched videos with a size limit, shared by the camera processes of one machine.

`<digest>.part` grows while a process fetches a video, and survives that process. It is renamed once it is whole and
its checksum is right. A video that plays is locked and stays. When room is needed, the others are removed, longest
unused first.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from streams.pipeline.errors import Fetching, SourceDown
from streams.pipeline.reasons import Reason

PART = ".part"
KEEP_FREE_BYTES = 200_000_000
"""Bytes of the disk that stay free: a full disk would stop more than this camera."""
READ_BYTES = 1 << 20


class KeptVideo:
    """A whole video on disk that no process removes until `close`."""

    def __init__(self, path: Path, lock: BinaryIO) -> None:
        self.path, self._lock = path, lock

    def close(self) -> None:
        self._lock.close()


class Part:
    """A video that this process alone is fetching."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file = path, file
        self.size_bytes = file.seek(0, os.SEEK_END)

    def write(self, data: bytes) -> None:
        """Appends `data`. Raises SourceDown if the disk is full."""
        try:
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            raise SourceDown(Reason.CANNOT_KEEP.said(why=error.strerror)) from None
        self.size_bytes += len(data)

    def finish(self, crc32c: bytes) -> KeptVideo:
        """Returns the whole video. If it is not what was stored, deletes the part and raises SourceDown."""
        if crc32c and _crc32c(self._file) != crc32c:
            self._path.unlink()
            raise SourceDown(Reason.DAMAGED.said())
        os.fsync(self._file.fileno())
        whole = self._path.with_suffix("")
        self._path.rename(whole)
        fcntl.flock(self._file, fcntl.LOCK_SH)  # from now on other processes may play it, too
        kept = _locked(whole)
        assert kept is not None  # nobody removes a file whose .part is locked
        return kept


class VideoCache:
    def __init__(self, folder: str, most_bytes: int) -> None:
        self._folder, self._most_bytes = Path(folder), most_bytes

    def kept(self, bucket: str, name: str, generation: str) -> KeptVideo | None:
        """Returns the video if it is here, and marks it as used now."""
        return _locked(self._path(bucket, name, generation))

    @contextmanager
    def fetching(self, bucket: str, name: str, generation: str, size_bytes: int) -> Iterator[Part]:
        """Yields the part that is here, and makes room for the rest. Raises Fetching while another process fetches."""
        path = self._path(bucket, name, generation)
        part = path.with_name(path.name + PART)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = part.open("a+b")
        except OSError as error:
            raise SourceDown(Reason.CANNOT_KEEP.said(why=error.strerror)) from None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Fetching(os.fstat(file.fileno()).st_size, size_bytes) from None
            if not _is_still(part, file):  # whole by now, or removed to make room
                raise Fetching(0, size_bytes)
            here = Part(part, file)
            self._make_room(size_bytes - here.size_bytes)
            yield here

    def _make_room(self, wanted_bytes: int) -> None:
        """Removes unused files, longest unused first. Raises SourceDown if that is not enough."""
        others = sorted(self._files(), key=lambda entry: entry[1].st_mtime)
        used = sum(stat.st_size for _, stat in others)
        for path, stat in others:
            if used + wanted_bytes <= self._most_bytes and self._has_disk(wanted_bytes):
                return
            if _removed(path):
                used -= stat.st_size
        if used + wanted_bytes > self._most_bytes:
            raise SourceDown(Reason.NO_ROOM.said())
        if not self._has_disk(wanted_bytes):
            raise SourceDown(Reason.NO_DISK.said())

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):  # another camera's process has just removed it
                yield path, path.stat()

    def _has_disk(self, wanted_bytes: int) -> bool:
        return shutil.disk_usage(self._folder).free > wanted_bytes + KEEP_FREE_BYTES

    def _path(self, bucket: str, name: str, generation: str) -> Path:
        # The digest, not the name: names in a bucket may be anything.
        return self._folder / hashlib.sha256(f"{bucket}/{name}#{generation}".encode()).hexdigest()


def _locked(path: Path) -> KeptVideo | None:
    """Opens the file and locks it against removal; returns None if it does not exist."""
    try:
        lock = path.open("rb")
    except FileNotFoundError:
        return None
    fcntl.flock(lock, fcntl.LOCK_SH)
    try:
        os.utime(path)
    except FileNotFoundError:  # removed in between
        lock.close()
        return None
    return KeptVideo(path, lock)


def _is_still(path: Path, file: BinaryIO) -> bool:
    """Returns whether the open file is still the one with this name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _removed(path: Path) -> bool:
    """Removes the file unless a process plays or fetches it; returns whether it is gone."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        path.unlink()
    return True


def _crc32c(file: BinaryIO) -> bytes:
    """Returns the checksum of the whole file as Cloud Storage gives it: four bytes, big-endian."""
    from google_crc32c import extend

    checksum = 0
    file.seek(0)
    while piece := file.read(READ_BYTES):
        checksum = extend(checksum, piece)
    return int(checksum).to_bytes(4, "big")
