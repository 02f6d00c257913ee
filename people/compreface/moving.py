"""CompreFace's subjects and saved faces become people and photos here; again, or after a break, adds only the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from uuid import UUID

from django.conf import settings

from people.compreface.collection import Collection, SavedFace
from people.compreface.errors import CompreFaceError, Unreachable
from people.editing.services import Actor
from people.errors import PeopleError
from people.imports.by_path import PhotoFile, import_candidate, person_named
from people.records.photo import Photo

NAME_LENGTH = 200
BATCH = 500
# 4 pictures at once keep a CompreFace on the same network busy, and leave it most of its threads.
FETCHERS = 4
# Fetched and not yet stored: with PHOTO_MAX_BYTES each, 120 MB at most.
AHEAD = 8
UNREACHABLE_IN_A_ROW = 5
NO_PICTURE = (
    "CompreFace did not keep this picture (it runs with save_images_to_db=false, or did so then). Its numbers cannot "
    "be used here: add a photo of this person."
)


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one saved face, or of a subject without any."""

    subject: str
    image_id: UUID | None
    result: str
    """`added`, `known`, `person` (a subject without faces), `failed`."""
    code: str = ""
    message: str = ""
    photo: UUID | None = None

    @property
    def is_failed(self) -> bool:
        return self.result == "failed"


def photo_name(face: SavedFace) -> str:
    """The photo's original name, by which a second run knows it, whoever's it is by then."""
    return f"compreface-{face.image_id}"


def unknown_faces(faces: Iterable[SavedFace]) -> tuple[list[SavedFace], list[Moved]]:
    """Those that are still to be fetched, and those that are here already."""
    wanted, known = [], []
    remaining = iter(faces)
    while batch := list(islice(remaining, BATCH)):
        names = [photo_name(face) for face in batch]
        here = dict(Photo.objects.filter(original_name__in=names).values_list("original_name", "pk"))
        for face in batch:
            if photo := here.get(photo_name(face)):
                known.append(Moved(face.subject, face.image_id, "known", "", "", photo))
            else:
                wanted.append(face)
    return wanted, known


def move_faces(collection: Collection, faces: Iterable[SavedFace], *, by: Actor) -> Iterator[Moved]:
    """Fetch and add each face, in their order; one that fails stops nothing.

    Raises Unreachable when UNREACHABLE_IN_A_ROW pictures could not be fetched: the others would not be either.
    """
    silent = 0
    with ThreadPoolExecutor(FETCHERS, thread_name_prefix="compreface") as fetchers:
        try:
            for face, fetched in _fetched(collection, faces, fetchers):
                try:
                    data = fetched.result()
                except CompreFaceError as error:
                    silent = silent + 1 if isinstance(error, Unreachable) else 0
                    if silent >= UNREACHABLE_IN_A_ROW:
                        raise
                    yield Moved(face.subject, face.image_id, "failed", error.code, str(error))
                else:
                    silent = 0
                    yield _added(face, data, by)
        finally:
            fetchers.shutdown(wait=False, cancel_futures=True)


def move_subject(subject: str, *, by: Actor) -> Moved:
    """Make a person of a subject that has no saved face."""
    try:
        person_named(_name_of(subject), by=by)
    except PeopleError as error:
        return Moved(subject, None, "failed", error.code, str(error))
    return Moved(subject, None, "person", "", "No face of this subject is saved: add a photo of this person.")


class BadName(PeopleError):
    """A subject's name that no person can have."""

    code = "bad_name"


def _fetched(
    collection: Collection, faces: Iterable[SavedFace], fetchers: ThreadPoolExecutor
) -> Iterator[tuple[SavedFace, Future[bytes]]]:
    """In order, AHEAD of them on their way at most."""
    remaining = iter(faces)
    on_the_way: list[tuple[SavedFace, Future[bytes]]] = []
    while True:
        for face in islice(remaining, AHEAD - len(on_the_way)):
            fetching = fetchers.submit(collection.picture, face, max_bytes=settings.PHOTO_MAX_BYTES)
            on_the_way.append((face, fetching))
        if not on_the_way:
            return
        yield on_the_way.pop(0)


def _added(face: SavedFace, data: bytes, by: Actor) -> Moved:
    if not data:
        person = move_subject(face.subject, by=by)
        return person if person.is_failed else Moved(face.subject, face.image_id, "failed", "no_picture", NO_PICTURE)
    try:
        candidate = PhotoFile(photo_name(face), _name_of(face.subject), lambda: BytesIO(data))
    except BadName as error:
        return Moved(face.subject, face.image_id, "failed", error.code, str(error))
    imported = import_candidate(candidate, by=by)
    if imported.is_refused:
        return Moved(face.subject, face.image_id, "failed", imported.status, imported.message)
    result = "added" if imported.status == "queued" else "known"
    return Moved(face.subject, face.image_id, result, "", imported.message, imported.photo)


def _name_of(subject: str) -> str:
    """A subject's name without what no name has. Raises BadName; cut short, two people could become one."""
    name = "".join(char for char in subject if char.isprintable()).strip()
    if not name or len(name) > NAME_LENGTH:
        raise BadName(f"The name of a person has 1 to {NAME_LENGTH} characters, this subject's {len(name)}.")
    return name
