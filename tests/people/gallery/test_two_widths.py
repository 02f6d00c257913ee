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
from tests.people.conftest import unit_vector

pytestmark = pytest.mark.django_db(transaction=True)


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
    encoded("narrow", 128)
    encoded("wide", 256)
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()  # other apps go back with it
    try:
        MigrationExecutor(connection).migrate([("people", "0023_turned_photos")])
        with connection.cursor() as cursor:
            cursor.execute("SELECT engine FROM people_encoding")
            assert cursor.fetchall() == [("narrow",)]
    finally:
        MigrationExecutor(connection).migrate(newest)
