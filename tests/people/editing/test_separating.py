"""The undo of a merge: each record has again what was its own, also after other merges, and nobody slips back in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from people.editing.bases import record_basis, withdraw_basis
from people.editing.merging import merge_people
from people.editing.policy_services import write_consent_text
from people.editing.separating import separate_people
from people.editing.services import restore_person, retire_person
from people.records.basis import Basis
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.photo import Photo
from people.records.watchlist import Watchlist
from people.self_enrolling.approving import approve
from people.self_enrolling.making import make_link
from people.self_enrolling.sending import agree, send_pictures
from tests.people.conftest import picture
from tests.people.editing.test_merging import enrolled, held

pytestmark = pytest.mark.django_db
Add = Callable[..., Photo]


@pytest.fixture
def eve(db: None) -> Person:
    return Person.objects.create(name="Eve", notes="of Eve", external_id="e", metadata={"badge": 5})


def undo_of(person: Person) -> Person:
    return separate_people(merge=PersonMerge.objects.get(old_id=person.pk), by=None)


def everything() -> set[Any]:
    return {
        (person.name, person.external_id, person.notes, str(person.metadata), person.watchlists.count())
        for person in Person.objects.all()
    }


def names_in_gallery() -> set[str]:
    return {person.name for person in Person.objects.matchable()}


def test_the_kept_one_stays_on_a_list_that_another_merged_one_is_on(ada: Person, grace: Person, eve: Person) -> None:
    watched = Watchlist.objects.create(name="Watched")
    watched.people.add(grace, eve)
    merge_people(keep=ada, merge=grace, by=None)
    merge_people(keep=ada, merge=eve, by=None)
    undo_of(grace)
    assert set(watched.people.all()) == {grace, ada}
    undo_of(eve)
    assert set(watched.people.all()) == {grace, eve}


def test_whoever_was_on_a_list_before_stays_after_the_kept_one_was_merged_away(
    ada: Person, grace: Person, eve: Person
) -> None:
    watched = Watchlist.objects.create(name="Watched")
    watched.people.add(grace, eve)
    merge_people(keep=ada, merge=grace, by=None)
    merge_people(keep=eve, merge=ada, by=None)
    undo_of(grace)
    assert set(watched.people.all()) == {grace, eve}
    undo_of(ada)
    assert set(watched.people.all()) == {grace, eve}


@pytest.mark.parametrize("order", ["abc", "acb", "bac", "bca", "cab", "cba"])
def test_in_any_order_a_chain_of_merges_leaves_everything_as_it_was(
    ada: Person, grace: Person, eve: Person, order: str
) -> None:
    bela = Person.objects.create(name="Bela")
    Watchlist.objects.create(name="Watched").people.add(eve)
    before = everything()
    for keep, merge in ((grace, eve), (ada, grace), (bela, ada)):
        merge_people(keep=keep, merge=merge, by=None)
    for each in order:
        undo_of({"a": eve, "b": grace, "c": ada}[each])
    assert everything() == before


def test_whoever_was_retired_while_the_two_were_one_stays_so_as_both(ada: Person, grace: Person) -> None:
    merge_people(keep=ada, merge=grace, by=None)
    retire_person(person=ada, by=None)
    again = undo_of(grace)
    assert names_in_gallery() == set()
    restore_person(person=again, by=None)
    assert names_in_gallery() == {grace.name}


@pytest.mark.parametrize("of_kept", [True, False])
def test_whoever_withdrew_while_the_two_were_one_is_matchable_as_neither(
    ada: Person, grace: Person, operator: User, *, of_kept: bool
) -> None:
    basis = record_basis(person=ada if of_kept else grace, purpose="the door", by=None)
    merge_people(keep=ada, merge=grace, by=None)
    withdraw_basis(basis=basis, why="by letter", by=operator)
    undo_of(grace)
    assert names_in_gallery() == set()
    said = Basis.objects.exclude(pk=basis.pk).get()
    assert (said.withdrawn_who, said.withdrawn_why) == ("operator", "Said while this was one record with another.")
    record_basis(person=said.person, purpose="the door", by=None)
    assert names_in_gallery() == {said.person.name}


def test_a_photo_that_was_held_because_the_two_look_alike_is_judged_anew(ada: Person, grace: Person, add: Add) -> None:
    photo, own = held(add(grace), ada), enrolled(add(ada, 2), 3)
    merge_people(keep=ada, merge=grace, by=None)
    Photo.objects.filter(pk=photo.pk, state="pending").update(state="enrolled")  # as one of the merged person
    undo_of(grace)
    photo.refresh_from_db()
    own.refresh_from_db()
    assert (photo.person, photo.state, photo.confirmed_at) == (grace, "pending", None)
    assert own.state == "enrolled" and own.confirmed_at is not None


def test_a_photo_of_a_third_one_is_held_because_of_the_right_one_of_the_two(
    ada: Person, grace: Person, eve: Person, add: Add
) -> None:
    photo = held(add(eve), grace)
    merge_people(keep=ada, merge=grace, by=None)
    photo.refresh_from_db()
    assert photo.reason_detail["person"] == str(ada.pk)
    undo_of(grace)
    photo.refresh_from_db()
    assert photo.state == "pending"


def test_a_link_that_was_approved_while_the_two_were_one_stays_with_its_basis(
    ada: Person, grace: Person, media: Path, operator: User
) -> None:
    text = write_consent_text(text="We take pictures.", by=None)
    link, _secret = make_link(person=grace, by=None)
    unused, _secret = make_link(person=grace, by=None)
    merge_people(keep=ada, merge=grace, by=None)
    agree(link=link, version=text.pk, name="Grace")
    send_pictures(link=link, files=[SimpleUploadedFile("1.jpg", picture(1))])
    approve(link=link, by=operator)
    undo_of(grace)
    link.refresh_from_db()
    assert link.basis is not None and link.person == link.basis.person == ada
    assert grace.enrolment_links.get() == unused
