"""What people say about strangers: everything follows at once, all of it is in the ledger, and can be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from people.editing.merging import merge_people
from people.editing.photo_decisions import move_photo
from people.editing.services import retire_person
from people.gallery.counter_examples import add
from people.records.counter_example import CounterExample
from people.records.person import Person
from people.records.photo import Photo
from streams.correcting import ledger
from streams.correcting.undoing import undo
from streams.correcting.working import work_on_next
from streams.errors import (
    CannotUndo,
    NoSuchPerson,
    NothingToSplit,
    NotTheirSightings,
    PersonIsRetired,
    SameStranger,
    StrangerHasChanged,
    StrangerIsGone,
)
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import EditKind, StrangerState
from streams.records.stranger import Stranger, StrangerDifference, StrangerEncoding
from streams.strangers import edits
from streams.strangers.differences import different_from
from streams.strangers.pictures import ChosenPictures
from streams.strangers.retention import forget_strangers
from tests.streams.limited import World, fresh
from tests.streams.strangers.conftest import Seen
from tests.streams.strangers.passers_by import joined, passer_by

NONE = ChosenPictures()


def by(user: User) -> dict[str, Any]:
    return {"by": user, "page": "/strangers/1/"}


def name(stranger: Stranger, user: User, called: str = "Ann", pictures: ChosenPictures = NONE) -> IdentityEdit:
    return edits.name_stranger(stranger=stranger.pk, name=called, pictures=pictures, **by(user))


def back(edit: IdentityEdit, user: User) -> IdentityEdit:
    return undo(edit=edit, **by(user))


def state_of(stranger: Stranger) -> str:
    return Stranger.objects.get(pk=stranger.pk).state


def test_a_named_strangers_sightings_are_all_the_new_persons(seen_twice: Seen, operator: User) -> None:
    stranger = seen_twice()
    edit = name(stranger, operator)
    ann = Person.objects.get(name="Ann")
    assert set(Sighting.objects.values_list("verdict", "person", "machine_verdict")) == {("match", ann.pk, "unknown")}
    assert (edit.kind, edit.person, edit.stranger, edit.changed) == ("name", ann.pk, stranger.pk, 2)
    assert (edit.by, edit.page) == (operator, "/strangers/1/")
    stranger.refresh_from_db()
    assert (stranger.state, stranger.person) == (StrangerState.NAMED, ann)
    assert not StrangerEncoding.objects.exists()


def test_naming_is_undone_as_it_was(seen_twice: Seen, operator: User) -> None:
    stranger = seen_twice()
    before = StrangerEncoding.objects.values_list("of", flat=True).get()
    undone = back(name(stranger, operator), operator)
    assert set(Sighting.objects.values_list("verdict", "person", "edit", "stranger")) == {
        ("unknown", None, None, stranger.pk)
    }
    assert state_of(stranger) == StrangerState.OPEN
    assert StrangerEncoding.objects.values_list("of", flat=True).get() == before
    assert Person.objects.get(name="Ann").is_retired
    assert "The new person is retired" in undone.detail["note"] and "Ann" not in str(undone.detail)


def test_chosen_pictures_become_photos_and_wait_to_be_read(
    seen_twice: Seen, operator: User, pictured: Callable[[Sighting], Detection]
) -> None:
    stranger = seen_twice()
    ids = [pictured(row).pk for row in Sighting.objects.all()]
    edit = name(stranger, operator, pictures=ChosenPictures.read(stranger.pk, ids, operator))
    photos = Photo.objects.filter(person__name="Ann")
    assert set(photos.values_list("state", flat=True)) == {"pending"}
    assert {str(photo.pk) for photo in photos} == set(edit.detail["photos"]) and len(photos) == 2


def test_pictures_of_somebody_else_are_refused(
    seen_twice: Seen, operator: User, pictured: Callable[[Sighting], Detection]
) -> None:
    one, other = seen_twice(1), seen_twice(2)
    picture = pictured(Sighting.objects.filter(stranger=other)[0])
    with pytest.raises(NotTheirSightings):
        ChosenPictures.read(one.pk, [picture.pk], operator)


def test_a_picture_whose_file_is_gone_is_refused(seen_twice: Seen, operator: User, media: object) -> None:
    stranger = seen_twice()
    with pytest.raises(NotTheirSightings):
        ChosenPictures.read(stranger.pk, [Detection.objects.all()[0].pk], operator)


def test_a_stranger_can_be_somebody_enrolled(
    seen_twice: Seen, operator: User, pictured: Callable[[Sighting], Detection]
) -> None:
    stranger, ann = seen_twice(), Person.objects.create(name="Ann")
    picture = pictured(Sighting.objects.all()[0])
    chosen = ChosenPictures.read(stranger.pk, [picture.pk], operator)
    edit = edits.say_who(stranger=stranger.pk, person=ann.pk, pictures=chosen, **by(operator))
    assert Sighting.objects.filter(person=ann, verdict="match").count() == 2
    undone = back(edit, operator)
    assert not Sighting.objects.filter(person=ann).exists() and not Photo.objects.exists()
    assert "1 photos" in undone.detail["note"] and not Person.objects.get().is_retired


def test_a_photo_that_was_moved_to_somebody_else_since_is_theirs_also_after_the_undo(
    seen_twice: Seen, operator: User, pictured: Callable[[Sighting], Detection]
) -> None:
    stranger, ann, bob = seen_twice(), Person.objects.create(name="Ann"), Person.objects.create(name="Bob")
    ids = [pictured(row).pk for row in Sighting.objects.all()]
    chosen = ChosenPictures.read(stranger.pk, ids, operator)
    edit = edits.say_who(stranger=stranger.pk, person=ann.pk, pictures=chosen, **by(operator))
    moved, kept = Photo.objects.all()
    Photo.objects.filter(pk=moved.pk).update(state="review", reason="unlike_own")
    move_photo(photo=moved, to=bob, by=operator)
    merge_people(keep=Person.objects.create(name="Ann, too"), merge=ann, by=operator)
    undone = back(edit, operator)
    assert list(bob.photos.all()) == [moved] and not Photo.objects.filter(pk=kept.pk).exists()
    assert "1 photos" in undone.detail["note"]


@pytest.mark.parametrize("who", ["nobody", "retired"])
def test_nobody_becomes_somebody_who_is_not_there(seen_twice: Seen, operator: User, who: str) -> None:
    stranger, person = seen_twice(), Person.objects.create(name="Ann")
    if who == "retired":
        retire_person(person=person, by=None)
    wanted, expected = (uuid4(), NoSuchPerson) if who == "nobody" else (person.pk, PersonIsRetired)
    with pytest.raises(expected):
        edits.say_who(stranger=stranger.pk, person=wanted, pictures=NONE, **by(operator))
    assert not IdentityEdit.objects.exists() and state_of(stranger) == StrangerState.OPEN


def test_joined_strangers_are_one_and_two_again_when_undone(seen_twice: Seen, operator: User) -> None:
    one, other = seen_twice(1), seen_twice(2)
    edit = edits.join_strangers(stranger=one.pk, other=other.pk, **by(operator))
    one.refresh_from_db(), other.refresh_from_db()
    assert (one.state, one.into, one.sightings, other.sightings) == (StrangerState.JOINED, other, 0, 4)
    assert StrangerEncoding.objects.get().of == 4
    back(edit, operator)
    one.refresh_from_db(), other.refresh_from_db()
    assert (one.state, one.into, one.sightings, other.sightings) == (StrangerState.OPEN, None, 2, 2)
    assert set(StrangerEncoding.objects.values_list("stranger", "of")) == {(one.pk, 2), (other.pk, 2)}


def test_who_was_ignored_is_ignored_again_when_a_join_or_a_name_is_undone(seen_twice: Seen, operator: User) -> None:
    one, other = seen_twice(1), seen_twice(2)
    edits.ignore_stranger(stranger=one.pk, ignore=True, **by(operator))
    back(edits.join_strangers(stranger=one.pk, other=other.pk, **by(operator)), operator)
    assert (state_of(one), state_of(other)) == (StrangerState.IGNORED, StrangerState.OPEN)
    back(name(one, operator), operator)
    assert state_of(one) == StrangerState.IGNORED
    assert StrangerEncoding.objects.filter(stranger=one).exists()


@pytest.mark.parametrize("is_new", [True, False])
def test_a_name_is_undone_also_after_the_person_was_merged(
    seen_twice: Seen, operator: User, pictured: Callable[[Sighting], Detection], is_new: bool
) -> None:
    stranger, grace = seen_twice(), Person.objects.create(name="Grace")
    picture = pictured(Sighting.objects.all()[0])
    chosen = ChosenPictures.read(stranger.pk, [picture.pk], operator)
    if is_new:
        edit = name(stranger, operator, pictures=chosen)
        ann = Person.objects.get(name="Ann")
    else:
        ann = Person.objects.create(name="Ann")
        edit = edits.say_who(stranger=stranger.pk, person=ann.pk, pictures=chosen, **by(operator))
    merge_people(keep=grace, merge=ann, by=operator)
    back(edit, operator)
    assert set(Sighting.objects.values_list("verdict", "person", "stranger")) == {("unknown", None, stranger.pk)}
    assert state_of(stranger) == StrangerState.OPEN and not Photo.objects.exists()
    grace.refresh_from_db()
    assert not grace.is_retired


def test_while_a_worker_still_moves_their_sightings_nobody_names_or_joins_them(
    seen_twice: Seen, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, third = seen_twice(1), seen_twice(2), seen_twice(3)
    monkeypatch.setattr(ledger, "BATCH", 1)
    edits.join_strangers(stranger=one.pk, other=other.pk, **by(operator))
    with pytest.raises(StrangerHasChanged, match=f"Sightings of {other} are still being moved"):
        name(other, operator)
    with pytest.raises(StrangerHasChanged):
        edits.join_strangers(stranger=other.pk, other=third.pk, **by(operator))
    while work_on_next():
        pass
    name(other, operator)
    while work_on_next():
        pass
    assert Sighting.objects.filter(person__name="Ann").count() == 4


def test_nobody_is_joined_with_themselves_or_in_a_ring(seen_twice: Seen, operator: User) -> None:
    one, other = seen_twice(1), seen_twice(2)
    with pytest.raises(SameStranger):
        edits.join_strangers(stranger=one.pk, other=one.pk, **by(operator))
    edits.join_strangers(stranger=one.pk, other=other.pk, **by(operator))
    with pytest.raises(StrangerHasChanged, match="was joined with Stranger"):
        edits.join_strangers(stranger=other.pk, other=one.pk, **by(operator))
    assert IdentityEdit.objects.count() == 1


def test_different_people_are_remembered_and_not_offered(seen_twice: Seen, operator: User, hall: Camera) -> None:
    one = seen_twice()
    two = joined(passer_by(hall, off=0.35), passer_by(hall, off=0.35))[0]
    assert two.resembles == one
    edit = edits.tell_apart(stranger=one.pk, other=two.pk, **by(operator))
    assert Stranger.objects.get(pk=two.pk).resembles is None
    assert StrangerDifference.objects.count() == 1
    back(edit, operator)
    assert not StrangerDifference.objects.exists()


def test_whoever_is_joined_stays_different_from_whom_they_were_said_to_be(
    seen_twice: Seen, operator: User, hall: Camera
) -> None:
    one, kept = seen_twice(), seen_twice(2)
    two = joined(passer_by(hall, off=0.35), passer_by(hall, off=0.35))[0]
    said = edits.tell_apart(stranger=one.pk, other=two.pk, **by(operator))
    join = edits.join_strangers(stranger=one.pk, other=kept.pk, **by(operator))
    assert different_from(kept.pk) == {two.pk} and different_from(two.pk) == {one.pk, kept.pk}
    (seen,) = joined(passer_by(hall, off=0.35))  # nearest to whom is a mean of `one` now
    assert (seen, seen.resembles) == (two, None)
    forget_strangers()
    assert different_from(kept.pk) == {two.pk}
    back(join, operator)
    assert different_from(kept.pk) == set() and different_from(one.pk) == {two.pk}
    again = edits.join_strangers(stranger=one.pk, other=kept.pk, **by(operator))
    assert different_from(kept.pk) == {two.pk}
    back(said, operator)
    assert different_from(kept.pk) == set()
    back(again, operator)


def test_so_they_stay_once_the_visits_of_those_who_were_joined_are_forgotten(seen_twice: Seen, operator: User) -> None:
    one, middle, last, other = (seen_twice(face) for face in range(1, 5))
    edits.tell_apart(stranger=one.pk, other=other.pk, **by(operator))
    for joint in ((one, middle), (middle, last)):
        edits.join_strangers(stranger=joint[0].pk, other=joint[1].pk, **by(operator))
    mine = Sighting.objects.filter(stranger=last)
    mine.exclude(pk__in=mine.filter(edit=None)).delete()
    forget_strangers()
    assert different_from(last.pk) == {other.pk}


def test_whom_somebody_is_joined_with_is_offered_no_more(seen_twice: Seen, operator: User, hall: Camera) -> None:
    one, kept = seen_twice(3), seen_twice()
    two = joined(passer_by(hall, off=0.35), passer_by(hall, off=0.35))[0]
    assert two.resembles == kept
    edits.tell_apart(stranger=one.pk, other=two.pk, **by(operator))
    edits.join_strangers(stranger=one.pk, other=kept.pk, **by(operator))
    assert Stranger.objects.get(pk=two.pk).resembles is None


def test_a_part_that_is_split_off_may_be_whom_the_whole_is_not(seen_twice: Seen, operator: User) -> None:
    one, two = seen_twice(1), seen_twice(2)
    edits.tell_apart(stranger=one.pk, other=two.pk, **by(operator))
    wrong = Sighting.objects.filter(stranger=one)[0]
    edit = edits.split_stranger(stranger=one.pk, sightings=[wrong.pk], **by(operator))
    assert edit.other_stranger and different_from(edit.other_stranger) == {one.pk}


def test_saying_twice_that_two_differ_is_undone_once(seen_twice: Seen, operator: User) -> None:
    one, two = seen_twice(1), seen_twice(2)
    edits.tell_apart(stranger=one.pk, other=two.pk, **by(operator))
    back(edits.tell_apart(stranger=two.pk, other=one.pk, **by(operator)), operator)
    assert StrangerDifference.objects.count() == 1


def test_split_sightings_are_another_stranger(seen_twice: Seen, operator: User) -> None:
    stranger = seen_twice()
    wrong = Sighting.objects.all()[0]
    edit = edits.split_stranger(stranger=stranger.pk, sightings=[wrong.pk], **by(operator))
    wrong.refresh_from_db()
    assert wrong.stranger and wrong.stranger.number and wrong.stranger_id == edit.other_stranger != stranger.pk
    assert set(StrangerEncoding.objects.values_list("of", flat=True)) == {1}
    assert StrangerDifference.objects.count() == 1
    back(edit, operator)
    assert set(Sighting.objects.values_list("stranger", flat=True)) == {stranger.pk}
    assert not StrangerDifference.objects.exists()


def test_a_split_needs_sightings_of_both(seen_twice: Seen, operator: User) -> None:
    stranger, other = seen_twice(1), seen_twice(2)
    rows = list(Sighting.objects.filter(stranger=stranger).values_list("pk", flat=True))
    for chosen, expected in (
        ([], NothingToSplit),
        (rows, NothingToSplit),
        (Sighting.objects.filter(stranger=other).values_list("pk", flat=True)[:1], NotTheirSightings),
    ):
        with pytest.raises(expected):
            edits.split_stranger(stranger=stranger.pk, sightings=list(chosen), **by(operator))
    assert Stranger.objects.count() == 2 and not IdentityEdit.objects.exists()


def test_an_ignored_stranger_is_folded_away_and_comes_back(seen_twice: Seen, operator: User) -> None:
    stranger = seen_twice()
    edit = edits.ignore_stranger(stranger=stranger.pk, ignore=True, **by(operator))
    assert state_of(stranger) == StrangerState.IGNORED and StrangerEncoding.objects.exists()
    edits.ignore_stranger(stranger=stranger.pk, ignore=False, **by(operator))
    assert state_of(stranger) == StrangerState.OPEN
    with pytest.raises(CannotUndo):
        back(edit, operator)


def test_a_forgotten_stranger_is_gone_for_good_and_the_sightings_stay(seen_twice: Seen, operator: User) -> None:
    stranger = seen_twice()
    edit = edits.forget_stranger(stranger=stranger.pk, **by(operator))
    assert not Stranger.objects.exists() and not SightingEncoding.objects.exists()
    assert set(Sighting.objects.values_list("stranger", "stranger_due")) == {(None, False)}
    with pytest.raises(CannotUndo):
        back(edit, operator)


def test_with_a_stranger_the_counter_examples_made_of_them_are_forgotten(seen_twice: Seen, operator: User) -> None:
    stranger, ann = seen_twice(), Person.objects.create(name="Ann")
    of_stranger = SightingEncoding.objects.filter(sighting__stranger=stranger).first()
    assert of_stranger is not None
    for sighting in (of_stranger.sighting_id, uuid4()):
        add(person=ann, engine=of_stranger.engine, vector=of_stranger.vector, sighting_id=sighting, who="Ann")
    edits.forget_stranger(stranger=stranger.pk, **by(operator))
    assert [row.sighting_id for row in CounterExample.objects.all()] == [sighting]


def test_whoever_was_forgotten_meanwhile_cannot_be_named(seen_twice: Seen, operator: User) -> None:
    stranger = seen_twice()
    Sighting.objects.all().delete()
    with pytest.raises(StrangerIsGone):
        name(stranger, operator)
    Stranger.objects.all().delete()
    with pytest.raises(StrangerIsGone):
        name(stranger, operator)
    assert not Person.objects.exists() and not IdentityEdit.objects.exists()


def test_a_second_name_is_refused_with_the_first(seen_twice: Seen, operator: User) -> None:
    stranger = seen_twice()
    name(stranger, operator, "Ann")
    with pytest.raises(StrangerHasChanged, match="is Ann now"):
        name(stranger, operator, "Bea")
    assert not Person.objects.filter(name="Bea").exists()


def test_a_later_correction_stays_when_the_naming_is_undone(seen_twice: Seen, operator: User) -> None:
    from streams.correcting.corrections import Correction, correct

    stranger = seen_twice()
    edit = name(stranger, operator)
    corrected = Sighting.objects.all()[0]
    bea = Person.objects.create(name="Bea")
    correct(sighting=corrected.pk, says=Correction(EditKind.IS, bea.pk), **by(operator))
    back(edit, operator)
    corrected.refresh_from_db()
    assert corrected.person == bea
    assert Sighting.objects.filter(stranger=stranger, verdict="unknown").count() == 1


class TestWithinLimits:
    """Whoever sees the hall alone edits what the hall saw, and learns nothing of the vault."""

    @pytest.fixture
    def world(self, operator: User) -> World:
        world = World.made()
        Sighting.objects.all().delete()
        operator.is_superuser = False
        operator.save()
        world.limit_cameras(operator)
        return world

    def test_only_the_part_that_they_see_gets_the_name(self, world: World, seen_twice: Seen, operator: User) -> None:
        stranger = seen_twice(0, world.hall, world.vault)
        edit = name(stranger, fresh(operator))
        assert Sighting.objects.get(camera=world.hall).person == Person.objects.get(name="Ann")
        assert Sighting.objects.get(camera=world.vault).person is None
        assert state_of(stranger) == StrangerState.OPEN
        back(edit, fresh(operator))
        assert set(Sighting.objects.values_list("stranger", "person")) == {(stranger.pk, None)}

    def test_a_stranger_of_other_cameras_is_not_there(self, world: World, seen_twice: Seen, operator: User) -> None:
        hidden, shown = seen_twice(1, world.vault, world.vault), seen_twice(2, world.hall, world.hall)
        with pytest.raises(StrangerIsGone):
            name(hidden, fresh(operator))
        with pytest.raises(StrangerIsGone):
            edits.join_strangers(stranger=shown.pk, other=hidden.pk, **by(fresh(operator)))
        vault = Sighting.objects.filter(camera=world.vault)[0]
        with pytest.raises(NotTheirSightings):
            edits.split_stranger(stranger=shown.pk, sightings=[vault.pk], **by(fresh(operator)))

    def test_joining_ignoring_and_forgetting_take_their_part_alone(
        self, world: World, seen_twice: Seen, operator: User
    ) -> None:
        stranger, other = seen_twice(1, world.hall, world.vault), seen_twice(2, world.hall, world.hall)
        edits.join_strangers(stranger=stranger.pk, other=other.pk, **by(fresh(operator)))
        stranger.refresh_from_db(), other.refresh_from_db()
        assert (stranger.state, stranger.sightings, other.sightings) == (StrangerState.OPEN, 1, 3)
        edits.forget_stranger(stranger=other.pk, **by(fresh(operator)))
        assert state_of(stranger) == StrangerState.OPEN
        third = seen_twice(3, world.hall, world.vault)
        edits.ignore_stranger(stranger=third.pk, ignore=True, **by(fresh(operator)))
        assert state_of(third) == StrangerState.OPEN
        assert Sighting.objects.get(stranger__state=StrangerState.IGNORED).camera == world.hall

    def test_a_part_that_is_joined_is_as_different_as_the_whole_until_that_is_undone(
        self, world: World, seen_twice: Seen, operator: User
    ) -> None:
        one, kept = seen_twice(1, world.hall, world.vault), seen_twice(2, world.hall, world.hall)
        two = seen_twice(3, world.hall, world.hall)
        edits.tell_apart(stranger=one.pk, other=two.pk, **by(fresh(operator)))
        join = edits.join_strangers(stranger=one.pk, other=kept.pk, **by(fresh(operator)))
        assert (state_of(one), different_from(kept.pk)) == (StrangerState.OPEN, {two.pk})
        back(join, fresh(operator))
        assert different_from(kept.pk) == set() and different_from(one.pk) == {two.pk}

    def test_a_person_outside_the_limits_is_nobody(self, world: World, seen_twice: Seen, operator: User) -> None:
        world.limit_people(operator)
        stranger = seen_twice(0, world.hall, world.hall)
        with pytest.raises(NoSuchPerson):
            edits.say_who(stranger=stranger.pk, person=world.bob.pk, pictures=NONE, **by(fresh(operator)))
