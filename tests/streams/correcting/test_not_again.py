"""A wrong name that was corrected with "not this person" does not come again, while the person is still named."""

from __future__ import annotations

from uuid import UUID, uuid4

import numpy as np
import pytest
from django.contrib.auth.models import User

from people.gallery.renewing import StampedGallery, newest_gallery
from people.records.counter_example import CounterExample
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from streams.correcting.corrections import Correction, correct
from streams.correcting.undoing import undo
from streams.pipeline.analysis.analysis import Analysis
from streams.pipeline.messages import OwnThreshold
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.records.states import EditKind
from streams.running.recording import record_sighting
from tests.streams.pipeline.fakes import ANNA, BELA, ENGINE, square, vector
from tests.streams.pipeline.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


class Door:
    """A camera whose sightings are recorded, and whose gallery is the database's."""

    def __init__(self, camera: Camera) -> None:
        self.camera, self.scene = camera, Scene()
        self.scene.analysis = Analysis(self.scene.engine, OwnThreshold(0.9, ENGINE), 80)
        self._gallery: StampedGallery | None = None
        self.hear()

    def hear(self) -> None:
        """Does what a worker does within two seconds, and records what changes at once."""
        self._gallery = newest_gallery(ENGINE, self._gallery)
        self._record(lambda: self.scene.use(self._gallery.gallery))

    def sees(self, who: int) -> Sighting:
        """Somebody stands before it for a second and leaves; returns the sighting."""
        self._record(lambda: self.scene.play(1.5, (who, square(100))))
        self._record(lambda: self.scene.play(8))
        return Sighting.objects.latest("first_seen_at")

    def _record(self, happen: object) -> None:
        before = len(self.scene.changes)
        assert callable(happen)
        happen()
        for change in self.scene.changes[before:]:
            record_sighting(camera_id=self.camera.pk, change=change, snapshots={})


@pytest.fixture
def ann(db: None) -> Person:
    """Her only photo leans towards Béla, so that he is taken for her."""
    ann = Person.objects.create(name="Ann")
    photo = Photo.objects.create(person=ann, image="x", sha256=uuid4().hex, state="enrolled")
    leaning = np.asarray(vector(ANNA, towards=BELA, share=0.45), np.float32)
    Encoding.objects.create(photo=photo, engine=ENGINE, vector=leaning, quality=0.9)
    return ann


def not_(person: Person, sighting: UUID, user: User) -> object:
    return correct(sighting=sighting, says=Correction(EditKind.IS_NOT, person.pk), by=user, page="/sightings/")


def test_it_does_not_come_again_and_the_person_is_still_named(hall: Camera, ann: Person, operator: User) -> None:
    door = Door(hall)
    wrong = door.sees(BELA)
    assert (wrong.verdict, wrong.person) == ("match", ann)
    edit = not_(ann, wrong.pk, operator)
    door.hear()
    again, right = door.sees(BELA), door.sees(ANNA)
    assert [(each.verdict, each.person) for each in (again, right)] == [("unknown", None), ("match", ann)]
    assert door.scene.changes[-1].refused_by is None
    refused = {change.refused_by for change in door.scene.changes if change.id == again.pk}
    assert refused == {CounterExample.objects.get().pk}
    undo(edit=edit, by=operator, page="/edits/")
    door.hear()
    assert door.sees(BELA).person == ann


def test_somebody_before_the_camera_loses_the_wrong_name_at_once(hall: Camera, ann: Person, operator: User) -> None:
    door = Door(hall)
    door._record(lambda: door.scene.play(1.5, (BELA, square(100))))
    wrong = Sighting.objects.get()
    assert (wrong.person, wrong.ended_at) == (ann, None)
    not_(ann, wrong.pk, operator)
    door.hear()
    assert door.scene.changes[-1].person is None
    wrong.refresh_from_db()
    assert (wrong.verdict, wrong.machine_verdict, wrong.machine_person) == ("unknown", "unknown", None)
