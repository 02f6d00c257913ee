"""A person's page shows which counter-examples protect whom, what they decided and cost, and removes them."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from people.gallery.engine_choice import EngineChoice
from people.recognition.engine.kinds import DLIB, FUSED
from people.records.counter_example import CounterExample
from people.records.encoding import Encoding
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from tests.people.conftest import near, unit_vector
from tests.streams.pages.rows import a_camera, a_detection, a_sighting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
FACE = unit_vector(1)


def page(person: Person) -> str:
    return reverse("admin:people_person_change", args=[person.pk])


def words(client: Client, person: Person) -> str:
    html = client.get(page(person)).content.decode()
    found = re.search(r'<section class="module photos" id="counter-examples".*?</section>', html, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])) if found else ""


def enrolled(person: Person, vector: Any = FACE) -> None:
    photo = Photo.objects.create(person=person, image="x", sha256=uuid4().hex, state="enrolled")
    Encoding.objects.create(photo=photo, engine=FUSED.key, vector=vector, quality=0.9)


def not_(person: Person, sighting: Any = None, **fields: Any) -> CounterExample:
    usual = {"engine": FUSED.key, "vector": near(FACE, 0.5), "sighting_id": sighting.pk if sighting else uuid4()}
    return CounterExample.objects.create(person=person, **{**usual, "who": "Ann", **fields})


def confirmed(person: Person, vector: Any, **fields: Any) -> Sighting:
    camera = a_camera(f"Camera {uuid4().hex[:8]}")
    edit = IdentityEdit.objects.create(kind=fields.pop("kind", "confirm"), who="Ann", person=person.pk)
    sighting = a_sighting(camera, person, edit=edit, **fields)
    SightingEncoding.objects.create(sighting=sighting, engine=FUSED.key, vector=vector, quality=0.8)
    return sighting


def test_without_any_the_page_says_nothing_of_them(operator_client: Client, ada: Person) -> None:
    assert words(operator_client, ada) == ""


def test_a_card_says_whom_it_protects_and_what_it_decided(operator_client: Client, ada: Person, grace: Person) -> None:
    door = a_camera("Door")
    hers = a_sighting(door, grace)
    seen = a_detection(hers, person=grace, verdict="match", distance=0.3)
    not_(ada, hers, decided=3, decided_at=timezone.now()), not_(ada)
    told = words(operator_client, ada)
    assert "Protects Grace Hopper , whose face it is. It has kept the name from 3 sightings, last on" in told
    assert "Protects somebody unknown. It has not decided anything yet." in told
    assert "Said by Ann on" in told and "Door" in told
    html = operator_client.get(page(ada)).content.decode()
    assert reverse("detection_snapshot", args=[seen.pk]) in html


def test_a_card_says_that_its_sighting_is_the_person_after_all(operator_client: Client, ada: Person) -> None:
    not_(ada, a_sighting(a_camera("Door"), ada))
    told = words(operator_client, ada)
    assert "Its sighting is named Ada Lovelace all the same." in told and "Protects" not in told


def test_a_card_says_what_it_costs(operator_client: Client, ada: Person) -> None:
    """One of two confirmed sightings lies nearer to the counter-example than to the person."""
    enrolled(ada)
    not_(ada)
    confirmed(ada, near(FACE, 0.45)), confirmed(ada, near(FACE, 0.2, 40))
    a_sighting(a_camera("Door"), ada)  # not confirmed
    told = words(operator_client, ada)
    assert "It would refuse 1 of 2 sightings that somebody confirmed to be Ada Lovelace" in told
    assert "2 sightings confirmed to be Ada Lovelace tell" in told


@pytest.mark.parametrize("fields", [{"kind": "is_not"}, {"verdict": "review"}])
def test_only_what_somebody_confirmed_counts(operator_client: Client, ada: Person, fields: dict[str, Any]) -> None:
    enrolled(ada)
    not_(ada)
    confirmed(ada, near(FACE, 0.45), **fields)
    assert "would refuse" not in words(operator_client, ada)


def test_one_of_another_engine_says_that_it_decides_nothing(operator_client: Client, ada: Person) -> None:
    enrolled(ada)
    not_(ada, engine=DLIB.key, vector=unit_vector(3, 128))
    assert "It was made with another engine (dlib) than the one in use" in words(operator_client, ada)
    EngineChoice.objects.create(engine=DLIB.key)
    assert "It has not decided anything yet" in words(operator_client, ada)


def test_a_sighting_outside_the_readers_limits_shows_nothing_of_itself(
    client: Client, viewer: User, ada: Person, grace: Person
) -> None:
    hers = a_sighting(a_camera("Door"), grace)
    a_detection(hers, person=grace, verdict="match")
    not_(ada, hers)
    group = PersonGroup.objects.create(name="North")
    group.people.add(ada)
    User.objects.filter(pk=viewer.pk).update(is_staff=True)
    client.force_login(viewer)
    assert "Grace" in words(client, ada) and "Remove" not in words(client, ada)
    PersonLimit.objects.create(user=viewer, group=group)
    told = words(client, ada)
    assert "Protects somebody unknown." in told and "Grace" not in told and "Door" not in told
    assert client.get(page(grace)).status_code == 302


def test_removing_one_is_logged_and_asks_for_the_right_to_change(
    client: Client, operator: User, stranger: User, ada: Person, grace: Person
) -> None:
    row = not_(ada)
    address = reverse("admin:people_person_not_them_remove", args=[ada.pk, row.pk])
    client.force_login(stranger)
    assert client.post(address).status_code in (302, 403) and CounterExample.objects.exists()
    client.force_login(operator)
    assert client.get(address).status_code == 405
    other = reverse("admin:people_person_not_them_remove", args=[grace.pk, row.pk])
    assert client.post(other).status_code == 404
    answer = client.post(address, follow=True)
    assert [str(each) for each in answer.context["messages"]] == [
        "Removed: such a face may be taken for Ada Lovelace again."
    ]
    assert not CounterExample.objects.exists()
    assert LogEntry.objects.filter(object_id=str(ada.pk), change_message__contains="counter-example").count() == 1
    assert client.post(address).status_code == 404


def test_the_number_of_cards_does_not_matter_to_the_database(
    operator_client: Client, ada: Person, grace: Person
) -> None:
    enrolled(ada), enrolled(grace)
    door = a_camera("Door")
    counts = []
    for person, number in ((ada, 1), (grace, 20)):
        for _ in range(number):
            not_(person, a_sighting(door, None))
        operator_client.get(page(person))
        with CaptureQueriesContext(connection) as queries:
            operator_client.get(page(person))
        counts.append(len(queries))
    assert counts[0] == counts[1]
