"""Many people at once from files whose paths name them: DIR/<person>/1.jpg, or one DIR/<person>.jpg each."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from uuid import UUID

from django.db import transaction

from people.editing.services import Actor, add_person, add_photo
from people.editing.uploads import shown_name
from people.errors import AlreadyThere, BadArchive, BadUpload, PeopleError
from people.records.person import Person

_SKIPPED = {"__macosx", "thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """One file that may be a photo of the person that its path names."""

    path: str
    """Relative, with forward slashes; for reports."""
    person: str
    open: Callable[[], IO[bytes]]
    """Raises BadUpload or OSError when the file cannot be read."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one candidate: `queued`, `already_there`, or refused with a code and a sentence."""

    path: str
    person: str
    status: str
    message: str = ""
    photo: UUID | None = None
    person_id: UUID | None = None
    made_person: bool = False
    """Nobody had this name before."""

    @property
    def is_refused(self) -> bool:
        return self.status not in ("queued", "already_there")


def candidates_in_folder(folder: Path) -> list[PhotoFile]:
    """Files under `folder`, sorted. Links out of it are not followed. Raises BadArchive when it is none."""
    if not folder.is_dir():
        raise BadArchive(f"{folder} is not a folder.")
    root = folder.resolve()
    found = []
    for path in sorted(folder.rglob("*")):
        relative = PurePosixPath(path.relative_to(folder).as_posix())
        if path.is_file() and path.resolve().is_relative_to(root) and not is_skipped(relative):
            found.append(PhotoFile(str(relative), person_of(relative), _opener(path)))
    return found


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: io.FileIO(path)


def person_of(path: PurePosixPath) -> str:
    """The first folder's name, or the file's own without its ending when it lies in no folder."""
    return shown_name(path.parts[0] if len(path.parts) > 1 else path.stem)[:200]


def is_skipped(path: PurePosixPath) -> bool:
    """Whether a file is a by-product of an operating system: hidden, or a folder's bookkeeping."""
    return any(part.startswith(".") or part.lower() in _SKIPPED for part in path.parts)


def import_people(candidates: Iterable[PhotoFile], *, by: Actor) -> Iterator[Imported]:
    """Add each candidate as a photo, making people as needed; one bad file stops nothing. Again is harmless."""
    for candidate in candidates:
        try:
            yield import_candidate(candidate, by=by)
        except OSError as error:
            yield Imported(candidate.path, candidate.person, "unreadable", error.strerror or "It cannot be read.")


def import_candidate(candidate: PhotoFile, *, by: Actor) -> Imported:
    """Add one candidate as a photo; a refusal is an outcome too. Raises OSError when it cannot be read or stored."""
    try:
        return _import_one(candidate, by=by)
    except AlreadyThere as there:
        photo = there.photo
        return Imported(candidate.path, candidate.person, "already_there", str(there), photo.pk, photo.person_id)
    except PeopleError as error:
        return Imported(candidate.path, candidate.person, error.code, str(error))


@transaction.atomic
def _import_one(candidate: PhotoFile, *, by: Actor) -> Imported:
    """A person made for a file that turns out to be no picture is rolled back with it."""
    if not candidate.person:
        raise BadUpload("bad_path", "The path names nobody.")
    person, is_new = person_named(candidate.person, by=by)
    with candidate.open() as file:
        photo = add_photo(person=person, file=file, original_name=candidate.path, by=by)
    return Imported(candidate.path, candidate.person, "queued", "", photo.pk, person.pk, is_new)


def person_named(name: str, *, by: Actor) -> tuple[Person, bool]:
    """The person of this very name whom `by` may see, and whether they were made just now, because there was none.

    Raises BadUpload for a name of several people, and of somebody retired: nobody is enrolled again by a file.
    """
    known = list(Person.objects.within_limits_of(by).filter(name=name)[:2])
    if len(known) > 1:
        raise BadUpload("ambiguous_name", f"Several people are called {name}: add the photo to the right one.")
    if known and known[0].is_retired:
        raise BadUpload("person_retired", f"{name} is retired. Restore the person first.")
    return (known[0], False) if known else (add_person(name=name, by=by), True)
