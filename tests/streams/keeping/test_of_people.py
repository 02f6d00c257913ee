"""People are erased by the schedule only where somebody says so, when they are due, and never against a refusal."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from people.editing.bases import record_basis
from people.editing.services import add_photo
from people.records.basis import Basis, BasisKind
from people.records.keeping_term import KeptKind
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.photo import Photo
from streams.cameras.deleting import delete_camera
from streams.erasing.erasure import Erasure
from streams.keeping.enforcing import keep
from streams.keeping.keepers import KEEPERS
from streams.keeping.of_people import PeopleKeeper
from streams.keeping.schedule import KeepingSchedule
from streams.records.camera import Camera
from streams.records.last_seen import LastSeen, hand_on_last_seen, note_last_seen
from tests.keeping import kept_for
from tests.people.conftest import picture
from tests.streams.erasing.conftest import no_waiting as no_waiting
from tests.streams.erasing.conftest import work
from tests.streams.keeping.test_enforcing import a_seen, days_ago

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def a_person(name: str, *, added: float = 0) -> Person:
    person = Person.objects.create(name=name)
    Person.objects.filter(pk=person.pk).update(created_at=days_ago(added))
    return person


def a_basis(person: Person, *, ended: float | None = None, withdrawn: float | None = None) -> Basis:
    basis = record_basis(person=person, kind=BasisKind.CONSENT, purpose="the door", by=None)
    until = None if ended is None else days_ago(ended)
    Basis.objects.filter(pk=basis.pk).update(valid_from=days_ago(4000), valid_until=until)
    if withdrawn is not None:
        Basis.objects.filter(pk=basis.pk).update(withdrawn_at=days_ago(withdrawn), withdrawn_who="her")
    return basis


def erased(kind: KeptKind) -> set[str]:
    """Keeps the schedule, and does the erasures that it asked for; returns the names of those who are gone."""
    before = set(Person.objects.values_list("name", flat=True))
    for run in keep(KeepingSchedule.in_force()):
        assert not run.fault
    while work():
        pass
    return before - set(Person.objects.values_list("name", flat=True))


def test_nobody_is_erased_unless_somebody_says_so() -> None:
    a_basis(a_person("Ada", added=4000), ended=3000)
    assert erased(KeptKind.PEOPLE_ENDED) == set()


def test_whoever_has_no_basis_left_for_so_long_is_erased() -> None:
    kept_for(30, KeptKind.PEOPLE_ENDED)
    a_basis(a_person("ended long ago"), ended=31)
    a_basis(a_person("withdrawn long ago"), withdrawn=31)
    a_basis(a_person("withdrawn before its end"), withdrawn=31, ended=-300)
    a_basis(a_person("ended lately"), ended=29)
    a_basis(a_person("holds"))
    a_person("never had one", added=4000)
    both = a_person("has another one")
    a_basis(both, ended=100)
    a_basis(both)
    latest = a_person("the later one ended lately")
    a_basis(latest, ended=100)
    a_basis(latest, ended=5)
    gone = {"ended long ago", "withdrawn long ago", "withdrawn before its end"}
    assert erased(KeptKind.PEOPLE_ENDED) == gone


@pytest.mark.parametrize("days", [None, 60])
def test_a_run_that_goes_on_stops_where_somebody_has_given_people_longer(days: int | None) -> None:
    for kind in (KeptKind.PEOPLE_ENDED, KeptKind.PHOTOS_ENDED):
        kept_for(30, kind)
    ada = a_person("Ada")
    a_basis(ada, ended=31)
    add_photo(person=ada, file=picture(1), original_name="a.jpg", by=None)
    begun = KeepingSchedule.in_force()
    for kind in (KeptKind.PEOPLE_ENDED, KeptKind.PHOTOS_ENDED):
        kept_for(days, kind)
        assert KEEPERS[kind].forget(begun) == 0
    assert not Erasure.objects.exists() and ada.photos.count() == 1


def test_whoever_is_being_merged_waits_for_the_next_run() -> None:
    kept_for(30, KeptKind.PEOPLE_ENDED)
    a_basis(a_person("Ada"), ended=31)
    a_basis(a_person("Bob"), ended=31)
    ada, bob = Person.objects.order_by("name")
    PersonMerge.objects.create(old_id=ada.pk, into=bob, state="merging")
    assert KEEPERS[KeptKind.PEOPLE_ENDED].forget(KeepingSchedule.in_force()) == 0


def test_whoever_no_camera_has_recognised_for_so_long_is_erased(hall: Camera) -> None:
    kept_for(90, KeptKind.PEOPLE_UNSEEN)
    a_seen(hall, 91, a_person("seen long ago", added=400))
    a_seen(hall, 89, a_person("seen lately", added=400))
    a_person("never seen", added=91)
    a_person("new", added=89)
    assert erased(KeptKind.PEOPLE_UNSEEN) == {"seen long ago", "never seen"}


def test_whoever_was_seen_stays_although_the_sighting_is_forgotten(hall: Camera) -> None:
    kept_for(90, KeptKind.PEOPLE_UNSEEN)
    kept_for(30)
    a_seen(hall, 40, a_person("Ada", added=400))
    assert erased(KeptKind.PEOPLE_UNSEEN) == set()
    assert erased(KeptKind.PEOPLE_UNSEEN) == set()
    LastSeen.objects.update(at=days_ago(91))
    assert erased(KeptKind.PEOPLE_UNSEEN) == {"Ada"}


def test_whoever_was_seen_stays_although_the_camera_was_deleted_with_all_it_saw(hall: Camera) -> None:
    kept_for(90, KeptKind.PEOPLE_UNSEEN)
    a_seen(hall, 40, a_person("Ada", added=400))
    delete_camera(camera=hall, by=None, with_sightings=True)
    assert erased(KeptKind.PEOPLE_UNSEEN) == set()


def test_somebody_merely_likely_was_not_recognised(hall: Camera) -> None:
    kept_for(90, KeptKind.PEOPLE_UNSEEN)
    seen = a_seen(hall, 1, a_person("Ada", added=400))
    type(seen).objects.update(verdict="review")
    note_last_seen([seen.pk])
    assert erased(KeptKind.PEOPLE_UNSEEN) == {"Ada"}


def test_whoever_is_never_to_be_recognised_keeps_the_record_that_says_so() -> None:
    kept_for(1, KeptKind.PEOPLE_ENDED, KeptKind.PEOPLE_UNSEEN)
    never = a_person("never", added=400)
    a_basis(never, ended=300)
    Person.objects.filter(pk=never.pk).update(never_match_at=timezone.now())
    assert erased(KeptKind.PEOPLE_ENDED) == set()


def test_whoever_gets_a_basis_while_the_run_works_is_not_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    kept_for(30, KeptKind.PEOPLE_ENDED)
    ada = a_person("Ada")
    a_basis(ada, ended=31)
    keeper = KEEPERS[KeptKind.PEOPLE_ENDED]
    assert isinstance(keeper, PeopleKeeper)
    hold = "streams.keeping.of_people.hold"

    def agrees_at_the_last_moment(people: list[UUID]) -> None:
        a_basis(ada)

    monkeypatch.setattr(hold, agrees_at_the_last_moment)
    assert keeper.forget(KeepingSchedule.in_force()) == 0
    assert Person.objects.filter(pk=ada.pk).exists()


def test_photos_go_and_the_person_stays() -> None:
    kept_for(30, KeptKind.PHOTOS_ENDED)
    ada, grace = a_person("Ada"), a_person("Grace")
    a_basis(ada, ended=31)
    a_basis(grace, ended=29)
    for seed, person in enumerate((ada, ada, grace)):
        add_photo(person=person, file=picture(seed), original_name="face.jpg", by=None)
    assert erased(KeptKind.PHOTOS_ENDED) == set()
    assert list(Photo.objects.values_list("person__name", flat=True)) == ["Grace"]


def test_who_is_merged_was_seen_when_either_was() -> None:
    old, kept = a_person("Ada L."), a_person("Ada")
    LastSeen.objects.create(person=old, at=days_ago(5))
    LastSeen.objects.create(person=kept, at=days_ago(50))
    hand_on_last_seen(of=old.pk, to=kept.pk)
    assert abs(LastSeen.objects.get(person=kept).at - days_ago(5)) < timedelta(minutes=1)
    hand_on_last_seen(of=kept.pk, to=old.pk)
    assert abs(LastSeen.objects.get(person=old).at - days_ago(5)) < timedelta(minutes=1)
