"""An undo restores what was before, also after other edits; what it cannot restore it says, with the reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from people.editing.merging import merge_people
from people.records.counter_example import CounterExample
from people.records.person import Person
from streams.correcting.corrections import correct
from streams.correcting.undoing import undo
from streams.errors import CannotUndo
from streams.records.camera import Camera
from streams.records.identity_edit import EditedSighting, IdentityEdit
from streams.records.sighting import Sighting
from streams.records.states import EditKind
from tests.streams.correcting.conftest import NO_FACE, Correction, encoded, is_, is_not, machine, now
from tests.streams.limited import World, fresh
from tests.streams.seen import seen

pytestmark = pytest.mark.django_db


def said(sighting: Sighting, says: Correction, by: User | None = None) -> IdentityEdit:
    edit = correct(sighting=sighting.pk, says=says, by=by, page="/sightings/")
    assert edit is not None
    return edit


def undone(edit: IdentityEdit, by: User | None = None) -> IdentityEdit:
    return undo(edit=edit, by=by, page="/edits/")


def test_it_says_what_it_said_before(hall: Camera, ada: Person, grace: Person, operator: User) -> None:
    for says in (is_(grace), is_not(ada), NO_FACE):
        sighting = encoded(hall, ada, verdict="review")
        before = Sighting.objects.filter(pk=sighting.pk).values().get()
        row = undone(said(sighting, says), by=operator)
        assert Sighting.objects.filter(pk=sighting.pk).values().get() == before
        assert (row.kind, row.who, row.changed, row.total, row.state, row.detail) == (
            "undo",
            "operator",
            1,
            1,
            "done",
            {},
        )
    assert not CounterExample.objects.exists()


def test_a_counter_example_that_a_correction_took_back_comes_again(hall: Camera, ada: Person) -> None:
    sighting = encoded(hall, ada)
    said(sighting, is_not(ada))
    again = said(sighting, is_(ada))
    undone(again)
    assert now(sighting) == ("unknown", None)
    assert CounterExample.objects.get().person == ada


def test_what_a_later_correction_says_too_stays_when_the_earlier_is_undone(
    hall: Camera, ada: Person, grace: Person
) -> None:
    sighting = encoded(hall, ada)
    earlier = said(sighting, is_not(ada))
    later = said(sighting, is_(grace))
    undone(earlier)
    assert now(sighting) == ("match", grace)
    assert CounterExample.objects.get().person == ada
    undone(later)
    assert now(sighting) == ("match", ada)
    assert not CounterExample.objects.exists()


def test_a_counter_example_of_a_correction_that_is_undone_never_comes_again(hall: Camera, ada: Person) -> None:
    sighting = encoded(hall, ada)
    earlier = said(sighting, is_not(ada))
    later = said(sighting, is_(ada))
    undone(earlier)
    undone(later)
    assert now(sighting) == ("match", ada)
    assert not CounterExample.objects.exists()


def test_the_newest_goes_first_and_the_one_before_holds_again(hall: Camera, ada: Person, grace: Person) -> None:
    sighting = encoded(hall, ada)
    first, second = said(sighting, is_(grace)), said(sighting, NO_FACE)
    undone(second)
    row = Sighting.objects.get()
    assert (now(sighting), machine(sighting), row.edit, row.is_no_face) == (
        ("match", grace), ("match", ada), first, False,
    )  # fmt: skip
    undone(first)
    assert (now(sighting), machine(sighting)) == (("match", ada), (None, None))


def test_an_earlier_edit_leaves_the_later_one_which_then_leads_to_what_was_before_both(
    hall: Camera, ada: Person, grace: Person
) -> None:
    sighting = encoded(hall, ada)
    first, second = said(sighting, is_(grace)), said(sighting, NO_FACE)
    row = undone(first)
    assert (row.changed, row.detail) == (0, {"edited_later": 1})
    assert Sighting.objects.get().is_no_face
    undone(second)
    assert (now(sighting), machine(sighting), Sighting.objects.get().edit) == (("match", ada), (None, None), None)


def test_the_machines_newest_word_comes_back_not_its_first(hall: Camera, ada: Person, grace: Person) -> None:
    sighting = encoded(hall, ada)
    edit = said(sighting, NO_FACE)
    Sighting.objects.update(machine_verdict="review", machine_person=grace)  # the camera went on
    undone(edit)
    assert now(sighting) == ("review", grace)


def test_of_somebody_deleted_nothing_is_restored_and_it_says_so(hall: Camera, ada: Person, grace: Person) -> None:
    sighting = encoded(hall, ada)
    first, second = said(sighting, is_(grace)), said(sighting, NO_FACE)
    grace.delete()
    row = undone(second)
    assert (row.changed, row.detail, Sighting.objects.get().is_no_face) == (0, {"person_gone": 1}, True)
    assert EditedSighting.objects.filter(edit=row).count() == 0
    undone(first)


def test_of_somebody_merged_since_who_was_kept_comes_back(hall: Camera, ada: Person, grace: Person) -> None:
    sighting = encoded(hall, ada)
    edit = said(sighting, is_not(ada))
    merge_people(keep=grace, merge=ada, by=None)
    undone(edit)
    assert now(sighting) == ("match", grace)
    assert not CounterExample.objects.exists()


def test_it_is_undone_once_and_says_who_did_it(hall: Camera, ada: Person, operator: User, settings: Any) -> None:
    edit = said(encoded(hall, ada), NO_FACE)
    row = undone(edit, by=operator)
    settings.TIME_ZONE = "Asia/Tokyo"
    with pytest.raises(CannotUndo, match=r"operator has undone it already, at \d+ \w{3} \d{4}, [\d:]{8} JST\."):
        undone(edit)
    with pytest.raises(CannotUndo, match="say it once more"):
        undone(row)


def test_whoever_was_forgotten_stays_forgotten() -> None:
    with pytest.raises(CannotUndo, match="stays forgotten"):
        undone(IdentityEdit.objects.create(kind=EditKind.FORGET, who="ann"))


def test_a_long_edit_is_not_undone_while_it_is_worked_on() -> None:
    with pytest.raises(CannotUndo, match="still being worked on"):
        undone(IdentityEdit.objects.create(kind=EditKind.NAME, who="ann", state="working"))


def test_beyond_ones_limits_nothing_is_undone(viewer: User) -> None:
    world = World.made()
    edit = said(world.sightings["hall ada"], NO_FACE, by=viewer)
    other = said(world.sightings["vault ada"], NO_FACE, by=viewer)
    world.limit_cameras(viewer)
    undone(edit, by=fresh(viewer))
    with pytest.raises(CannotUndo, match="whom you may not see"):
        undone(other, by=fresh(viewer))


def test_a_sighting_that_is_deleted_meanwhile_is_not_missed(hall: Camera, ada: Person) -> None:
    sighting = seen(hall, ada)
    edit = said(sighting, NO_FACE)
    sighting.delete()
    assert undone(edit).changed == 0
