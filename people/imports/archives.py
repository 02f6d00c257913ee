"""Reads the photos in an uploaded ZIP file one by one, within limits, and never unpacks anything to a path."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO

from django.conf import settings

from people.editing.uploads import too_large
from people.errors import BadArchive, BadUpload
from people.imports.by_path import PhotoFile, is_skipped, person_of

# The directory and the report are held in memory; for larger sets there is `manage.py enrol_folder`.
MAX_FILES = 5_000
# Photos hardly shrink in a ZIP: only a ZIP bomb has a ratio like this.
MAX_RATIO = 200
# A file takes 46 bytes and its name; a directory larger than this is not a list of photos.
MAX_DIRECTORY_BYTES = MAX_FILES * 600
_END = b"PK\5\6"
# RuntimeError: encrypted; NotImplementedError: an unusual compression; ValueError: an offset before the file begins.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
_PLAIN_FOLDERS = {"known", "knowns", "people", "faces", "photos", "portraits"}
"""Names of folders that contain people and are not a person's name."""


def check_archive(file: IO[bytes]) -> int:
    """Checks a ZIP by its directory alone, before it is stored; returns how many of its files an import will read.

    Raises BadArchive if it is not a ZIP, exceeds a limit, is a ZIP bomb, or contains nobody's photo.
    """
    candidates = candidates_in_zip(file)
    if not candidates:
        raise BadArchive("There are no files in it.")
    with zipfile.ZipFile(file) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
    unpacked = sum(entry.file_size for entry in entries.values())
    if unpacked > settings.ZIP_MAX_BYTES:
        raise BadArchive(f"It unpacks to more than {settings.ZIP_MAX_BYTES // 1_000_000} MB.")
    if unpacked > MAX_RATIO * file.seek(0, 2):
        raise BadArchive("It is packed more tightly than any photos: it may be made to fill a disk.")
    if not any(candidate.person for candidate in candidates):
        raise BadArchive("No path in it names a person: put the photos into a folder for each.")
    return len(candidates)


def candidates_in_zip(file: IO[bytes]) -> list[PhotoFile]:
    """Returns the files of a ZIP in its order: <person>/1.jpg or <person>.jpg, perhaps all inside one outer folder.

    Raises BadArchive if it is not a ZIP, or larger or with more files than the limits allow.
    """
    _check_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise BadArchive("This is not a ZIP file, or it is damaged.") from error
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise BadArchive(f"{len(entries)} files are too many at once; the limit is {MAX_FILES}.")
    paths = {entry.filename: PurePosixPath(entry.filename.replace("\\", "/")) for entry in entries}
    wanted = [entry for entry in entries if not is_skipped(_inside(paths[entry.filename]))]
    depth = _depth_of_people([paths[entry.filename] for entry in wanted])
    budget = _Budget(settings.ZIP_MAX_BYTES)
    return [
        PhotoFile(
            str(paths[entry.filename]),
            _person(paths[entry.filename], depth),
            _opener(archive, entry, budget),
        )
        for entry in wanted
    ]


class _Budget:
    """Bytes that may still be unpacked: the entries of a crafted ZIP can overlap, each as large as the whole file."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, size: int) -> None:
        if size > self.left:
            raise BadUpload("archive_too_large", "The ZIP file unpacks to more than is allowed at once.")
        self.left -= size


def _check_directory(file: IO[bytes]) -> None:
    """Raises BadArchive by the end record alone, before zipfile loads a directory of any length."""
    size = file.seek(0, 2)
    if size > settings.ZIP_MAX_BYTES:
        raise BadArchive(f"The ZIP file is larger than {settings.ZIP_MAX_BYTES // 1_000_000} MB.")
    file.seek(max(0, size - 65_557))  # 22 bytes and the longest comment
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + 22:
        raise BadArchive("This is not a ZIP file, or it is damaged.")
    (directory,) = struct.unpack_from("<I", tail, end + 12)
    if directory > MAX_DIRECTORY_BYTES:
        raise BadArchive(f"The ZIP file lists more than the {MAX_FILES} files that are allowed at once.")
    file.seek(0)


def _inside(path: PurePosixPath) -> PurePosixPath:
    """Returns `path` without "..", which is_skipped would take for a hidden file; `_person` refuses it later."""
    return PurePosixPath(*(part for part in path.parts if part != ".."))


def _depth_of_people(paths: list[PurePosixPath]) -> int:
    """Returns how many outer folders contain everybody: 1 for people/<person>/1.jpg or knowns/<person>.jpg, else 0."""
    tops = {path.parts[0] for path in paths if len(path.parts) > 1}
    if len(tops) != 1 or any(len(path.parts) < 2 for path in paths):
        return 0
    (top,) = tops
    return 1 if top.lower() in _PLAIN_FOLDERS or all(len(path.parts) > 2 for path in paths) else 0


def _person(path: PurePosixPath, depth: int) -> str:
    """Returns the person's name, or "" for a path that contains ".." or starts at the root."""
    if path.is_absolute() or ".." in path.parts:
        return ""
    return person_of(PurePosixPath(*path.parts[depth:]))


def _opener(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: _Budget) -> Callable[[], IO[bytes]]:
    def read() -> IO[bytes]:
        if entry.file_size > settings.PHOTO_MAX_BYTES:
            raise too_large()
        if entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise BadUpload("bad_ratio", "The file is packed more tightly than any photo.")
        budget.spend(entry.file_size)
        try:
            with archive.open(entry) as packed:
                return BytesIO(packed.read(settings.PHOTO_MAX_BYTES + 1))
        except (*_DAMAGED, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # from the storage; bz2's errors have no errno
                raise
            raise BadUpload("unreadable", "It cannot be unpacked: damaged or encrypted.") from error

    return read
