"""Corrections of visits, and what is said of their strangers, are undone in any order, and nobody is mixed."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from people.editing.services import retire_person
from people.records.person import Person
from streams.correcting.corrections import Correction, correct
from streams.correcting.undoing import undo
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.states import EditKind, StrangerState
from streams.records.stranger import Stranger, StrangerEncoding
from streams.strangers import edits
from streams.strangers.joining import join_due
from streams.strangers.pictures import ChosenPictures
from tests.streams.strangers.conftest import Seen

NO_FACE = Correction(EditKind.NO_FACE)


def said(sighting: Sighting, says: Correction, by: User) -> IdentityEdit:
    edit = correct(sighting=sighting.pk, says=says, by=by, page="/sightings/")
    assert edit is not None
    return edit


def undone(edit: IdentityEdit, by: User) -> None:
    undo(edit=IdentityEdit.objects.get(pk=edit.pk), by=by, page="/edits/")
    join_due()


def join(one: Stranger, other: Stranger, by: User) -> IdentityEdit:
    return edits.join_strangers(stranger=one.pk, other=other.pk, by=by, page="/strangers/1/")


def name(stranger: Stranger, by: User) -> IdentityEdit:
    pictures = ChosenPictures()
    return edits.name_stranger(stranger=stranger.pk, name="Ann", pictures=pictures, by=by, page="/strangers/1/")


def standing(stranger: Stranger) -> tuple[str, int, int]:
    """What a stranger is, how many visits the row says, and of how many the mean is."""
    row = Stranger.objects.get(pk=stranger.pk)
    mean = StrangerEncoding.objects.filter(stranger=stranger).first()
    assert row.sightings == Sighting.objects.filter(stranger=stranger).count()
    return row.state, row.sightings, mean.of if mean else 0


def test_a_visit_that_comes_back_to_a_joined_stranger_leaves_with_them(seen_twice: Seen, operator: User) -> None:
    one, other = seen_twice(1), seen_twice(2)
    visit = Sighting.objects.filter(stranger=one)[0]
    correction = said(visit, NO_FACE, operator)
    joint = join(one, other, operator)
    undone(correction, operator)
    assert standing(other) == ("open", 4, 4)
    undone(joint, operator)
    assert (standing(one), standing(other)) == (("open", 2, 2), ("open", 2, 2))
    assert set(Sighting.objects.values_list("edit", "verdict", "machine_verdict")) == {(None, "unknown", None)}


def test_so_it_is_with_a_stranger_who_was_joined_twice(seen_twice: Seen, operator: User) -> None:
    one, middle, last = seen_twice(1), seen_twice(2), seen_twice(3)
    correction = said(Sighting.objects.filter(stranger=one)[0], NO_FACE, operator)
    first, second = join(one, middle, operator), join(middle, last, operator)
    undone(correction, operator)
    assert standing(last) == ("open", 6, 6)
    undone(first, operator)
    undone(second, operator)
    assert [standing(each) for each in (one, middle, last)] == 3 * [("open", 2, 2)]


def test_a_visit_that_comes_back_to_a_named_stranger_has_the_name(seen_twice: Seen, operator: User) -> None:
    stranger, bea = seen_twice(), Person.objects.create(name="Bea")
    visit = Sighting.objects.filter(stranger=stranger)[0]
    correction = said(visit, Correction(EditKind.IS, bea.pk), operator)
    naming = name(stranger, operator)
    undone(correction, operator)
    assert {str(row.person) for row in Sighting.objects.all()} == {"Ann"}
    assert standing(stranger) == ("named", 2, 0)
    undone(naming, operator)
    assert standing(stranger) == ("open", 2, 2)
    assert Stranger.objects.count() == 1


def test_it_has_no_name_of_somebody_who_was_retired_since(seen_twice: Seen, operator: User) -> None:
    stranger = seen_twice()
    visit = Sighting.objects.filter(stranger=stranger)[0]
    correction = said(visit, NO_FACE, operator)
    name(stranger, operator)
    retire_person(person=Person.objects.get(), by=operator)
    undone(correction, operator)
    visit.refresh_from_db()
    assert (visit.person, visit.verdict) == (None, "unknown")
    assert standing(stranger) == ("named", 1, 0)


@pytest.mark.parametrize("ignore", [True, False])
def test_what_held_already_still_holds_when_saying_it_again_is_undone(
    seen_twice: Seen, operator: User, ignore: bool
) -> None:
    stranger = seen_twice()
    if ignore:
        edits.ignore_stranger(stranger=stranger.pk, ignore=True, by=operator, page="/strangers/1/")
    again = edits.ignore_stranger(stranger=stranger.pk, ignore=ignore, by=operator, page="/strangers/1/")
    undone(again, operator)
    assert standing(stranger)[0] == (StrangerState.IGNORED if ignore else StrangerState.OPEN)
