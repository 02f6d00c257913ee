"""What is written about people and photos, and what is refused with nothing half-written."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image

from people.editing import photo_decisions, services
from people.errors import AlreadyThere, BadUpload, NoSuchFace, WrongState
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import picture, unit_vector

pytestmark = pytest.mark.django_db
Add = Callable[..., Photo]


def stored(media: Path) -> list[str]:
    return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())


def held(photo: Photo, state: str = "review", **values: Any) -> Photo:
    Photo.objects.filter(pk=photo.pk).update(state=state, reason="looks_like_other", **values)
    Encoding.objects.create(photo=photo, engine="e", vector=unit_vector(1), quality=0.9)
    photo.refresh_from_db()
    return photo


def test_an_added_photo_waits_to_be_read_under_a_random_name(ada: Person, add: Add, media: Path) -> None:
    photo = add(ada, name="../../etc/passwd.jpg")
    assert (photo.state, photo.original_name) == ("pending", "passwd.jpg")
    assert stored(media) == [photo.image.name]
    assert "passwd" not in photo.image.name


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"hello, I am a text", "not_an_image"),
        (b"<svg onload='alert(1)'/>", "format_not_supported"),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(30), "format_not_supported"),
        (b"<html><script>", "not_an_image"),
        (b"PK\3\4" + bytes(50), "not_an_image"),
    ],
)
def test_what_cannot_be_a_picture_is_refused_and_nothing_is_stored(
    ada: Person, media: Path, data: bytes, code: str
) -> None:
    with pytest.raises(BadUpload) as refusal:
        services.add_photo(person=ada, file=BytesIO(data), original_name="a.jpg", by=None)
    assert refusal.value.code == code
    assert not ada.photos.exists()
    assert not stored(media)


def test_a_file_beyond_the_limit_is_refused_after_reading_no_more_than_the_limit(
    ada: Person, media: Path, settings: Any
) -> None:
    settings.PHOTO_MAX_BYTES = 1000
    file = BytesIO(picture() + bytes(100_000))
    with pytest.raises(BadUpload) as refusal:
        services.add_photo(person=ada, file=file, original_name="a.jpg", by=None)
    assert refusal.value.code == "too_many_bytes"
    assert file.tell() == 1001
    assert not stored(media)


def test_the_same_file_twice_is_one_photo_but_may_belong_to_two_people(
    ada: Person, grace: Person, add: Add, media: Path
) -> None:
    first = add(ada)
    with pytest.raises(AlreadyThere) as refusal:
        add(ada, name="copy.jpg")
    assert refusal.value.photo == first
    assert len(stored(media)) == 1
    add(grace)
    assert Photo.objects.count() == 2


def test_the_same_file_uploaded_twice_at_once_leaves_one_object(ada: Person, add: Add, media: Path) -> None:
    add(ada)
    not_yet = patch.object(Photo.objects, "filter", side_effect=[Photo.objects.none(), Photo.objects.all()])
    with not_yet, pytest.raises(AlreadyThere):
        add(ada)
    assert len(stored(media)) == 1


def test_an_insert_that_fails_leaves_no_object(ada: Person, add: Add, media: Path) -> None:
    with patch.object(Photo, "save", side_effect=RuntimeError("the database is gone")), pytest.raises(RuntimeError):
        add(ada)
    assert not stored(media)


def test_the_place_where_a_photo_was_taken_is_not_stored(ada: Person, media: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 29.0)}
    file = BytesIO()
    Image.new("RGB", (64, 64)).save(file, "JPEG", exif=exif)
    photo = services.add_photo(person=ada, file=file.getvalue(), original_name="a.jpg", by=None)
    with photo.image.open() as image:
        assert not Image.open(image).getexif().get_ifd(0x8825)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\0b.jpg", "ab.jpg"),
        ("C:\\photos\\me.jpg", "me.jpg"),
        ("‮gpj.exe", "gpj.exe"),
        ("<script>.jpg", "<script>.jpg"),
        ("x" * 400, "x" * 255),
        ("\udcff.jpg", "?.jpg"),
    ],
)
def test_hostile_names_are_stored_harmless(ada: Person, media: Path, name: str, shown: str) -> None:
    photo = services.add_photo(person=ada, file=picture(), original_name=name, by=None)
    photo.refresh_from_db()
    assert photo.original_name == shown


def test_a_retired_person_leaves_the_gallery_and_keeps_the_photos(ada: Person, add: Add) -> None:
    photo = held(add(ada), "enrolled")
    services.retire_person(person=ada, by=None)
    assert ada.is_retired
    assert not Encoding.objects.in_gallery("e").exists()
    assert Photo.objects.filter(pk=photo.pk).exists()
    services.restore_person(person=ada, by=None)
    assert Encoding.objects.in_gallery("e").count() == 1


def test_retiring_twice_keeps_the_first_date(ada: Person) -> None:
    services.retire_person(person=ada, by=None)
    first = ada.retired_at
    services.retire_person(person=ada, by=None)
    assert ada.retired_at == first


@pytest.mark.django_db(transaction=True)
def test_a_deleted_person_loses_rows_and_objects(ada: Person, add: Add, media: Path) -> None:
    held(add(ada))
    assert services.delete_people(people=[ada], by=None) == 1
    assert not Photo.objects.exists()
    assert not Encoding.objects.exists()
    assert not stored(media)


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_is_rolled_back_keeps_the_objects(ada: Person, add: Add, media: Path) -> None:
    photo = add(ada)
    with pytest.raises(RuntimeError), transaction.atomic():
        services.delete_photos(photos=[photo], by=None)
        raise RuntimeError
    assert stored(media) == [photo.image.name]
    assert default_storage.exists(photo.image.name)


def test_a_chosen_face_is_read_again(ada: Person, add: Add) -> None:
    photo = held(add(ada), "choose", faces=[{"box": [0, 0, 5, 5]}, {"box": [5, 5, 9, 9]}], attempts=3)
    photo_decisions.choose_face(photo=photo, index=1, by=None)
    assert (photo.state, photo.chosen_box, photo.attempts, photo.reason) == ("pending", [5, 5, 9, 9], 0, "")
    assert photo in Photo.objects.due()


@pytest.mark.parametrize("index", [-1, 2])
def test_a_face_that_is_not_there_cannot_be_chosen(ada: Person, add: Add, index: int) -> None:
    photo = held(add(ada), "choose", faces=[{"box": [0, 0, 5, 5]}, {"box": [5, 5, 9, 9]}])
    with pytest.raises(NoSuchFace):
        photo_decisions.choose_face(photo=photo, index=index, by=None)


def test_a_confirmed_photo_recognises_at_once(ada: Person, add: Add) -> None:
    photo = held(add(ada))
    assert not Encoding.objects.in_gallery("e").exists()
    photo_decisions.confirm_photo(photo=photo, by=None)
    assert (photo.state, photo.reason) == ("enrolled", "")
    assert Encoding.objects.in_gallery("e").exists()


def test_a_refused_photo_loses_its_encoding_and_says_why(ada: Person, add: Add) -> None:
    photo = held(add(ada))
    photo_decisions.reject_photo(photo=photo, by=None)
    assert (photo.state, photo.reason) == ("rejected", "refused")
    assert not Encoding.objects.exists()


def test_a_photo_being_read_can_be_neither_confirmed_nor_retried(ada: Person, add: Add) -> None:
    photo = held(add(ada), "working")
    for service in (photo_decisions.confirm_photo, photo_decisions.reject_photo, photo_decisions.retry_photo):
        with pytest.raises(WrongState, match="being read"):
            service(photo=photo, by=None)


def test_a_decision_over_a_photo_that_was_deleted_meanwhile_is_refused(ada: Person, add: Add) -> None:
    photo = held(add(ada))
    Photo.objects.all().delete()
    with pytest.raises(WrongState, match="deleted"):
        photo_decisions.confirm_photo(photo=photo, by=None)
