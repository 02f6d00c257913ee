"""Reads the photos in an uploaded ZIP file one by one, within limits, and never unpacks anything to a path."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import IO

from django.conf import settings

from people.base.zip_directories import Directory
from people.editing.uploads import too_large
from people.errors import BadArchive, BadUpload
from people.imports.by_path import PhotoFile, named
from people.imports.contents import contents_of, is_wanted
from people.imports.entry_names import EntryName

# The directory and the report are held in memory; for larger sets there is `manage.py enrol_folder`.
MAX_FILES = 5_000
# Photos hardly shrink in a ZIP: only a ZIP bomb has a ratio like this.
MAX_RATIO = 200
# A file takes 46 bytes and its name; a directory larger than this is not a list of photos.
MAX_DIRECTORY_BYTES = MAX_FILES * 600
_NO_ZIP = "This is not a ZIP file, or it is damaged."
# RuntimeError: encrypted; NotImplementedError: an unusual compression; ValueError: an offset before the file begins.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip


def check_archive(file: IO[bytes]) -> list[EntryName]:
    """Checks a ZIP by its directory alone, before it is stored; returns the names of its files.

    Raises BadArchive if it is not a ZIP, exceeds a limit, is a ZIP bomb, or has no files.
    """
    archive, entries = _opened(file)
    listed = {entry.filename: entry for entry in archive.infolist()}
    unpacked = sum(entry.file_size for entry in listed.values())
    if unpacked > settings.ZIP_MAX_BYTES:
        raise BadArchive(f"It unpacks to more than {settings.ZIP_MAX_BYTES // 1_000_000} MB.")
    if unpacked > MAX_RATIO * file.seek(0, 2):
        raise BadArchive("It is packed more tightly than any photos: it may be made to fill a disk.")
    return [EntryName.of(entry) for entry in entries]


def candidates_in_zip(file: IO[bytes], *, layout: str = "", encoding: str = "") -> list[PhotoFile]:
    """Returns the files of a ZIP in its order, with the people whom `layout` sees in them; "": the likeliest one.

    Raises BadArchive if it is not a ZIP, or larger or with more files than the limits allow, and LayoutInDoubt if
    nobody said who the people are and the names leave it open.
    """
    archive, entries = _opened(file)
    contents = contents_of([EntryName.of(entry) for entry in entries], encoding=encoding)
    reading = contents.reading(layout)
    budget = _Budget(settings.ZIP_MAX_BYTES)
    return [
        named(path, reading, _opener(archive, entry, budget))
        for path, entry in zip(contents.paths, entries, strict=True)
        if is_wanted(path)
    ]


def _opened(file: IO[bytes]) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """Opens a ZIP and returns its files without its folders."""
    try:
        archive = zipfile.ZipFile(_checked(file).readable())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise BadArchive(_NO_ZIP) from error
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise BadArchive(f"{len(entries)} files are too many at once; the limit is {MAX_FILES}.")
    return archive, entries


class _Budget:
    """Bytes that may still be unpacked: the entries of a crafted ZIP can overlap, each as large as the whole file."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, size: int) -> None:
        if size > self.left:
            raise BadUpload("archive_too_large", "The ZIP file unpacks to more than is allowed at once.")
        self.left -= size


def _checked(file: IO[bytes]) -> Directory:
    """Raises BadArchive by the end record alone, before a directory of any length is loaded."""
    if file.seek(0, 2) > settings.ZIP_MAX_BYTES:
        raise BadArchive(f"The ZIP file is larger than {settings.ZIP_MAX_BYTES // 1_000_000} MB.")
    directory = Directory(file)
    if directory.size > MAX_DIRECTORY_BYTES:
        raise BadArchive(f"The ZIP file lists more than the {MAX_FILES} files that are allowed at once.")
    return directory


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
