"""What becomes of a photo that was read: enrolled, doubtful or rejected, and by one worker alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now

from people.admin.cards import Card
from people.editing import photo_decisions, services
from people.enrolling.enrolment import (
    ATTEMPTS,
    PhotoClaim,
    claim_photo,
    fail_attempt,
    record_reading,
    reject_unread,
    release_claim,
)
from people.errors import ClaimLost
from people.gallery import counter_examples
from people.gallery.engine_choice import EngineChoice
from people.recognition.engine.kinds import DLIB
from people.recognition.reading.photo import PhotoReading
from people.recognition.types import Box, Face, Quality
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import near, picture, unit_vector

pytestmark = pytest.mark.django_db
Add = Callable[..., Photo]


def good(vector: Any, **values: Any) -> PhotoReading:
    """A reading of a photo with one good face."""
    quality = Quality(size=1.0, sharpness=0.9, exposure=0.8, pose=0.7)
    face = Face(Box(10, 10, 50, 50), 1.1, unit_vector(0)[:10].reshape(5, 2), quality)
    given = {"vector": vector, "quality": quality, "crop_jpeg": picture(9), "faces": (face,), "face": face}
    return PhotoReading("ok", 64, 64, **{**given, **values})


def claimed(photo: Photo, worker: str = "w") -> PhotoClaim:
    claim = claim_photo(worker)
    assert claim is not None
    assert claim.photo == photo
    return claim


def enrol(photo: Photo, vector: Any) -> None:
    record_reading(claimed(photo), good(vector), "e")
    photo.refresh_from_db()


def make_due(photo: Photo) -> None:
    Photo.objects.filter(pk=photo.pk).update(due_at=Now() - timedelta(seconds=1))


def test_a_good_face_is_enrolled_with_encoding_crop_and_boxes(ada: Person, add: Add, media: Path) -> None:
    photo = add(ada)
    enrol(photo, unit_vector(1))
    assert (photo.state, photo.reason, photo.claimed_by) == ("enrolled", "", "")
    assert photo.faces[0]["box"] == [10, 10, 50, 50]
    assert photo.faces[0]["quality"]["overall"] == 0.7
    assert (photo.width_px, photo.height_px) == (64, 64)
    assert (media / photo.crop.name).exists()
    assert photo.encodings.get().quality == pytest.approx(0.7)
    assert photo.decided_at is not None


def test_a_photo_that_was_read_while_another_engine_came_into_use_is_read_again(
    ada: Person, add: Add, media: Path
) -> None:
    """It was enrolled with an encoding of the engine before alone, and recognised nobody."""
    enrol(add(ada, 1), unit_vector(1))
    photo = add(ada, 2)
    claim = claimed(photo)
    EngineChoice.objects.create(engine=DLIB.key, previous="e")
    with pytest.raises(ClaimLost):
        record_reading(claim, good(unit_vector(2)), "e")
    photo.refresh_from_db()
    assert (photo.state, photo.claimed_by, photo.attempts) == ("pending", "", 0)
    assert len(list((media / "crops").iterdir())) == 1  # what was stored beforehand is gone
    record_reading(claimed(photo), good(unit_vector(2)), DLIB.key)
    assert photo.encodings.get().engine == DLIB.key


def test_a_picture_that_browsers_do_not_show_is_kept_as_one_that_they_do(ada: Person, add: Add, media: Path) -> None:
    photo = add(ada)
    original = photo.image.name
    record_reading(claimed(photo), good(unit_vector(1), picture_jpeg=picture(5)), "e")
    digest = photo.sha256
    photo.refresh_from_db()
    assert (media / photo.image.name).read_bytes() == picture(5)
    assert not (media / original).exists()
    assert photo.sha256 == digest, "the same file again must still be known"


def test_a_reading_that_comes_too_late_leaves_the_original(ada: Person, add: Add, media: Path) -> None:
    photo = add(ada)
    claim = claimed(photo)
    Photo.objects.filter(pk=photo.pk).update(claimed_by="another")
    before = {path.name for path in (media / "photos").iterdir()}
    with pytest.raises(ClaimLost):
        record_reading(claim, good(unit_vector(1), picture_jpeg=picture(5)), "e")
    assert {path.name for path in (media / "photos").iterdir()} == before


@pytest.mark.parametrize(
    ("verdict", "state"), [("no_face", "rejected"), ("blurred", "rejected"), ("several_faces", "choose")]
)
def test_a_photo_that_is_no_good_says_why_and_is_not_encoded(ada: Person, add: Add, verdict: str, state: str) -> None:
    photo = add(ada)
    record_reading(claimed(photo), PhotoReading(verdict, 64, 64, detail={"face_px": 31}), "e")
    photo.refresh_from_db()
    assert (photo.state, photo.reason, photo.reason_detail) == (state, verdict, {"face_px": 31})
    assert not Encoding.objects.exists()


def test_a_turned_photo_is_stored_turned_and_says_so_also_after_it_was_read_again(
    ada: Person, add: Add, media: Path
) -> None:
    photo = add(ada)
    record_reading(claimed(photo), good(unit_vector(1), picture_jpeg=picture(5), turned_degrees=90), "e")
    photo.refresh_from_db()
    assert (photo.state, photo.turned_degrees) == ("enrolled", 90)
    assert Path(photo.image.path).read_bytes() == picture(5)
    assert Card(photo, may_change=True, may_delete=True).turned == "The picture lay on its side and was turned."
    photo_decisions.reject_photo(photo=photo, by=None)
    photo_decisions.retry_photo(photo=photo, by=None)
    enrol(photo, unit_vector(1))
    assert photo.turned_degrees == 90


@pytest.mark.parametrize("doubt", ["tilted", "mouth_covered", "drawing", "photo_of_screen"])
def test_a_face_to_look_at_is_held_until_somebody_confirms_it(ada: Person, add: Add, doubt: str) -> None:
    photo = add(ada)
    record_reading(claimed(photo), good(unit_vector(1), doubt=doubt, detail={"tilt_degrees": 31}), "e")
    photo.refresh_from_db()
    assert (photo.state, photo.reason, photo.reason_detail) == ("review", doubt, {"tilt_degrees": 31})
    assert not Encoding.objects.in_gallery("e").exists()
    photo_decisions.confirm_photo(photo=photo, by=None)
    assert Encoding.objects.in_gallery("e").get().photo == photo


def test_a_face_that_somebody_chose_needs_no_further_look(ada: Person, add: Add) -> None:
    photo = add(ada)
    Photo.objects.filter(pk=photo.pk).update(chosen_box=[10, 10, 50, 50])
    record_reading(claimed(photo), good(unit_vector(1), doubt="tilted"), "e")
    photo.refresh_from_db()
    assert photo.state == "enrolled"


def test_a_face_that_is_another_persons_is_held_and_does_not_recognise(ada: Person, grace: Person, add: Add) -> None:
    enrol(add(grace), unit_vector(1))
    photo = add(ada, seed=1)
    enrol(photo, near(unit_vector(1), 0.3))
    assert (photo.state, photo.reason) == ("review", "looks_like_other")
    assert photo.reason_detail["person"] == str(grace.pk)
    assert photo.reason_detail["distance"] == pytest.approx(0.3, abs=0.001)
    assert not Encoding.objects.in_gallery("e").filter(photo=photo).exists()
    photo_decisions.confirm_photo(photo=photo, by=None)
    assert Encoding.objects.in_gallery("e").filter(photo=photo).exists()


def test_a_face_that_was_said_not_to_be_another_person_is_not_held_for_them(
    ada: Person, grace: Person, add: Add
) -> None:
    enrol(add(grace), unit_vector(1))
    face = near(unit_vector(1), 0.3)
    counter_examples.add(person=grace, engine="e", vector=near(face, 0.1, 5), sighting_id=uuid4(), who="Ann")
    photo = add(ada, seed=1)
    enrol(photo, face)
    assert photo.state == "enrolled"


@pytest.mark.parametrize("number_of_own", [0, 1])
def test_a_face_that_was_said_not_to_be_the_person_is_held_and_can_be_confirmed(
    ada: Person, add: Add, number_of_own: int
) -> None:
    for _ in range(number_of_own):
        enrol(add(ada), unit_vector(1))
    stranger = near(unit_vector(1), 0.3)
    counter_examples.add(person=ada, engine="e", vector=near(stranger, 0.1, 5), sighting_id=uuid4(), who="Ann")
    photo = add(ada, seed=1)
    enrol(photo, stranger)
    assert (photo.state, photo.reason) == ("review", "said_not_them")
    assert photo.reason_detail["distance"] == pytest.approx(0.1, abs=0.001)
    photo_decisions.confirm_photo(photo=photo, by=None)
    photo.refresh_from_db()
    assert photo.state == "enrolled"


def test_a_face_nearer_to_the_person_than_to_who_was_said_not_to_be_them_is_enrolled(ada: Person, add: Add) -> None:
    enrol(add(ada), unit_vector(1))
    stranger = near(unit_vector(1), 0.3)
    counter_examples.add(person=ada, engine="e", vector=stranger, sighting_id=uuid4(), who="Ann")
    photo = add(ada, seed=1)
    enrol(photo, near(unit_vector(1), 0.15, 31))
    assert photo.state == "enrolled"


def test_a_look_alike_is_enrolled_where_the_own_photos_are_nearer(ada: Person, grace: Person, add: Add) -> None:
    enrol(add(grace), near(unit_vector(1), 0.45, seed=7))
    first = add(ada, seed=1)
    Photo.objects.filter(pk=first.pk).update(state="enrolled")
    Encoding.objects.create(photo=first, engine="e", vector=near(unit_vector(1), 0.2, seed=8), quality=0.9)
    photo = add(ada, seed=2)
    enrol(photo, unit_vector(1))
    assert photo.state == "enrolled"


def test_a_retired_person_holds_nobody_up(ada: Person, grace: Person, add: Add) -> None:
    enrol(add(grace), unit_vector(1))
    services.retire_person(person=grace, by=None)
    photo = add(ada, seed=1)
    enrol(photo, unit_vector(1))
    assert photo.state == "enrolled"


def test_the_same_picture_saved_again_is_a_near_duplicate_and_another_moment_is_not(ada: Person, add: Add) -> None:
    first, again, moment = add(ada), add(ada, seed=1), add(ada, seed=2)
    enrol(first, unit_vector(1))
    enrol(again, near(unit_vector(1), 0.02))
    enrol(moment, near(unit_vector(1), 0.25))
    assert (again.state, again.reason) == ("rejected", "near_duplicate")
    assert again.reason_detail["photo"] == str(first.pk)
    assert moment.state == "enrolled"


def test_encodings_of_another_engine_are_not_compared(ada: Person, grace: Person, add: Add) -> None:
    other = add(grace)
    record_reading(claimed(other), good(unit_vector(1)), "another engine")
    photo = add(ada, seed=1)
    enrol(photo, unit_vector(1))
    assert photo.state == "enrolled"


def test_a_retried_photo_replaces_encoding_and_crop(ada: Person, add: Add, media: Path) -> None:
    photo = add(ada)
    enrol(photo, unit_vector(1))
    first_crop = photo.crop.name
    photo_decisions.reject_photo(photo=photo, by=None)
    photo_decisions.retry_photo(photo=photo, by=None)
    enrol(photo, unit_vector(2))
    assert photo.encodings.count() == 1
    assert not (media / first_crop).exists()
    assert (media / photo.crop.name).exists()


def test_the_oldest_due_photo_is_claimed_and_nobody_else_gets_it(ada: Person, add: Add) -> None:
    first, second = add(ada), add(ada, seed=1)
    claimed(first, "one")
    claimed(second, "two")
    assert claim_photo("three") is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_never_take_the_same_photo(ada: Person, add: Add) -> None:
    for seed in range(12):
        add(ada, seed=seed)

    def work(worker: int) -> list[Any]:
        taken = []
        while claim := claim_photo(str(worker)):
            taken.append(claim.photo.pk)
        connection.close()
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [pk for worker in pool.map(work, range(4)) for pk in worker]
    assert len(taken) == len(set(taken)) == 12


def test_the_claim_of_a_killed_worker_ends_and_another_takes_the_photo(ada: Person, add: Add) -> None:
    photo = add(ada)
    killed = claimed(photo, "killed")
    make_due(photo)
    heir = claimed(photo, "heir")
    with pytest.raises(ClaimLost):
        record_reading(killed, good(unit_vector(1)), "e")
    assert record_reading(heir, good(unit_vector(1)), "e").state == "enrolled"


def test_a_late_worker_leaves_neither_crop_nor_encoding(ada: Person, add: Add, media: Path) -> None:
    photo = add(ada)
    claim = claimed(photo)
    services.delete_photos(photos=[photo], by=None)
    with pytest.raises(ClaimLost):
        record_reading(claim, good(unit_vector(1)), "e")
    assert not (media / "crops").exists() or not list((media / "crops").iterdir())


def test_a_recording_that_fails_leaves_the_photo_to_the_next_worker(ada: Person, add: Add, media: Path) -> None:
    photo = add(ada)
    claim = claimed(photo)
    with patch.object(Encoding.objects, "update_or_create", side_effect=RuntimeError), pytest.raises(RuntimeError):
        record_reading(claim, good(unit_vector(1)), "e")
    photo.refresh_from_db()
    assert photo.state == "working"
    assert not list((media / "crops").iterdir())


def test_a_failed_attempt_is_tried_again_later_and_given_up_after_the_last(ada: Person, add: Add) -> None:
    photo = add(ada)
    for attempt in range(1, ATTEMPTS):
        fail_attempt(claimed(photo))
        photo.refresh_from_db()
        assert (photo.state, photo.attempts) == ("pending", attempt)
        assert claim_photo("w") is None
        make_due(photo)
    fail_attempt(claimed(photo))
    photo.refresh_from_db()
    assert (photo.state, photo.reason) == ("rejected", "worker_failed")


def test_a_photo_that_kills_every_worker_is_given_up(ada: Person, add: Add) -> None:
    photo = add(ada)
    for _ in range(ATTEMPTS):
        claimed(photo)
        make_due(photo)
    assert claim_photo("w") is None
    photo.refresh_from_db()
    assert (photo.state, photo.reason) == ("rejected", "worker_failed")


def test_a_released_claim_costs_no_attempt(ada: Person, add: Add) -> None:
    photo = add(ada)
    release_claim(claimed(photo))
    photo.refresh_from_db()
    assert (photo.state, photo.attempts) == ("pending", 0)
    claimed(photo)


def test_a_photo_without_its_object_is_rejected_with_the_reason(ada: Person, add: Add) -> None:
    photo = add(ada)
    reject_unread(claimed(photo), "file_missing")
    photo.refresh_from_db()
    assert (photo.state, photo.reason) == ("rejected", "file_missing")
