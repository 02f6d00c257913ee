"""Encodings of both engines in one column: what the database takes, and the way back."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor

from people.gallery.stored import encodings_of
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.databases import migrated_to
from tests.people.conftest import unit_vector

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = ("people", "0023_turned_photos"), ("people", "0024_vectors_of_two_widths")


def encoded(engine: str, width: int) -> None:
    photo = Photo.objects.create(
        person=Person.objects.create(name=engine), image="x", sha256=uuid4().hex, state="enrolled"
    )
    Encoding.objects.create(photo=photo, engine=engine, vector=unit_vector(1, width), quality=0.9)


def test_the_galleries_of_both_widths_are_read() -> None:
    encoded("narrow", 128)
    encoded("wide", 256)
    assert [encodings_of(engine)[1].shape for engine in ("narrow", "wide", "none")] == [(1, 128), (1, 256), (0, 128)]


def test_another_width_is_refused() -> None:
    with pytest.raises(IntegrityError, match="encoding_width"):
        encoded("odd", 127)


@pytest.mark.integration
def test_going_back_drops_what_the_column_before_cannot_hold() -> None:
    """On a database that begins at the migration: to go back there from the newest one takes 40 s, as models change."""
    with migrated_to(AFTER):
        models = MigrationExecutor(connection).loader.project_state(AFTER).apps
        person = models.get_model("people", "Person").objects.create(name="Ada")
        for engine, width in (("narrow", 128), ("wide", 256)):
            photo = models.get_model("people", "Photo").objects.create(person=person, image="x", sha256=uuid4().hex)
            vector = unit_vector(1, width)
            models.get_model("people", "Encoding").objects.create(
                photo=photo, engine=engine, vector=vector, quality=0.9
            )
        MigrationExecutor(connection).migrate([BEFORE])
        with connection.cursor() as cursor:
            cursor.execute("SELECT engine FROM people_encoding")
            assert cursor.fetchall() == [("narrow",)]
