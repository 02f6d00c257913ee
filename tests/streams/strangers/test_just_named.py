"""Whoever has just been named is no stranger again: not by the visit in view, nor by one before photos are there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from people.editing.services import retire_person
from people.records.person import Person
from streams.correcting.corrections import Correction, correct
from streams.correcting.undoing import undo
from streams.records.camera import Camera
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.states import EditKind
from streams.records.stranger import Stranger
from streams.strangers import edits
from streams.strangers.in_sight import know_in_sight
from streams.strangers.just_named import FOLLOWS_FOR
from streams.strangers.pictures import ChosenPictures
from tests.streams.limited import World, fresh
from tests.streams.strangers.conftest import Seen
from tests.streams.strangers.passers_by import joined, passer_by

SECOND = timedelta(seconds=1)


def named(stranger: Stranger, by: User) -> IdentityEdit:
    return edits.name_stranger(stranger=stranger.pk, name="Ann", pictures=ChosenPictures(), by=by, page="/strangers/1/")


def late(camera: Camera, face: int = 0, *, after: timedelta = SECOND, **fields: Any) -> Sighting:
    """A visit that begins so long after this moment, and is over."""
    return passer_by(camera, face, at=timezone.now() + after, **fields)


def person_of(sighting: Sighting) -> str:
    sighting.refresh_from_db()
    return sighting.person.name if sighting.person else ""


def test_a_visit_that_ends_after_the_naming_is_named_too(seen_twice: Seen, hall: Camera, operator: User) -> None:
    stranger, begun_before = seen_twice(), late(hall, after=-3 * SECOND)
    edit = named(stranger, operator)
    assert joined(begun_before, late(hall, off=0.1)) == [stranger, stranger]
    assert person_of(begun_before) == "Ann"
    edit.refresh_from_db()
    stranger.refresh_from_db()
    assert (edit.changed, edit.total, stranger.sightings, Stranger.objects.count()) == (4, 4, 4, 1)


def test_its_undo_takes_the_later_visit_back_as_well(seen_twice: Seen, hall: Camera, operator: User) -> None:
    stranger = seen_twice()
    edit = named(stranger, operator)
    visit = late(hall)
    joined(visit)
    undo(edit=IdentityEdit.objects.get(pk=edit.pk), by=operator, page="/edits/")
    assert joined(visit) == [stranger]
    assert set(Sighting.objects.values_list("verdict", "person", "edit")) == {("unknown", None, None)}


def test_the_visit_in_view_has_the_name_at_once_and_keeps_it(seen_twice: Seen, hall: Camera, operator: User) -> None:
    stranger = seen_twice()
    visit = passer_by(hall, at=timezone.now(), ended_at=None, stranger_due=False)
    assert know_in_sight() == 1
    edit = named(stranger, operator)
    assert person_of(visit) == "Ann"
    assert (visit.machine_verdict, visit.edit, visit.stranger, edit.changed) == ("unknown", edit, stranger, 3)
    undo(edit=IdentityEdit.objects.get(pk=edit.pk), by=operator, page="/edits/")
    assert person_of(visit) == "" and visit.seen_as == stranger


def test_a_visit_of_last_week_is_no_part_of_it(seen_twice: Seen, hall: Camera, operator: User) -> None:
    named(seen_twice(), operator)
    visit = late(hall, after=timedelta(days=-7))
    joined(visit)
    assert person_of(visit) == ""


def test_somebody_else_stays_unknown(seen_twice: Seen, hall: Camera, operator: User) -> None:
    named(seen_twice(), operator)
    visit = late(hall, 1)
    (other,) = joined(visit)
    assert other.person is None and person_of(visit) == ""


def test_after_two_minutes_the_cameras_decide(seen_twice: Seen, hall: Camera, operator: User) -> None:
    named(seen_twice(), operator)
    visit = late(hall, after=FOLLOWS_FOR + 5 * SECOND)
    joined(visit)
    assert person_of(visit) == ""


def test_nobody_is_named_after_an_undo_or_who_is_retired(seen_twice: Seen, hall: Camera, operator: User) -> None:
    stranger = seen_twice()
    undo(edit=named(stranger, operator), by=operator, page="/edits/")
    visit = late(hall)
    assert joined(visit) == [stranger] and person_of(visit) == ""
    named(stranger, operator)
    retire_person(person=Person.objects.get(name="Ann", strangers=stranger), by=operator)
    other = late(hall)
    assert joined(other) != [stranger] and person_of(other) == ""


def test_a_limited_users_naming_reaches_no_further_visit(seen_twice: Seen, operator: User) -> None:
    """Their naming is of what they saw; a visit at another camera would be beyond it, and beyond their undo."""
    world = World.made()
    operator.is_superuser = False
    operator.save()
    stranger = seen_twice(0, world.hall, world.hall)
    world.limit_cameras(operator)
    named(stranger, fresh(operator))
    here, there = late(world.hall), late(world.vault)
    assert stranger not in joined(here, there)
    assert (person_of(here), person_of(there)) == ("", "")


def test_whom_somebody_says_a_visit_is_not_it_never_becomes_again(
    seen_twice: Seen, hall: Camera, operator: User
) -> None:
    stranger, visit = seen_twice(), late(hall, after=-30 * SECOND)
    joined(visit)
    edit = named(stranger, operator)
    later = late(hall)
    joined(later)
    ann = Person.objects.get()
    for wrong in (visit, later):
        assert person_of(wrong) == "Ann"
        correct(sighting=wrong.pk, says=Correction(EditKind.IS_NOT, ann.pk), by=operator, page="/sightings/")
    joined(visit, later)
    assert (person_of(visit), person_of(later)) == ("", "")
    undo(edit=IdentityEdit.objects.get(pk=edit.pk), by=operator, page="/edits/")
