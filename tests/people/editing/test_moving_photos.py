"""A photo that is held because it resembles somebody else is moved to that person: by the service and in the admin."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.urls import reverse

from people.editing import photo_decisions, services
from people.errors import AlreadyThere, WrongState
from people.records.encoding import Encoding
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from tests.api import NOBODY
from tests.people.conftest import near, unit_vector
from tests.people.enrolling.test_enrolment import enrol

pytestmark = pytest.mark.django_db
Add = Callable[..., Photo]


def held(photo: Photo, resembles: Person) -> Photo:
    detail = {"person": str(resembles.pk), "distance": 0.2}
    Photo.objects.filter(pk=photo.pk).update(
        state="review", reason="looks_like_other", reason_detail=detail, chosen_box=[1, 2, 3, 4]
    )
    Encoding.objects.create(photo=photo, engine="e", vector=unit_vector(1), quality=0.9)
    photo.refresh_from_db()
    return photo


def said_of(row: Any) -> list[str]:
    return [entry.change_message for entry in LogEntry.objects.filter(object_id=str(row.pk)).order_by("pk")]


def test_it_waits_to_be_read_again_with_the_chosen_face_and_both_are_told(
    ada: Person, grace: Person, add: Add, operator: User
) -> None:
    photo = held(add(ada, name="x.jpg"), grace)
    photo_decisions.move_photo(photo=photo, to=grace, by=operator)
    assert (photo.person, photo.state, photo.reason, photo.chosen_box) == (grace, "pending", "", [1, 2, 3, 4])
    assert photo in Photo.objects.due() and not Encoding.objects.exists()
    assert said_of(photo) == ["Moved to the person whom it resembled."]
    assert said_of(ada) == ["Photo “x.jpg”: moved to another person, whom it resembled."]
    assert said_of(grace) == ["Photo “x.jpg”: moved here from another person."]


def test_its_face_then_recognises_the_person_it_was_moved_to(ada: Person, grace: Person, add: Add) -> None:
    enrol(add(grace, 1), unit_vector(1))
    photo = add(ada, 2)
    enrol(photo, near(unit_vector(1), 0.2))
    assert (photo.state, photo.reason_detail["person"]) == ("review", str(grace.pk))
    photo_decisions.move_photo(photo=photo, to=grace, by=None)
    enrol(photo, near(unit_vector(1), 0.2))
    assert photo.state == "enrolled"
    assert set(Encoding.objects.in_gallery("e").values_list("photo__person", flat=True)) == {grace.pk}


def test_moving_again_changes_nothing(ada: Person, grace: Person, add: Add, operator: User) -> None:
    photo = held(add(ada), grace)
    photo_decisions.move_photo(photo=photo, to=grace, by=operator)
    Photo.objects.filter(pk=photo.pk).update(state="enrolled")
    entries = LogEntry.objects.count()
    photo_decisions.move_photo(photo=photo, to=grace, by=operator)
    assert (photo.state, LogEntry.objects.count()) == ("enrolled", entries)


def test_only_a_photo_held_for_that_resemblance_is_moved(ada: Person, grace: Person, add: Add) -> None:
    mary = Person.objects.create(name="Mary")
    photo = held(add(ada), grace)
    with pytest.raises(WrongState, match="resembles that person"):
        photo_decisions.move_photo(photo=photo, to=mary, by=None)
    photo_decisions.confirm_photo(photo=photo, by=None)
    with pytest.raises(WrongState, match="enrolled"):
        photo_decisions.move_photo(photo=photo, to=grace, by=None)
    with pytest.raises(WrongState, match="does not exist"):
        photo_decisions.move_photo(photo=photo, to=Person(pk=uuid4()), by=None)
    assert photo.person == ada and Encoding.objects.exists()


def test_a_file_that_the_other_has_already_stays_where_it_is(ada: Person, grace: Person, add: Add) -> None:
    photo = held(add(ada, 5), grace)
    Photo.objects.filter(pk=add(grace, 5).pk).update(state="enrolled")
    with pytest.raises(AlreadyThere, match="Grace Hopper"):
        photo_decisions.move_photo(photo=photo, to=grace, by=None)
    photo.refresh_from_db()
    assert (photo.person, photo.state, Encoding.objects.count()) == (ada, "review", 1)


@pytest.mark.parametrize("state", ["rejected", "review", "choose", "pending"])
def test_a_moved_photo_takes_the_place_of_the_same_file_that_is_not_enrolled(
    ada: Person, grace: Person, add: Add, django_capture_on_commit_callbacks: Any, state: str
) -> None:
    photo = held(add(ada, 5), grace)
    there = add(grace, 5)
    Photo.objects.filter(pk=there.pk).update(state=state, reason="" if state == "pending" else "refused")
    with django_capture_on_commit_callbacks(execute=True):
        photo_decisions.move_photo(photo=photo, to=grace, by=None)
    assert list(Photo.objects.values_list("pk", "person", "state")) == [(photo.pk, grace.pk, "pending")]
    assert photo.image.storage.exists(photo.image.name)
    assert not photo.image.storage.exists(there.image.name)


def at_once(*decisions: Callable[[], Any]) -> list[str]:
    """What became of each, sorted: done, or refused."""
    ready = threading.Barrier(len(decisions))
    outcomes: list[str] = []

    def run(decide: Callable[[], Any]) -> None:
        try:
            ready.wait(timeout=10)
            decide()
            outcomes.append("done")
        except WrongState:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(decide,)) for decide in decisions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["move", "confirm", "delete"])
def test_of_decisions_at_once_one_is_done(ada: Person, grace: Person, add: Add, operator: User, rival: str) -> None:
    for seed in range(4):
        photo = held(add(ada, seed), grace)
        ways = {
            "move": partial(photo_decisions.move_photo, photo=Photo(pk=photo.pk, person=ada), to=grace, by=operator),
            "confirm": partial(photo_decisions.confirm_photo, photo=Photo.objects.get(pk=photo.pk), by=operator),
            "delete": partial(services.delete_people, people=[grace], by=operator),
        }
        first = partial(photo_decisions.move_photo, photo=photo, to=grace, by=operator)
        outcomes, left = at_once(first, ways[rival]), Photo.objects.filter(pk=photo.pk).first()
        if rival == "move":
            assert outcomes == ["done", "done"] and left is not None and left.person == grace
            assert len(said_of(photo)) == 1
        elif rival == "confirm":
            assert outcomes == ["done", "refused"] and left is not None
            assert (left.person, left.state) in ((grace, "pending"), (ada, "enrolled"))
        else:
            assert outcomes in (["done", "done"], ["done", "refused"])
            assert left is None or left.person == ada
            grace = Person.objects.create(name="Grace Hopper")


# The page


@pytest.fixture
def page(ada: Person, grace: Person, add: Add) -> str:
    photo = held(add(ada, name="x.jpg"), grace)
    return reverse("admin:people_photo_review", args=[photo.pk])


def test_the_review_page_moves_it(operator_client: Client, ada: Person, grace: Person, page: str) -> None:
    html = operator_client.get(page).content.decode()
    assert "It is Grace Hopper: move it there" in html
    answer = operator_client.post(page, {"decision": "move", "person": grace.pk}, follow=True)
    assert "Moved to Grace Hopper" in answer.content.decode()
    photo = Photo.objects.get()
    assert photo.person == grace
    assert answer.redirect_chain[-1][0] == reverse("admin:people_person_change", args=[grace.pk]) + "#photos"


@pytest.mark.parametrize("person", ["", "x", NOBODY])
def test_a_page_that_showed_somebody_else_moves_nothing(
    operator_client: Client, ada: Person, page: str, person: str
) -> None:
    answer = operator_client.post(page, {"decision": "move", "person": person}, follow=True)
    assert "not held because it resembles that person" in answer.content.decode()
    assert Photo.objects.get().person == ada


@pytest.mark.parametrize("lacking", ["change_photo", "add_photo", "delete_photo"])
def test_whoever_lacks_a_right_is_offered_no_move(
    client: Client, stranger: User, ada: Person, grace: Person, page: str, lacking: str
) -> None:
    be_staff(stranger, {"change_photo", "add_photo", "delete_photo"} - {lacking})
    client.force_login(stranger)
    assert "move it there" not in client.get(page).content.decode()
    assert client.post(page, {"decision": "move", "person": grace.pk}).status_code == 403
    assert Photo.objects.get().person == ada


def test_somebody_beyond_ones_limits_is_not_moved_to(
    client: Client, stranger: User, ada: Person, grace: Person, page: str
) -> None:
    be_staff(stranger, {"change_photo", "add_photo", "delete_photo"})
    group = PersonGroup.objects.create(name="North")
    group.people.add(ada)
    PersonLimit.objects.create(group=group, user=stranger)
    client.force_login(stranger)
    html = client.get(page).content.decode()
    assert "Somebody you may not see" in html and "move it there" not in html
    client.post(page, {"decision": "move", "person": grace.pk})
    assert Photo.objects.get().person == ada


def be_staff(user: User, rights: set[str]) -> None:
    user.is_staff = True
    user.save()
    rights = {"view_person", "view_photo", *rights}
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
