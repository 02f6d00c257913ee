"""ZIP files of many people: found however they were made, and refused when they are hostile."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from people.base.zip_directories import Directory
from people.errors import BadArchive
from people.imports.archives import candidates_in_zip
from people.imports.by_path import Imported, import_people
from people.records.person import Person
from tests.people.conftest import picture

pytestmark = pytest.mark.django_db


def zip_of(*paths: str, data: bytes | None = None, method: int = zipfile.ZIP_STORED) -> BytesIO:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for seed, path in enumerate(paths):
            archive.writestr(path, picture(seed) if data is None else data)
    return file


def run(file: BytesIO) -> list[Imported]:
    return list(import_people(candidates_in_zip(file), by=None))


@pytest.mark.parametrize(
    ("paths", "people"),
    [
        (["Ada/1.jpg", "Ada/2.jpg", "Grace/1.jpg"], {"Ada", "Grace"}),
        (["Ada.jpg", "Grace.jpg"], {"Ada", "Grace"}),
        (["people/Ada/1.jpg", "people/Grace/1.jpg"], {"Ada", "Grace"}),
        (["export-7/Ada/1.jpg", "export-7/Grace/1.jpg"], {"Ada", "Grace"}),
        (["knowns/Ada.jpg", "knowns/Grace.jpg"], {"Ada", "Grace"}),
        (["Ada/1.jpg", "Ada/2.jpg"], {"Ada"}),
        (["Ada\\1.jpg", "Grace\\1.jpg"], {"Ada", "Grace"}),
        (["__MACOSX/Ada/._1.jpg", "Ada/1.jpg", "Ada/.DS_Store"], {"Ada"}),
    ],
)
def test_people_are_found_however_the_zip_was_made(media: Path, paths: list[str], people: set[str]) -> None:
    assert {file.status for file in run(zip_of(*paths))} == {"queued"}
    assert set(Person.objects.values_list("name", flat=True)) == people


@pytest.mark.parametrize("path", ["../../etc/cron.d/x.jpg", "/etc/passwd.jpg", "Ada/../../x.jpg"])
def test_paths_that_climb_name_nobody(media: Path, path: str) -> None:
    assert [file.status for file in run(zip_of(path, "Ada/1.jpg"))] == ["bad_path", "queued"]
    assert [file.name for file in media.rglob("*.jpg")] == []


def test_a_bomb_is_refused_without_being_unpacked(media: Path) -> None:
    bomb = zip_of("Ada/1.jpg", data=bytes(10_000_000), method=zipfile.ZIP_DEFLATED)
    assert [file.status for file in run(bomb)] == ["bad_ratio"]


def test_a_file_beyond_the_photo_limit_is_refused(media: Path, settings: Any) -> None:
    settings.PHOTO_MAX_BYTES = 1000
    assert [file.status for file in run(zip_of("Ada/1.jpg", data=picture() + bytes(2000)))] == ["too_many_bytes"]


def test_unpacking_ends_at_the_limit_of_the_whole(media: Path, settings: Any) -> None:
    file = zip_of("Ada/1.jpg", "Ada/2.jpg", "Ada/3.jpg")
    settings.ZIP_MAX_BYTES = len(file.getvalue())
    archive = candidates_in_zip(file)
    for candidate in archive[:2]:
        candidate.open()
    statuses = [file.status for file in import_people(archive, by=None)]
    assert statuses[-1] == "archive_too_large"


def test_a_damaged_entry_is_reported_and_the_others_are_taken(media: Path) -> None:
    file = zip_of("Ada/1.jpg", "Grace/1.jpg")
    damaged = bytearray(file.getvalue())
    damaged[damaged.find(b"\xff\xd8") + 40] ^= 0xFF
    assert [file.status for file in run(BytesIO(damaged))] == ["unreadable", "queued"]


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_entry_is_reported_however_it_is_packed(media: Path, method: int) -> None:
    file = zip_of("Ada.jpg", "Bob.jpg", method=method)
    damaged = bytearray(file.getvalue())
    damaged[70:170] = bytes(range(100))  # behind the first entry's header
    assert [file.status for file in run(BytesIO(damaged))] == ["unreadable", "queued"]


def test_an_entry_that_lies_before_the_file_is_reported(media: Path) -> None:
    damaged = bytearray(zip_of("Ada.jpg", "Bob.jpg").getvalue())
    directory = damaged.find(b"PK\1\2")
    damaged[directory + 42 : directory + 46] = b"\0\0\0\x80"
    directory_size = damaged.find(b"PK\5\6") + 12
    damaged[directory_size + 4 : directory_size + 8] = b"\0\0\0\xf0"
    assert [file.status for file in run(BytesIO(damaged))] == ["unreadable"] * 2


def test_a_storage_that_fails_while_unpacking_is_no_damage(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OSError(5, "Input/output error")

    candidates = candidates_in_zip(zip_of("Ada.jpg"))
    monkeypatch.setattr(zipfile.ZipFile, "open", away)
    with pytest.raises(OSError, match="Input/output"):
        candidates[0].open()


def test_an_encrypted_entry_is_reported(media: Path) -> None:
    data = bytearray(zip_of("Ada/1.jpg").getvalue())
    data[6] |= 1  # the local header's flag
    data[data.find(b"PK\1\2") + 8] |= 1  # the directory's
    assert [file.status for file in run(BytesIO(data))] == ["unreadable"]


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\5\6" + bytes(5), bytes(1000)])
def test_what_is_no_zip_is_said(data: bytes) -> None:
    with pytest.raises(BadArchive, match="not a ZIP file"):
        candidates_in_zip(BytesIO(data))


def test_a_directory_of_millions_is_refused_before_it_is_read() -> None:
    data = bytearray(zip_of("Ada/1.jpg").getvalue())
    end = data.rfind(b"PK\5\6")
    data[end + 12 : end + 16] = (2**31).to_bytes(4, "little")
    with pytest.raises(BadArchive, match="more than"):
        candidates_in_zip(BytesIO(data))


def as_zip64(file: BytesIO, *, first: int, second: int | None = None) -> BytesIO:
    """The ZIP with two end records, whose directory is `first` bytes long by the one, and `second` by the other."""
    data = file.getvalue()
    end = data.rfind(b"PK\5\6")
    files, size, start = struct.unpack_from("<HII", data, end + 10)
    record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, files, files, second or size, start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    last = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, first, 0xFFFFFFFF, 0)
    return BytesIO(data[:end] + record + locator + last)


def test_a_zip64_of_few_files_is_taken(media: Path) -> None:
    file = as_zip64(zip_of("Ada/1.jpg", "Grace/1.jpg"), first=0xFFFFFFFF)
    assert [file.status for file in run(file)] == ["queued", "queued"]


@pytest.mark.parametrize("before", [b"", b"#!/bin/sh"])
def test_the_directory_is_found_where_zipfile_finds_it(before: bytes) -> None:
    for file in (zip_of("Ada/1.jpg"), as_zip64(zip_of("Ada/1.jpg"), first=0xFFFFFFFF)):
        data = before + file.getvalue()
        found = Directory(BytesIO(data))
        assert (found.start, found.size) == (data.index(b"PK\1\2"), 55)


def test_a_directory_of_millions_does_not_hide_behind_another_end_record() -> None:
    with pytest.raises(BadArchive, match="more than"):
        candidates_in_zip(as_zip64(zip_of("Ada/1.jpg"), first=100, second=2**31))


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("people.imports.archives.MAX_FILES", 2)
    with pytest.raises(BadArchive, match="3 files"):
        candidates_in_zip(zip_of("a.jpg", "b.jpg", "c.jpg"))
