"""The gallery of a measurement: the demo's people by their own photos, among others whose faces are random."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from facesite.lab.gallery_timing import fill_gallery
from people.recognition.engine.engine import Engine
from people.recognition.reading.photo import read_photo
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from people.records.states import PhotoState

MAX_BYTES = 50_000_000


def fill_with_cast(people: int, pictures: Sequence[Path], cache_dir: Path) -> dict[str, UUID]:
    """Fills an empty, migrated database; returns those of `pictures` by their name, as `who` gives it.

    Raises ValueError if a picture cannot be used.
    """
    fill_gallery(people)
    engine = Engine.load(cache_dir)
    cast: dict[str, UUID] = {}
    for picture in pictures:
        name = who(picture.name)
        if name not in cast:
            cast[name] = Person.objects.create(name=name.title()).pk
        _enrol(engine, picture, cast[name])
    return cast


def who(portrait: str) -> str:
    """Returns whom a portrait shows: obama.jpg, obama2.jpg and obama3.jpg the same person."""
    return portrait.partition(".")[0].rstrip("0123456789")


def _enrol(engine: Engine, picture: Path, person: UUID) -> None:
    reading = read_photo(engine, picture.read_bytes(), chosen_box=None, max_bytes=MAX_BYTES)
    if reading.vector is None:
        raise ValueError(f"{picture.name} cannot be enrolled: {reading.verdict}")
    photo = Photo.objects.create(
        person_id=person, image=f"photos/{picture.name}", sha256=picture.name.rjust(64, "0"), state=PhotoState.ENROLLED
    )
    Encoding.objects.create(photo=photo, engine=engine.key, vector=reading.vector, quality=1.0)
