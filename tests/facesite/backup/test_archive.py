"""The file of a backup: what is written is read, and whatever is not as it was written is noticed."""

from __future__ import annotations

import io
import tarfile
from typing import IO

import pytest

from facesite.backup.archive import MEMORY_BYTES, ArchiveReader, ArchiveWriter
from facesite.backup.errors import Damaged

LARGE = b"video" * (MEMORY_BYTES // 4)  # more than stays in memory


class Pipe(io.RawIOBase):
    """Like standard output or input: it neither seeks nor tells."""

    def __init__(self, content: bytes = b"") -> None:
        self._content = io.BytesIO(content)

    def write(self, block: bytes) -> int:  # type: ignore[override]
        return self._content.write(block)

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size)

    @property
    def written(self) -> bytes:
        return self._content.getvalue()


@pytest.fixture(scope="module")
def whole() -> bytes:
    pipe = Pipe()
    with ArchiveWriter(pipe) as archive:  # type: ignore[arg-type]
        archive.add_json("manifest.json", {"format": 1})
        archive.add("media/photos/one", io.BytesIO(b"first picture"))
        archive.add("media/videos/one", io.BytesIO(LARGE))
        archive.finish(pictures=2)
    return pipe.written


def members(content: bytes) -> tuple[dict[str, bytes], ArchiveReader]:
    reader = ArchiveReader(Pipe(content))  # type: ignore[arg-type]
    return {name: _read(member) for name, member in reader}, reader


def _read(member: IO[bytes]) -> bytes:
    with member:
        return member.read()


def test_what_was_written_through_a_pipe_is_read_through_one(whole: bytes) -> None:
    found, reader = members(whole)
    assert list(found) == ["manifest.json", "media/photos/one", "media/videos/one"]
    assert (found["media/photos/one"], found["media/videos/one"]) == (b"first picture", LARGE)
    assert (reader.end["members"], reader.end["pictures"]) == (3, 2)


def test_any_tar_program_reads_it_and_only_the_owner_what_it_unpacks(whole: bytes) -> None:
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
        assert tar.getnames() == ["manifest.json", "media/photos/one", "media/videos/one", "end.json"]
        assert {member.mode for member in tar.getmembers()} == {0o600}


def test_a_changed_byte_is_noticed_wherever_it_is(whole: bytes) -> None:
    for inside in (b"first picture", b"videovideo", b'"format"', b'"pictures"'):
        at = whole.index(inside)
        with pytest.raises(Damaged, match="damaged"):
            members(whole[:at] + b"X" + whole[at + 1 :])


@pytest.mark.parametrize("share", [0.0001, 0.3, 0.9999])
def test_a_file_that_is_cut_short_is_noticed(whole: bytes, share: float) -> None:
    end = whole.index(b"end.json")
    with pytest.raises(Damaged):
        members(whole[: int(end * share)])


def test_a_member_that_was_taken_out_or_put_in_is_noticed(whole: bytes) -> None:
    other = Pipe()
    with ArchiveWriter(other) as archive:  # type: ignore[arg-type]
        archive.add("media/photos/two", io.BytesIO(b"slipped in"))
    slipped_in = other.written[: 3 * 512 + 512]
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
        first, second = (tar.getmember(name).offset for name in ("media/photos/one", "media/videos/one"))
    for changed in (whole[:first] + whole[second:], whole[:first] + slipped_in + whole[first:]):
        with pytest.raises(Damaged):
            members(changed)


def test_something_else_is_no_backup() -> None:
    for other in (b"", b"PK\x03\x04 a ZIP", b"\xff\xd8\xff" * 4000):
        with pytest.raises(Damaged):
            members(other)


def test_a_link_is_not_followed() -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        link = tarfile.TarInfo("media/photos/one")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(Damaged, match="is no file"):
        members(target.getvalue())
