"""The file of a backup: a tar with the SHA-256 of each member, and of all of them together at its end.

It is written and read in one pass, so it may go through a pipe, and what is larger than 4 MB waits in temporary files.
Any tar program lists and unpacks it.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from time import time
from typing import IO, Any

from facesite.backup.errors import Damaged

SUM = "comment"
"""The header before a member that has its sum: the one that every tar program knows and leaves alone."""
END = "end.json"
"""The last member: how many came before it, and the sum of their names and sums. A file cut short lacks it."""
MEMORY_BYTES = 4_000_000
"""A larger picture or video waits in a temporary file."""
_BLOCK_BYTES = 1 << 20


def spool() -> IO[bytes]:
    """Returns an empty file that is in memory up to MEMORY_BYTES, and on disk from there on."""
    return SpooledTemporaryFile(max_size=MEMORY_BYTES)


class ArchiveWriter:
    """`with ArchiveWriter(target) as archive:` writes members one after another; `finish` makes the file valid."""

    def __init__(self, target: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_BLOCK_BYTES)  # noqa: SIM115
        self._seal = Seal()

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(self, *exception: Any) -> None:
        self._tar.__exit__(*exception)

    def add(self, name: str, content: IO[bytes]) -> int:
        """Adds all of `content`, which can seek; returns its size in bytes."""
        digest, size = _measured(content)
        self._write(name, content, digest, size)
        self._seal.add(name, digest)
        return size

    def add_json(self, name: str, told: Any) -> None:
        self.add(name, io.BytesIO(json.dumps(told, indent=1).encode()))

    def finish(self, **told: Any) -> None:
        """Adds the end, with what it is to tell besides."""
        end = io.BytesIO(json.dumps({**self._seal.told(), **told}, indent=1).encode())
        self._write(END, end, *_measured(end))

    def _write(self, name: str, content: IO[bytes], digest: str, size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime, info.pax_headers = size, 0o600, int(time()), {SUM: digest}
        self._tar.addfile(info, content)
        self._tar.members.clear()  # type: ignore[attr-defined]  # it would remember each of a million


class ArchiveReader:
    """Iterates over (name, content) of the members before the end; each content is checked, and its reader's to close.

    Raises Damaged for whatever is not as ArchiveWriter wrote it; only after the last member is the whole file checked.
    `end`: what the end tells, from then on.
    """

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._seal, self.end = source, Seal(), dict[str, Any]()

    def __iter__(self) -> Iterator[tuple[str, IO[bytes]]]:
        try:
            with tarfile.open(fileobj=self._source, mode="r|", bufsize=_BLOCK_BYTES) as tar:
                yield from self._members(tar)
        except (tarfile.TarError, EOFError, ValueError, KeyError) as error:
            raise Damaged(f"This is no backup of a site, or it is damaged ({error}).") from error

    def _members(self, tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
        while (info := tar.next()) is not None:
            tar.members.clear()  # type: ignore[attr-defined]
            content = _content(tar, info)
            if info.name == END:
                with content:
                    self._close(json.load(content))
                return
            self._seal.add(info.name, info.pax_headers[SUM])
            yield info.name, content
        raise Damaged("The backup is cut short: its end is missing.")

    def _close(self, end: dict[str, Any]) -> None:
        if any(end.get(name) != value for name, value in self._seal.told().items()):
            raise Damaged("The backup is damaged: a part of it is missing, or was added.")
        self.end = end


class Seal:
    """The number of members, and one sum over the names and sums of all, in their order."""

    def __init__(self) -> None:
        self._members, self._sum = 0, sha256()

    def add(self, name: str, digest: str) -> None:
        self._members += 1
        self._sum.update(f"{digest}  {name}\n".encode())

    def told(self) -> dict[str, Any]:
        return {"members": self._members, "sha256": self._sum.hexdigest()}


def _content(tar: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    """Raises Damaged unless the member's sum is right."""
    member = tar.extractfile(info) if info.isreg() else None
    if member is None:
        raise Damaged(f"This is no backup of a site: {info.name} is no file.")
    content = spool()
    try:
        copyfileobj(member, content, _BLOCK_BYTES)
        if _measured(content) != (info.pax_headers.get(SUM), info.size):
            raise Damaged(f"The backup is damaged at {info.name}: its sum is another.")
    except BaseException:
        content.close()
        raise
    return content


def _measured(content: IO[bytes]) -> tuple[str, int]:
    """Returns SHA-256 and size, and leaves `content` at its beginning."""
    content.seek(0)
    digest, size = sha256(), 0
    while block := content.read(_BLOCK_BYTES):
        digest.update(block)
        size += len(block)
    content.seek(0)
    return digest.hexdigest(), size
