"""Merges of people stand in the ledger and can be undone; a worker does those of very many sightings."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from people.editing import long_merges, merging, moving, separating
from people.editing.long_merges import work_on_next_merge
from people.editing.merging import merge_people
from people.errors import WrongState
from people.gallery import counter_examples
from people.records.counter_example import CounterExample
from people.records.groups import PersonGroup
from people.records.merged import MergedPerson
from people.records.person import Person
from people.records.person_merge import MovedRows, PersonMerge
from people.records.photo import Photo
from people.records.set_aside import SetAsideCounterExample
from people.records.watchlist import Watchlist
from streams.correcting.corrections import correct
from streams.correcting.shown import shown
from streams.correcting.undoing import undo
from streams.correcting.working import work_until_done
from streams.errors import CannotUndo
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from tests.people.conftest import unit_vector
from tests.streams.correcting.conftest import is_, now
from tests.streams.seen import seen

pytestmark = pytest.mark.django_db


class Never:
    def is_set(self) -> bool:
        return False


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (merging, moving, separating):
        monkeypatch.setattr(module, "BATCH", 3)


def merged(keep: Person, merge: Person, by: User | None = None) -> IdentityEdit:
    merge_people(keep=keep, merge=Person(pk=merge.pk), by=by, page="/admin/people/person/merge/")
    return IdentityEdit.objects.get(kind="merge_people", other_person=merge.pk)


def undone(edit: IdentityEdit) -> IdentityEdit:
    return undo(edit=edit, by=None, page="/edits/")


def rows(person: Person) -> set[Any]:
    return set(Sighting.objects.filter(person=person).values_list("pk", flat=True))


def columns(person: Person) -> dict[str, Any]:
    return Person.objects.filter(pk=person.pk).values(*merging.COLUMNS).get()


def test_a_merge_stands_in_the_ledger(hall: Camera, ada: Person, grace: Person, operator: User) -> None:
    seen(hall, grace)
    edit = merged(ada, grace, by=operator)
    assert (edit.person, edit.other_person, edit.who) == (ada.pk, grace.pk, "operator")
    assert (edit.page, edit.state) == ("/admin/people/person/merge/", "done")


def test_its_undo_brings_the_person_back_with_all_that_was_theirs(hall: Camera, ada: Person, grace: Person) -> None:
    Person.objects.filter(pk=grace.pk).update(external_id="G-1", notes="hers", metadata={"badge": 7})
    Watchlist.objects.create(name="Staff").people.add(grace)
    both = PersonGroup.objects.create(name="North")
    both.people.add(ada, grace)
    seen(hall, ada), seen(hall, grace), seen(hall, grace)
    before = [(rows(person), columns(person)) for person in (ada, grace)]
    undone(merged(ada, grace))
    assert [(rows(person), columns(person)) for person in (ada, grace)] == before
    assert set(Detection.objects.values_list("person", "sighting__person")) == {(ada.pk, ada.pk), (grace.pk, grace.pk)}
    assert [watchlist.name for watchlist in grace.watchlists.all()] == ["Staff"] and not ada.watchlists.exists()
    assert set(both.people.all()) == {ada, grace}
    assert not MergedPerson.objects.exists() and not MovedRows.objects.exists()
    assert PersonMerge.objects.get().merged_row == {}


def test_what_somebody_changed_of_the_kept_person_since_stays(ada: Person, grace: Person) -> None:
    Person.objects.filter(pk=grace.pk).update(notes="hers", external_id="G-1")
    edit = merged(ada, grace)
    Person.objects.filter(pk=ada.pk).update(notes="quite new", external_id=None)
    Person.objects.create(name="Bela", external_id="G-1")
    undone(edit)
    ada.refresh_from_db()
    assert (ada.notes, Person.objects.get(pk=grace.pk).external_id) == ("quite new", None)


def test_a_sighting_that_was_corrected_since_stays_corrected_and_leads_back(
    hall: Camera, ada: Person, grace: Person
) -> None:
    bela, sighting = Person.objects.create(name="Bela"), seen(hall, grace)
    edit = merged(ada, grace)
    later = correct(sighting=sighting.pk, says=is_(bela), by=None, page="")
    assert later is not None
    undone(edit)
    assert now(sighting) == ("match", bela)
    undone(later)
    assert now(sighting) == ("match", grace)


def test_also_after_the_kept_person_was_merged_away(hall: Camera, ada: Person, grace: Person) -> None:
    bela, sighting = Person.objects.create(name="Bela"), seen(hall, grace)
    first, second = merged(ada, grace), merged(bela, ada)
    assert now(sighting) == ("match", bela)
    undone(first)
    assert now(sighting) == ("match", grace)
    undone(second)
    assert now(sighting) == ("match", grace) and Person.objects.count() == 3


def test_once_the_kept_person_is_deleted_it_says_why_not(ada: Person, grace: Person) -> None:
    edit = merged(ada, grace)
    ada.delete()
    with pytest.raises(CannotUndo, match="was deleted since"):
        undone(edit)
    assert not PersonMerge.objects.exists()  # nor is the other's name kept anywhere


@pytest.mark.usefixtures("small_batches")
def test_of_many_sightings_the_request_moves_none(hall: Camera, ada: Person, grace: Person) -> None:
    sightings = {seen(hall, grace).pk for _ in range(5)}
    edit = merged(ada, grace)
    assert (edit.state, edit.total, rows(grace)) == ("working", 10, sightings)
    merge_people(keep=ada, merge=grace, by=None)  # again
    for keep, merge in ((grace, ada), (grace, Person.objects.create(name="Bela"))):
        with pytest.raises(WrongState, match="just now"):
            merge_people(keep=keep, merge=merge, by=None)
    assert work_on_next_merge()
    edit.refresh_from_db()
    assert (edit.state, edit.changed) == ("working", 3)
    with pytest.raises(CannotUndo, match="still being worked on"):
        undone(edit)
    work_until_done(Never())
    edit.refresh_from_db()
    assert (edit.state, edit.changed, rows(ada)) == ("done", 10, sightings)
    assert not Person.objects.filter(pk=grace.pk).exists()


@pytest.mark.usefixtures("small_batches")
def test_nor_does_its_undo(hall: Camera, ada: Person, grace: Person) -> None:
    sightings, own = {seen(hall, grace).pk for _ in range(5)}, {seen(hall, ada).pk}
    edit = merged(ada, grace)
    work_until_done(Never())
    row = undone(IdentityEdit.objects.get(pk=edit.pk))
    assert (row.state, row.total) == ("working", 10)
    work_until_done(Never())
    row.refresh_from_db()
    assert (row.state, row.changed, rows(ada), rows(grace)) == ("done", 10, own, sightings)


@pytest.mark.usefixtures("small_batches")
def test_whoever_is_deleted_meanwhile_ends_a_long_merge(hall: Camera, ada: Person, grace: Person) -> None:
    for _ in range(5):
        seen(hall, grace)
    edit = merged(ada, grace)
    assert long_merges.work_on_next_merge()
    grace.delete()
    work_until_done(Never())
    edit.refresh_from_db()
    assert (edit.state, PersonMerge.objects.get().state) == ("done", "stopped")


def against(person: Person) -> set[Any]:
    """The sightings whose faces are said not to be `person`, with how often each has decided."""
    return set(CounterExample.objects.filter(person=person).values_list("sighting_id", "decided"))


def not_(person: Person, sighting: Sighting, decided: int) -> None:
    CounterExample.objects.create(
        person=person, engine="e", vector=unit_vector(3), sighting_id=sighting.pk, who="Ann", decided=decided
    )


@pytest.fixture
def told_apart(hall: Camera, ada: Person, grace: Person) -> Sighting:
    """Each was said not to be the other; a stranger, who is returned, is neither of them."""
    of_grace, of_ada, stranger = seen(hall, grace), seen(hall, ada), seen(hall)
    for person, sighting, decided in ((ada, of_grace, 1), (grace, of_ada, 2), (ada, stranger, 3), (grace, stranger, 4)):
        not_(person, sighting, decided)
    return stranger


def test_what_told_the_two_apart_decides_again(
    ada: Person, grace: Person, told_apart: Sighting, operator: User
) -> None:
    before = against(ada), against(grace)
    edit = merged(ada, grace)
    assert against(ada) == {(told_apart.pk, 3)}
    undo_row = undone(edit)
    assert (against(ada), against(grace)) == before
    assert {row.who for row in CounterExample.objects.all()} == {"Ann"}
    assert shown([undo_row], operator)[0].left == ""
    assert not SetAsideCounterExample.objects.exists()


def test_what_was_forgotten_while_the_two_were_one_stays_forgotten(
    ada: Person, grace: Person, told_apart: Sighting
) -> None:
    edit = merged(ada, grace)
    counter_examples.remove(sightings=[told_apart.pk])
    undone(edit)
    assert {decided for _, decided in against(ada) | against(grace)} == {1, 2}


def test_what_was_set_aside_goes_with_the_kept_person(ada: Person, grace: Person, told_apart: Sighting) -> None:
    merged(ada, grace)
    assert SetAsideCounterExample.objects.count() == 3
    Person.objects.get(pk=ada.pk).delete()
    assert not SetAsideCounterExample.objects.exists()


def test_of_a_photo_that_both_had_the_undo_says_who_keeps_it(ada: Person, grace: Person, operator: User) -> None:
    for person in (ada, grace):
        Photo.objects.create(person=person, sha256="the same", image=f"photos/{person.pk}.jpg", state="enrolled")
    row = undone(merged(ada, grace))
    assert shown([row], operator)[0].left == "A photo that both had stays with whoever was kept: a file is one photo."
