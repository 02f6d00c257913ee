"""Turns CompreFace's subjects and saved faces into people and photos; a repeated run adds only what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from uuid import UUID

from django.conf import settings

from people.base.names import printable
from people.compreface.collection import Collection, SavedFace
from people.compreface.errors import BadName, CompreFaceError, Unreachable
from people.editing.services import Actor
from people.errors import PeopleError
from people.imports.by_path import PhotoFile, import_candidate, person_named
from people.records.photo import Photo

NAME_LENGTH = 200
BATCH = 500
# 4 pictures at once keep a CompreFace on the same network busy and leave most of its threads free.
FETCHERS = 4
# Pictures fetched and not yet stored: at PHOTO_MAX_BYTES each, 120 MB at most.
AHEAD = 8
UNREACHABLE_IN_A_ROW = 5
NO_PICTURE = (
    "CompreFace did not keep this picture (it runs with save_images_to_db=false, or did so then). Its numbers cannot "
    "be used here: add a photo of this person."
)


@dataclass(frozen=True, slots=True)
class Moved:
    """The result of moving one saved face, or a subject that has none."""

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
    """Returns the photo's original name, by which a second run finds it, whichever person it belongs to by then."""
    return f"compreface-{face.image_id}"


def unknown_faces(faces: Iterable[SavedFace]) -> tuple[list[SavedFace], list[Moved]]:
    """Splits `faces` into those still to be fetched and the results of those that are already here."""
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
    """Fetches and adds each face in order; a face that fails does not stop the others.

    Raises Unreachable when UNREACHABLE_IN_A_ROW pictures could not be fetched: the rest would fail too.
    """
    silent = 0
    earlier: dict[str, UUID] = {}
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
                    yield _added(face, data, earlier, by)
        finally:
            fetchers.shutdown(wait=False, cancel_futures=True)


def move_subject(subject: str, *, by: Actor) -> Moved:
    """Creates a person for a subject that has no saved face."""
    try:
        person_named(_name_of(subject), by=by)
    except PeopleError as error:
        return Moved(subject, None, "failed", error.code, str(error))
    return Moved(subject, None, "person", "", "No face of this subject is saved: add a photo of this person.")


def _fetched(
    collection: Collection, faces: Iterable[SavedFace], fetchers: ThreadPoolExecutor
) -> Iterator[tuple[SavedFace, Future[bytes]]]:
    """Yields each face with its picture, in order, and fetches at most AHEAD pictures in advance."""
    remaining = iter(faces)
    on_the_way: list[tuple[SavedFace, Future[bytes]]] = []
    while True:
        for face in islice(remaining, AHEAD - len(on_the_way)):
            fetching = fetchers.submit(collection.picture, face, max_bytes=settings.PHOTO_MAX_BYTES)
            on_the_way.append((face, fetching))
        if not on_the_way:
            return
        yield on_the_way.pop(0)


def _added(face: SavedFace, data: bytes, earlier: dict[str, UUID], by: Actor) -> Moved:
    """Adds one face; `earlier` maps each subject to who got its faces, whatever they are called by now."""
    if not data:
        person = move_subject(face.subject, by=by)
        return person if person.is_failed else Moved(face.subject, face.image_id, "failed", "no_picture", NO_PICTURE)
    try:
        candidate = PhotoFile(photo_name(face), _name_of(face.subject), lambda: BytesIO(data))
    except BadName as error:
        return Moved(face.subject, face.image_id, "failed", error.code, str(error))
    imported = import_candidate(candidate, earlier=earlier.get(face.subject), by=by)
    if imported.person_id:
        earlier[face.subject] = imported.person_id
    if imported.is_refused:
        return Moved(face.subject, face.image_id, "failed", imported.status, imported.message)
    result = "added" if imported.status == "queued" else "known"
    return Moved(face.subject, face.image_id, result, "", imported.message, imported.photo)


def _name_of(subject: str) -> str:
    """Returns a subject's name without unprintable characters. Raises BadName if it is empty or too long.

    It does not cut a long name, because two people could then become one.
    """
    name = printable(subject.replace("\u00a0", " "))  # as the dialect reads a subject's name
    if not name or len(name) > NAME_LENGTH:
        raise BadName(f"The name of a person has 1 to {NAME_LENGTH} characters, this subject's {len(name)}.")
    return name
