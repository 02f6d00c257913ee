"""Pictures in a bucket: a backup fetches them, and a restore stores them under the same names."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from tempfile import TemporaryFile
from typing import IO, Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from facesite.backup.archive import ArchiveReader, ArchiveWriter
from facesite.backup.errors import Damaged
from facesite.backup.making import back_up
from facesite.backup.manifest import MEDIA
from facesite.backup.restoring import _store_all
from people.records.person import Person
from people.records.photo import Photo

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]
LARGE = b"x" * 5_000_000  # more than waits in memory


@pytest.fixture
def pictures(bucket: Any) -> dict[str, bytes]:
    """Twenty, which are more than are fetched at once, and a row for each."""
    contents = {f"photos/{number:032x}": b"\xff\xd8\xff" + str(number).encode() for number in range(20)}
    contents["photos/" + "f" * 32] = LARGE
    person = Person.objects.create(name="Ada")
    for name, content in contents.items():
        default_storage.save(name, ContentFile(content))
        Photo.objects.create(person=person, image=name, sha256=name[-32:] * 2)
    return contents


def test_they_come_back_by_their_names(bucket: Any, pictures: dict[str, bytes]) -> None:
    lost = next(iter(pictures))
    default_storage.delete(lost)
    file = io.BytesIO()
    made = back_up(file, lambda words: None)
    assert (made.pictures, made.missing) == (len(pictures) - 1, 1)
    for name in pictures:
        default_storage.delete(name)
    file.seek(0)
    with TemporaryFile() as stored:
        assert [*_store_all(_pictures(file), stored)][-1] == len(pictures) - 1
        stored.seek(0)
        assert {line.decode().strip() for line in stored} == pictures.keys() - {lost}
    for name in pictures.keys() - {lost}:
        with default_storage.open(name) as found:
            assert found.read() == pictures[name]


def test_one_that_a_killed_restore_has_left_is_put_right_and_a_name_outside_is_refused(bucket: Any) -> None:
    default_storage.save("photos/one", ContentFile(b"ha"))
    with TemporaryFile() as stored:
        assert [*_store_all(_members("photos/one"), stored)] == [1]
        with closing(default_storage.open("photos/one")) as found:
            assert found.read() == b"half"
        with pytest.raises(Damaged, match="no name of a picture"):
            [*_store_all(_members("../outside"), stored)]


def _pictures(file: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    for name, content in ArchiveReader(file):
        if name.startswith(MEDIA):
            yield name, content
        else:
            content.close()


def _members(name: str) -> Any:
    file = io.BytesIO()
    with ArchiveWriter(file) as archive:
        archive.add(f"{MEDIA}{name}", io.BytesIO(b"half"))
        archive.finish()
    file.seek(0)
    return iter(ArchiveReader(file))
