"""A photo of somebody else among a person's photos is held, in whatever order they came, and what it held is freed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from people.editing import photo_decisions, services
from people.editing.merging import merge_people
from people.enrolling.enrolment import record_reading
from people.enrolling.looking_again import look_at_next
from people.gallery.stored import current_version
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import near, unit_vector
from tests.people.enrolling.test_enrolment import claimed, enrol, good

pytestmark = pytest.mark.django_db
Add = Callable[..., Photo]
ADA, BOB = unit_vector(1), unit_vector(2)


def moment(of: Any, n: int) -> Any:
    return near(of, 0.15, seed=20 + n)


def enrol_all(person: Person, add: Add, vectors: list[Any]) -> list[Photo]:
    """Adds a photo for each vector and enrols it, in this order, and looks once more when all are there."""
    photos = []
    for vector in vectors:
        photo = add(person, seed=Photo.objects.count())
        enrol(photo, vector)
        photos.append(photo)
    look_once_more()
    return photos


def look_once_more() -> None:
    while look_at_next("e"):
        pass


def standing(*photos: Photo) -> list[tuple[str, str]]:
    for photo in photos:
        photo.refresh_from_db()
    return [(photo.state, photo.reason) for photo in photos]


def recognising() -> set[Any]:
    return set(Encoding.objects.in_gallery("e").values_list("photo", flat=True))


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_whatever_order_they_come_the_wrong_one_alone_is_held(ada: Person, add: Add, order: tuple[int, ...]) -> None:
    vectors = [moment(ADA, 0), moment(ADA, 1), moment(ADA, 2), BOB]
    photos = enrol_all(ada, add, [vectors[n] for n in order])
    wrong = photos[order.index(3)]
    assert recognising() == {photo.pk for photo in photos if photo != wrong}
    assert standing(wrong) == [("review", "unlike_own")]


def test_of_two_that_differ_the_newer_is_held_and_says_so(ada: Person, add: Add) -> None:
    first, second = enrol_all(ada, add, [ADA, BOB])
    assert standing(first, second) == [("enrolled", ""), ("review", "unlike_only_other")]
    assert second.reason_detail["photo"] == str(first.pk)
    assert list(Photo.objects.doubting(first)) == [second]
    assert recognising() == {first.pk}


def test_two_single_photos_of_one_person_may_differ_more_than_a_photo_and_several(ada: Person, add: Add) -> None:
    enrol_all(ada, add, [ADA, near(ADA, 0.39)])
    assert len(recognising()) == 2


def test_what_a_wrong_first_photo_held_is_enrolled_once_others_agree(ada: Person, grace: Person, add: Add) -> None:
    wrong, good_one = enrol_all(ada, add, [BOB, moment(ADA, 0)])
    (hers,) = enrol_all(grace, add, [moment(BOB, 1)])
    assert standing(wrong, good_one, hers) == [
        ("enrolled", ""),
        ("review", "unlike_only_other"),
        ("review", "looks_like_other"),
    ]
    (another,) = enrol_all(ada, add, [moment(ADA, 1)])
    assert standing(wrong, good_one, hers, another) == [
        ("review", "unlike_own"),
        ("enrolled", ""),
        ("enrolled", ""),
        ("enrolled", ""),
    ]
    assert wrong.reason_detail["person"] == str(grace.pk), "whose face is enrolled by now"


def test_an_odd_photo_says_whom_it_resembles(ada: Person, grace: Person, add: Add) -> None:
    enrol_all(ada, add, [ADA, moment(ADA, 1)])
    enrol_all(grace, add, [BOB])
    (odd,) = enrol_all(ada, add, [near(BOB, 0.35)])
    assert standing(odd) == [("review", "unlike_own")]
    assert odd.reason_detail["person"] == str(grace.pk)


@pytest.mark.parametrize("state", ["enrolled", "review"])
def test_a_picture_that_somebody_else_has_is_held_also_if_theirs_is(
    ada: Person, grace: Person, add: Add, state: str
) -> None:
    theirs = enrol_all(grace, add, [*(near(BOB, 0.3, seed=30 + n) for n in range(3)), BOB])[-1]
    if state == "review":
        Photo.objects.filter(pk=theirs.pk).update(state=state, reason="looks_like_other")
    (photo,) = enrol_all(ada, add, [near(BOB, 0.03)])
    assert standing(photo) == [("review", "same_picture_as_other")]
    assert photo.reason_detail["person"] == str(grace.pk)


def test_the_nearest_photo_counts_not_the_template(ada: Person, grace: Person, add: Add) -> None:
    """A copy of one photo, whose person's template is 0.36 away: beyond the match distance."""
    for seed, vector in enumerate((ADA, near(ADA, 0.5, seed=41), near(ADA, 0.5, seed=42), near(ADA, 0.5, seed=43))):
        photo = add(grace, seed=100 + seed)
        Photo.objects.filter(pk=photo.pk).update(state="enrolled")
        Encoding.objects.create(photo=photo, engine="e", vector=vector, quality=0.9)
    (copy,) = enrol_all(ada, add, [near(ADA, 0.05)])
    assert standing(copy) == [("review", "same_picture_as_other")]


def test_the_same_file_is_held_even_if_this_engine_has_not_encoded_theirs(ada: Person, grace: Person, add: Add) -> None:
    theirs = add(grace, seed=9)
    record_reading(claimed(theirs), good(ADA), "another engine")
    mine = add(ada, seed=9)
    enrol(mine, BOB)
    assert standing(mine) == [("review", "same_picture_as_other")]


def test_of_a_group_picture_each_person_enrols_another_face(ada: Person, grace: Person, add: Add) -> None:
    for person, vector, box in ((grace, ADA, [1, 1, 9, 9]), (ada, BOB, [20, 1, 29, 9])):
        photo = add(person, seed=9)
        Photo.objects.filter(pk=photo.pk).update(chosen_box=box)
        enrol(photo, vector)
    assert len(recognising()) == 2


def test_a_second_look_holds_what_later_photos_speak_against(ada: Person, grace: Person, add: Add) -> None:
    early = add(ada, seed=1)
    enrol(early, near(BOB, 0.2, seed=50))
    for seed in (2, 3):  # as by a worker that had not seen the first
        photo = add(grace, seed=seed)
        Photo.objects.filter(pk=photo.pk).update(state="enrolled")
        Encoding.objects.create(photo=photo, engine="e", vector=moment(BOB, seed), quality=0.9)
    assert standing(early) == [("enrolled", "")]
    look_once_more()
    assert standing(early) == [("review", "looks_like_other")]
    assert not Photo.objects.for_second_look().exists()


# Decisions


def test_the_same_person_is_never_asked_about_again(ada: Person, add: Add) -> None:
    *_, odd = enrol_all(ada, add, [moment(ADA, 0), moment(ADA, 1), BOB])
    photo_decisions.confirm_photo(photo=odd, by=None)
    enrol_all(ada, add, [moment(ADA, 2), moment(BOB, 3)])
    assert len(recognising()) == 5


def test_confirming_one_of_two_settles_both(ada: Person, add: Add) -> None:
    first, second = enrol_all(ada, add, [ADA, BOB])
    photo_decisions.confirm_photo(photo=second, by=None)
    assert recognising() == {first.pk, second.pk}
    assert not Photo.objects.filter(confirmed_at=None).exists()


@pytest.mark.parametrize("how", ["reject", "delete", "move"])
def test_whoever_takes_the_wrong_one_away_frees_the_other(ada: Person, grace: Person, add: Add, how: str) -> None:
    wrong, held = enrol_all(ada, add, [BOB, ADA])
    version = current_version()
    if how == "reject":
        photo_decisions.reject_photo(photo=wrong, by=None)
    elif how == "delete":
        services.delete_photos(photos=[wrong], by=None)
    else:
        photo_decisions.move_photo(photo=wrong, to=grace, by=None)
        enrol(wrong, BOB)
    assert current_version() > version
    enrol(held, ADA)
    assert standing(held) == [("enrolled", "")]


def test_those_that_resembled_a_removed_photo_are_judged_again(ada: Person, grace: Person, add: Add) -> None:
    (wrong,) = enrol_all(ada, add, [BOB])
    (hers,) = enrol_all(grace, add, [moment(BOB, 1)])
    services.delete_people(people=[ada], by=None)
    assert wrong.pk not in recognising()
    enrol(hers, moment(BOB, 1))
    assert standing(hers) == [("enrolled", "")]


def test_merged_people_are_one_person_however_they_look(ada: Person, grace: Person, add: Add) -> None:
    enrol_all(ada, add, [moment(ADA, 0), moment(ADA, 1)])
    enrol_all(grace, add, [BOB])
    merge_people(keep=ada, merge=grace, by=None)
    enrol_all(ada, add, [moment(ADA, 3)])
    assert len(recognising()) == 4


@pytest.mark.parametrize("again", ["read again", "another face"])
def test_whoever_takes_a_confirmed_photo_away_takes_back_that_it_is_them(
    ada: Person, grace: Person, add: Add, again: str
) -> None:
    """Of a group picture Ada's photo was another face than hers; now it is to be a third one, which is Grace's."""
    [of_grace] = enrol_all(grace, add, [unit_vector(3)])
    _first, wrong = enrol_all(ada, add, [ADA, BOB])
    photo_decisions.confirm_photo(photo=wrong, by=None)
    photo_decisions.reject_photo(photo=wrong, by=None)
    if again == "read again":
        photo_decisions.retry_photo(photo=wrong, by=None)
    else:
        photo_decisions.choose_face(photo=wrong, index=0, by=None)
    enrol(wrong, near(unit_vector(3), 0.2))
    assert standing(wrong) == [("review", "looks_like_other")]
    assert wrong.reason_detail["person"] == str(of_grace.person_id)
