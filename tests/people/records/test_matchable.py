"""Who may be recognised: one view says it, and every gallery follows it, by itself where a clock decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from people.editing import services
from people.editing.bases import record_basis, withdraw_basis
from people.editing.merging import merge_people
from people.editing.never_matching import never_match
from people.editing.policy_services import effect_of_needing_basis, set_needs_basis
from people.editing.separating import separate_people
from people.gallery.by_the_clock import note_bases_by_the_clock
from people.gallery.changes import changes_since, current_stamp
from people.gallery.nearby import Nearby
from people.gallery.renewing import StampedGallery, newest_gallery
from people.gallery.stored import current_version, encodings_of, load_gallery
from people.records.basis import Basis
from people.records.counter_example import CounterExample
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.photo import Photo
from people.records.site_policy import SitePolicy
from tests.people.conftest import unit_vector

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def enrolled(person: Person, seed: int) -> Photo:
    photo = Photo.objects.create(person=person, image="x", sha256=uuid4().hex, state="enrolled")
    Encoding.objects.create(photo=photo, engine="e", vector=unit_vector(seed), quality=0.9)
    return photo


def consent(person: Person, **more: Any) -> Basis:
    return record_basis(person=person, purpose="the door", by=None, **more)


def recognised() -> set[str]:
    return set(load_gallery("e")[1])


@pytest.fixture
def both(ada: Person, grace: Person) -> tuple[Person, Person]:
    enrolled(ada, 1), enrolled(grace, 2)
    return ada, grace


def names(known: StampedGallery) -> set[str]:
    return set(known.names.values())


def test_without_a_policy_nobody_needs_a_basis(both: tuple[Person, Person]) -> None:
    assert recognised() == {str(person.pk) for person in both}
    SitePolicy.objects.all().delete()
    assert len(recognised()) == 2


def test_with_the_policy_a_valid_basis_is_needed(both: tuple[Person, Person]) -> None:
    ada, grace = both
    consent(ada)
    consent(grace, valid_from=timezone.now() - 2 * HOUR, valid_until=timezone.now() - HOUR)
    known = newest_gallery("e", None)
    set_needs_basis(needed=True, by=None)
    assert names(newest_gallery("e", known)) == {"Ada Lovelace"}
    set_needs_basis(needed=False, by=None)
    assert len(recognised()) == 2


@pytest.mark.parametrize("needed", [True, False])
def test_a_withdrawn_basis_counts_with_and_without_the_policy(both: tuple[Person, Person], needed: bool) -> None:
    ada, grace = both
    set_needs_basis(needed=needed, by=None)
    basis = consent(ada)
    consent(grace)
    known = newest_gallery("e", None)
    assert len(known.gallery) == 2
    withdraw_basis(basis=basis, who="Ada", by=None)
    new = newest_gallery("e", known)
    assert names(new) == {"Grace Hopper"} and new.ledger is known.ledger
    consent(ada, kind="contract")
    assert len(newest_gallery("e", new).gallery) == 2


@pytest.mark.parametrize(
    "leave",
    [
        lambda person: services.retire_person(person=person, by=None),
        lambda person: never_match(person=person, by=None),
        lambda person: Basis.objects.filter(person=person).delete(),
        lambda person: Basis.objects.filter(person=person).update(valid_until=timezone.now()),
        lambda person: Basis.objects.filter(person=person).update(
            withdrawn_at=timezone.now(), withdrawn_who="a script"
        ),
    ],
    ids=["retired", "never matched", "deleted", "ended by a script", "withdrawn by a script"],
)
def test_whoever_is_not_matchable_is_found_nowhere(both: tuple[Person, Person], leave: Callable[[Person], Any]) -> None:
    ada, grace = both
    consent(ada), consent(grace)
    set_needs_basis(needed=True, by=None)
    CounterExample.objects.create(person=ada, engine="e", vector=unit_vector(5), sighting_id=uuid4())
    shortlist = Nearby("e")
    shortlist.renew()
    known = newest_gallery("e", None)
    leave(ada)
    assert names(newest_gallery("e", known)) == {"Grace Hopper"}
    assert encodings_of("e")[0] == [str(grace.pk)]
    assert not CounterExample.objects.in_gallery("e").exists()
    assert list(Person.objects.matchable()) == [grace]
    shortlist.renew()
    assert shortlist.person_nearest_to(unit_vector(1), within=0.1, own=grace.pk, but=uuid4()) is None
    assert shortlist.copy_of_another(unit_vector(1), within=0.1, own=grace.pk) is None


def test_a_basis_ends_by_the_clock_alone(both: tuple[Person, Person]) -> None:
    ada, _grace = both
    set_needs_basis(needed=True, by=None)
    basis = consent(ada)
    note_bases_by_the_clock()
    soon = timezone.now() + timedelta(seconds=1)
    Basis.objects.filter(pk=basis.pk).update(valid_until=soon)
    known = newest_gallery("e", None)
    assert names(known) == {"Ada Lovelace"} and not note_bases_by_the_clock()
    while timezone.now() <= soon:
        pass
    assert note_bases_by_the_clock() and not note_bases_by_the_clock()
    changes = changes_since(known.stamp)
    assert changes is not None and changes.people == {ada.pk} and not changes.only_added
    assert names(newest_gallery("e", known)) == set()


def test_a_basis_begins_by_the_clock_alone(both: tuple[Person, Person]) -> None:
    ada, grace = both
    consent(grace)
    set_needs_basis(needed=True, by=None)
    soon = timezone.now() + timedelta(seconds=1)
    consent(ada, valid_from=soon)
    note_bases_by_the_clock()
    known = newest_gallery("e", None)
    assert names(known) == {"Grace Hopper"}
    while timezone.now() <= soon:
        pass
    assert note_bases_by_the_clock()
    changes = changes_since(known.stamp)
    assert changes is not None and changes.only_added
    assert len(newest_gallery("e", known).gallery) == 2


def test_other_writes_of_a_basis_raise_no_version(ada: Person) -> None:
    basis = consent(ada)
    before = current_version()
    Basis.objects.filter(pk=basis.pk).update(purpose="the gate")
    SitePolicy.objects.update(swept_at=timezone.now())
    assert current_version() == before


def test_ends_are_noted_also_after_the_clock_was_ahead_and_is_set_back(both: tuple[Person, Person]) -> None:
    ada, grace = both
    set_needs_basis(needed=True, by=None)
    consent(ada, valid_from=timezone.now() - HOUR, valid_until=timezone.now() + HOUR)
    soon = consent(grace, valid_from=timezone.now() - HOUR, valid_until=timezone.now() + 2 * HOUR)
    SitePolicy.objects.update(swept_at=timezone.now() + 3 * HOUR)  # as a clock that is ahead leaves it
    known = current_stamp()
    assert note_bases_by_the_clock()  # both had ended by that clock, and count again
    assert changes_since(known).people == {ada.pk, grace.pk}  # type: ignore[union-attr]
    assert not note_bases_by_the_clock()
    known = newest_gallery("e", None)
    assert names(known) == {"Ada Lovelace", "Grace Hopper"}
    Basis.objects.filter(pk=soon.pk).update(valid_until=timezone.now())
    SitePolicy.objects.update(swept_at=timezone.now() - HOUR)
    assert note_bases_by_the_clock()
    assert names(newest_gallery("e", known)) == {"Ada Lovelace"}


def test_an_emptied_table_changes_everybody(both: tuple[Person, Person]) -> None:
    known = current_stamp()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE people_basis CASCADE")
    assert changes_since(known) is None


def test_the_effect_of_the_policy_is_told_beforehand(both: tuple[Person, Person]) -> None:
    consent(both[0])
    effect = effect_of_needing_basis()
    assert (effect.recognised, effect.without_basis) == (2, 1)


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"kind": "luck"}, "basis_kind_is_known"),
        ({"purpose": ""}, "basis_has_a_purpose"),
        ({"valid_until": timezone.now() - 10_000 * HOUR}, "basis_ends_after_it_begins"),
        ({"withdrawn_at": timezone.now()}, "basis_withdrawal_says_who"),
        ({"withdrawn_who": "Ada"}, "basis_withdrawal_says_who"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_database_keeps_bases_sound(ada: Person, broken: dict[str, Any], constraint: str) -> None:
    basis = consent(ada)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Basis.objects.filter(pk=basis.pk).update(**broken)


@pytest.mark.parametrize("back", [None, timezone.now() + HOUR])
def test_a_withdrawn_basis_stays_withdrawn(ada: Person, back: Any) -> None:
    basis = consent(ada)
    withdraw_basis(basis=basis, who="Ada", by=None)
    rewritten = {"withdrawn_at": back} if back else {"withdrawn_at": None, "withdrawn_who": "", "withdrawn_why": ""}
    with pytest.raises(IntegrityError, match="stays withdrawn"), transaction.atomic():
        Basis.objects.filter(pk=basis.pk).update(**rewritten)


@pytest.mark.parametrize("sql", ["DELETE FROM people_basis", "TRUNCATE people_basis CASCADE"])
def test_nobody_undoes_a_withdrawal_by_deleting_it(both: tuple[Person, Person], sql: str) -> None:
    withdraw_basis(basis=consent(both[0]), who="Ada", by=None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")  # else TRUNCATE waits for them
    refused = pytest.raises(IntegrityError, match="only deleted with its person")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as the commit does
    assert recognised() == {str(both[1].pk)}


def test_a_withdrawn_basis_goes_with_its_person_and_a_valid_one_at_any_time(both: tuple[Person, Person]) -> None:
    withdraw_basis(basis=consent(both[0]), who="Ada", by=None)
    both[0].delete()
    consent(both[1]).delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not Basis.objects.exists()


def test_nobody_undoes_a_withdrawal_by_giving_it_to_somebody_who_is_deleted(both: tuple[Person, Person]) -> None:
    withdraw_basis(basis=consent(both[0]), who="Ada", by=None)
    with pytest.raises(IntegrityError, match="stays with its person"), transaction.atomic():
        other = Person.objects.create(name="Nobody")
        Basis.objects.update(person=other)
        other.delete()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as the commit does
    assert recognised() == {str(both[1].pk)}


def test_a_withdrawn_basis_goes_along_with_a_merge_and_comes_back_by_its_undo(both: tuple[Person, Person]) -> None:
    kept, merged = both
    basis = consent(merged)
    withdraw_basis(basis=basis, who="Ada", by=None)
    for do in (
        lambda: merge_people(keep=kept, merge=merged, by=None),
        lambda: separate_people(merge=PersonMerge.objects.get(), by=None),
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            do()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")  # as the commit does
    basis.refresh_from_db()
    assert basis.person_id == merged.pk


def test_there_is_one_policy(db: None) -> None:
    with pytest.raises(IntegrityError, match="site_policy_is_one_row"), transaction.atomic():
        SitePolicy.objects.create(pk=2)
