"""Adds many people from files whose paths name them: DIR/<person>/1.jpg, or one DIR/<person>.jpg each."""

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
    """Relative, with forward slashes, for reports."""
    person: str
    open: Callable[[], IO[bytes]]
    """Opens the file. Raises BadUpload or OSError if it cannot be read."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of one candidate: `queued`, `already_there`, or refused with a code and a sentence."""

    path: str
    person: str
    status: str
    message: str = ""
    photo: UUID | None = None
    person_id: UUID | None = None
    made_person: bool = False
    """Whether this file created its person, because nobody had the name before."""

    @property
    def is_refused(self) -> bool:
        return self.status not in ("queued", "already_there")


def candidates_in_folder(folder: Path) -> list[PhotoFile]:
    """Returns the files under `folder`, sorted, without links out of it. Raises BadArchive if it is not a folder."""
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
    """Returns the name of the first folder, or of the file itself, without its extension, if it is in no folder."""
    return shown_name(path.parts[0] if len(path.parts) > 1 else path.stem)[:200]


def is_skipped(path: PurePosixPath) -> bool:
    """Returns whether a file is a by-product of an operating system: hidden, or with a name in _SKIPPED."""
    return any(part.startswith(".") or part.lower() in _SKIPPED for part in path.parts)


def import_people(candidates: Iterable[PhotoFile], *, by: Actor) -> Iterator[Imported]:
    """Adds each candidate as a photo and creates people as needed.

    A bad file does not stop the others, and a second run adds nothing twice.
    """
    for candidate in candidates:
        try:
            yield import_candidate(candidate, by=by)
        except OSError as error:
            yield Imported(candidate.path, candidate.person, "unreadable", error.strerror or "It cannot be read.")


def import_candidate(candidate: PhotoFile, *, by: Actor) -> Imported:
    """Adds one candidate as a photo; a refusal is a result too. Raises OSError if it cannot be read or stored."""
    try:
        return _import_one(candidate, by=by)
    except AlreadyThere as there:
        photo = there.photo
        return Imported(candidate.path, candidate.person, "already_there", str(there), photo.pk, photo.person_id)
    except PeopleError as error:
        return Imported(candidate.path, candidate.person, error.code, str(error))


@transaction.atomic
def _import_one(candidate: PhotoFile, *, by: Actor) -> Imported:
    """Adds one candidate; if its file is not a picture, the new person is rolled back too."""
    if not candidate.person:
        raise BadUpload("bad_path", "The path does not name a person.")
    person, is_new = person_named(candidate.person, by=by)
    with candidate.open() as file:
        photo = add_photo(person=person, file=file, original_name=candidate.path, by=by)
    return Imported(candidate.path, candidate.person, "queued", "", photo.pk, person.pk, is_new)


def person_named(name: str, *, by: Actor) -> tuple[Person, bool]:
    """Returns the person of exactly this name whom `by` may see, and whether it has just created them.

    Raises BadUpload if several people have the name, or if the person is retired: a file must not enrol them again.
    """
    known = list(Person.objects.within_limits_of(by).filter(name=name)[:2])
    if len(known) > 1:
        raise BadUpload("ambiguous_name", f"Several people are called {name}: add the photo to the right one.")
    if known and known[0].is_retired:
        raise BadUpload("person_retired", f"{name} is retired. Restore the person first.")
    return (known[0], False) if known else (add_person(name=name, by=by), True)
