"""What somebody says of who is in sight reaches the running camera, and so does the number of a stranger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.editing.bases import record_basis, withdraw_basis
from people.recognition.types import Verdict
from people.records.person import Person
from streams.correcting.corrections import Correction, correct
from streams.correcting.undoing import undo
from streams.pipeline.messages import SaidOfFace, UseSaid
from streams.records.camera import Camera
from streams.records.states import EditKind
from streams.records.stranger import Stranger
from streams.running.said import SaidKeeper, read_said
from tests.streams.seen import NOON, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


def says(camera: Camera) -> dict[UUID, SaidOfFace]:
    return dict(read_said([camera.pk])[camera.pk].said)


def say(sighting: UUID, kind: EditKind, person: Person | None = None) -> Any:
    return correct(sighting=sighting, says=Correction(kind, person and person.pk), by=None, page="")


def test_a_corrected_name_is_drawn_until_it_is_undone(camera: Camera, ada: Person) -> None:
    sighting = seen(camera)
    assert says(camera) == {}
    edit = say(sighting.pk, EditKind.IS, ada)
    assert says(camera) == {sighting.pk: SaidOfFace(Verdict.MATCH, str(ada.pk), "Ada")}
    undo(edit=edit, by=None, page="")
    assert says(camera) == {}


def test_whoever_leaves_the_gallery_is_drawn_by_name_no_more_although_somebody_said_it(
    camera: Camera, ada: Person
) -> None:
    basis = record_basis(person=ada, purpose="the door", by=None)
    sighting = seen(camera, ada)
    say(sighting.pk, EditKind.IS, ada)
    withdraw_basis(basis=basis, by=None)
    assert says(camera) == {sighting.pk: SaidOfFace(Verdict.UNKNOWN)}


def test_whoever_it_is_not_is_unknown_and_no_face_is_nothing(camera: Camera, ada: Person) -> None:
    wrong, poster = seen(camera, ada), seen(camera, ada)
    say(wrong.pk, EditKind.IS_NOT, ada)
    say(poster.pk, EditKind.NO_FACE)
    assert says(camera) == {wrong.pk: SaidOfFace(Verdict.UNKNOWN), poster.pk: SaidOfFace(None)}


def test_a_known_stranger_has_a_number(camera: Camera) -> None:
    stranger = Stranger.objects.create(number=12, first_seen_at=NOON, last_seen_at=NOON)
    sighting = seen(camera, seen_as=stranger)
    assert says(camera) == {sighting.pk: SaidOfFace(Verdict.UNKNOWN, None, "Stranger 12", is_said=False)}


def test_only_what_is_in_sight_of_the_workers_cameras_counts(camera: Camera, hall: Camera, ada: Person) -> None:
    over, elsewhere = seen(camera, ended_at=NOON), seen(hall)
    for sighting in (over, elsewhere):
        say(sighting.pk, EditKind.IS, ada)
    with CaptureQueriesContext(connection) as queries:
        assert says(camera) == {}
    assert len(queries) == 2  # of those that are open, and of those that were discarded


@pytest.mark.django_db(transaction=True)
async def test_the_keeper_tells_the_cameras_of_this_worker(camera: Camera) -> None:
    told: list[Any] = []
    keeper = SaidKeeper(lambda: [camera.pk], told.append)
    await keeper.look()
    await keeper.close()
    assert told == [{camera.pk: UseSaid({})}]
