"""Photos in an uploaded ZIP file, read one by one within limits; nothing is ever unpacked to a path."""

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

# Its directory and its report are held in memory; larger sets go through `manage.py enrol_folder`.
MAX_FILES = 5_000
# Photos hardly shrink in a ZIP: a ratio like this is made, not met.
MAX_RATIO = 200
# 46 bytes and a name per file; a directory beyond this is no list of photos.
MAX_DIRECTORY_BYTES = MAX_FILES * 600
_END = b"PK\5\6"
# RuntimeError: encrypted; NotImplementedError: an exotic compression; ValueError: it lies before the file begins.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
_PLAIN_FOLDERS = {"known", "knowns", "people", "faces", "photos", "portraits"}
"""Folders that hold people and are nobody's name."""


def check_archive(file: IO[bytes]) -> int:
    """How many files of a ZIP are to be imported, told by its directory alone, before any of it is kept.

    Raises BadArchive for one that cannot be imported: no ZIP, beyond the limits, a bomb, or nobody's photo in it.
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
    """The files of a ZIP, in its order: <person>/1.jpg or <person>.jpg, perhaps all in one folder more.

    Raises BadArchive when it is no ZIP, or larger or fuller than the limits allow.
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
    """Bytes that may still be unpacked: entries of a made-up ZIP can overlap, each as large as the whole."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, size: int) -> None:
        if size > self.left:
            raise BadUpload("archive_too_large", "The ZIP file unpacks to more than is allowed at once.")
        self.left -= size


def _check_directory(file: IO[bytes]) -> None:
    """Look at the end record before zipfile does: it would load a directory of any length."""
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
    """Without "..", which `_person` refuses with a reason; here it would look like a hidden file."""
    return PurePosixPath(*(part for part in path.parts if part != ".."))


def _depth_of_people(paths: list[PurePosixPath]) -> int:
    """How many outer folders hold everybody: 1 for people/<person>/1.jpg and knowns/<person>.jpg, else 0."""
    tops = {path.parts[0] for path in paths if len(path.parts) > 1}
    if len(tops) != 1 or any(len(path.parts) < 2 for path in paths):
        return 0
    (top,) = tops
    return 1 if top.lower() in _PLAIN_FOLDERS or all(len(path.parts) > 2 for path in paths) else 0


def _person(path: PurePosixPath, depth: int) -> str:
    """The person's name, or none for paths that climb or start at the root: those name nobody."""
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
            if isinstance(error, OSError) and error.errno is not None:  # bz2's have none: this is the storage's own
                raise
            raise BadUpload("unreadable", "It cannot be unpacked: damaged or encrypted.") from error

    return read
