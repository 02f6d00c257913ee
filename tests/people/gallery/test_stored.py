"""The gallery as it is read from the database, and its version."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.editing import services
from people.gallery.stored import current_version, load_gallery
from people.records.encoding import Encoding
from people.records.gallery_version import GalleryVersion
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import unit_vector

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrol() -> Callable[..., Photo]:
    def enrol_photo(person: Person, seed: int, state: str = "enrolled", engine: str = "e") -> Photo:
        reason = "" if state == "enrolled" else "looks_like_other"
        photo = Photo.objects.create(person=person, image="x", sha256=uuid4().hex, state=state, reason=reason)
        Encoding.objects.create(photo=photo, engine=engine, vector=unit_vector(seed), quality=0.9)
        return photo

    return enrol_photo


def test_the_gallery_holds_active_people_with_enrolled_photos_of_this_engine(
    ada: Person, grace: Person, enrol: Callable[..., Photo]
) -> None:
    enrol(ada, 1)
    enrol(ada, 2)
    enrol(ada, 3, engine="another")
    enrol(grace, 4, state="review")
    retired = Person.objects.create(name="Retired")
    enrol(retired, 5)
    services.retire_person(person=retired, by=None)
    gallery, names = load_gallery("e")
    assert gallery.people == (str(ada.pk),)
    assert names == {str(ada.pk): "Ada Lovelace"}
    assert gallery.version == current_version()
    mean = unit_vector(1) + unit_vector(2)
    np.testing.assert_allclose(gallery.templates[0], mean / np.linalg.norm(mean), atol=1e-6)


def test_an_engine_without_encodings_has_an_empty_gallery() -> None:
    gallery, names = load_gallery("nobody's")
    assert (len(gallery), names) == (0, {})


def test_the_version_is_read_before_the_rows(ada: Person, enrol: Callable[..., Photo]) -> None:
    enrol(ada, 1)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        load_gallery("e")
    assert "galleryversion" in queries[0]["sql"]


def test_the_version_goes_on_after_its_row_was_lost(ada: Person, enrol: Callable[..., Photo]) -> None:
    GalleryVersion.objects.all().delete()
    assert current_version() == 0
    enrol(ada, 1)
    assert current_version() == 1
